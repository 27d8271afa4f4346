// package.json, consistency.json and the names of a package's files: what is refused, and how names
// are spelt.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/archive/temporary_folder.hpp"
#include "verifier/package.hpp"
#include "verifier/package_source.hpp"
#include "verifier/package_zip_octets.hpp"

namespace perdura::verifier {
namespace {

std::string with(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(PackageHeader, IsRefusedWhenItIsNotOfItsForm) {
  PackageHeader header;
  header.archive = "archive.example.org";
  header.log_key = "k";
  header.exported_by = "someone";
  header.tracks = {{"local", "sha256", true, "CN=TSA"}};
  const std::string good = write_package_header(header);
  ASSERT_TRUE(parse_package_header(good));
  for (const std::string& text :
       {with(good, "package/1", "package/2"), with(good, "\"selection\":{}", "\"selection\":[]"),
        with(good, "\"selfAsserted\":true", "\"selfAsserted\":1"),
        with(good, "{\"digest\":\"sha256\"", "{\"a\":1,\"digest\":\"sha256\""),
        with(good, "\"tracks\":[{", "\"tracks\":[1,{"),
        with(good, "\"records\":0", "\"records\":-1"), std::string("[]"),
        std::string(2u << 20, ' ')}) {
    EXPECT_FALSE(parse_package_header(text)) << text.substr(0, 200);
  }
}

TEST(ConsistencyFile, IsRefusedWhenItIsNotOfItsForm) {
  const std::string good = write_consistency({1, 2, {hash(DigestAlgorithm::sha256, {})}});
  const std::string value = to_base64(hash(DigestAlgorithm::sha256, {}));
  ASSERT_TRUE(parse_consistency(good));
  for (const std::string& text :
       {with(good, value, "AAAA"), with(good, value, "*"), with(good, "\"" + value + "\"", "1"),
        with(good, "[\"" + value + "\"]", "{}"), with(good, "\"to\":2", "\"to\":\"2\""),
        std::string("{}"), std::string("1")}) {
    EXPECT_FALSE(parse_consistency(text)) << text;
  }
}

TEST(PackageName, OfADocumentIsPlainAndShort) {
  EXPECT_EQ(package_name::document(1, "scan.pdf"), "documents/001-scan.pdf");
  EXPECT_EQ(package_name::document(1234, "a b/\u00e4:Z_9-.x"), "documents/1234-a_b____Z_9-.x");
  EXPECT_LE(package_name::document(7, std::string(500, 'a')).size(), 114u);
}

TEST(FolderSource, TellsWhatIsNotThereOrNoFile) {
  const archive::TemporaryFolder folder;
  EXPECT_FALSE(open_folder(folder.path() / "missing"));
  EXPECT_FALSE(open_zip_file(folder.path() / "missing"));
  EXPECT_FALSE(open_zip_file(folder.path()));
  EXPECT_FALSE(open_package_source(folder.path() / "missing"));
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_folder(folder.path()).error().code, Errc::malformed);
  EXPECT_FALSE(open_zip_file(folder.path() / "pipe"));
}

TEST(FolderSource, RefusesNamesThatAreOneOnSomeSystems) {
  const archive::TemporaryFolder folder;
  std::ofstream(folder.path() / "a.txt") << "a";
  std::ofstream(folder.path() / "A.txt") << "a";
  EXPECT_EQ(open_folder(folder.path()).error().code, Errc::malformed);
  std::filesystem::remove(folder.path() / "A.txt");
  std::ofstream(folder.path() / "b\n.txt") << "b";
  EXPECT_EQ(open_folder(folder.path()).error().code, Errc::malformed);
}

TEST(FolderSource, AFileThatShrinksOrGoesIsAnError) {
  const archive::TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  std::ofstream(path) << std::string(200'000, 'a');
  auto source = open_folder(folder.path());
  ASSERT_TRUE(source);
  auto reader = (*source)->reader();
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->open("a.txt"));
  std::filesystem::resize_file(path, 100'000);
  Bytes buffer(150'000);
  Result<std::size_t> got = (*reader)->read(buffer);
  while (got && *got > 0) got = (*reader)->read(buffer);
  EXPECT_FALSE(got);
  EXPECT_FALSE((*reader)->open("A.txt"));  // of another case
  EXPECT_FALSE((*reader)->open("../a.txt"));
  std::filesystem::remove(path);
  EXPECT_FALSE((*reader)->open("a.txt"));
}

TEST(ZipOctets, AreAllThereOrNone) {
  const Bytes octets(10);
  EXPECT_TRUE(read_exactly(*octets_in_memory(octets), 8, 2));
  EXPECT_FALSE(read_exactly(*octets_in_memory(octets), 11, 1));
  EXPECT_FALSE(read_exactly(*octets_in_memory(octets), 9, 2));
}

}  // namespace
}  // namespace perdura::verifier
