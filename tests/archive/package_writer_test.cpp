#include "archive/package_writer.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "archive/verify_page.hpp"
#include "outside_world.hpp"
#include "verifier/package_source.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using namespace archive;
using verifier::as_bytes;
using verifier::Errc;
using verifier::PackageHeader;

class Writer : public testing::Test {
 protected:
  static PackageHeader header() {
    PackageHeader header;
    header.archive = "a.example.org";
    header.exported_at = verifier::Time{1'800'000'000};
    return header;
  }
  PackageWriter open(PackageForm form) {
    auto writer = PackageWriter::open(path_, form, header());
    EXPECT_TRUE(writer);
    return *std::move(writer);
  }
  // Names beside the package: what is left over.
  std::vector<std::string> left_over() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "package";
};

TEST_F(Writer, LeavesNothingBehindWithoutFinish) {
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    {
      PackageWriter writer = open(form);
      ASSERT_TRUE(writer.add("data/a", as_bytes("a")));
      EXPECT_FALSE(fs::exists(path_));
    }
    EXPECT_TRUE(left_over().empty());
  }
}

TEST_F(Writer, DoesNotReplaceWhatIsThere) {
  PackageWriter writer = open(PackageForm::zip);
  write_text(path_, "precious");
  const auto finished = writer.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::conflict);
  EXPECT_EQ(read_text(path_), "precious");
  EXPECT_FALSE(PackageWriter::open(path_, PackageForm::folder, header()));
}

TEST_F(Writer, RefusesNamesThatAreNotSafe) {
  PackageWriter writer = open(PackageForm::folder);
  for (const char* name : {"", "/a", "../a", "data/../../a", "data//a", "data/a b", "data/\xC3\xA4",
                           "data\\a", "data/.", "data/"}) {
    EXPECT_FALSE(writer.add(name, {})) << name;
  }
}

TEST_F(Writer, RefusesANameTwice) {
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    PackageWriter writer = open(form);
    ASSERT_TRUE(writer.add("data/b", as_bytes("1")));
    ASSERT_TRUE(writer.add("data/a", as_bytes("2")));
    const bool refused = !writer.add("data/b", as_bytes("3")) || !writer.finish();
    EXPECT_TRUE(refused);
    EXPECT_FALSE(fs::exists(path_));
  }
}

TEST_F(Writer, PutsTheVerifierForBrowsersIntoThePackage) {
  if (verify_page().empty()) GTEST_SKIP() << "built without verify.html";
  PackageWriter writer = open(PackageForm::folder);
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(read_text(path_ / "verify.html"), verify_page());
  EXPECT_TRUE(verify_page().starts_with("<!doctype html>"));
  EXPECT_TRUE(verify_page().ends_with("</html>\n"));
  EXPECT_NE(read_text(path_ / "tagmanifest-sha256.txt").find("  verify.html\n"), std::string::npos);
  EXPECT_NE(read_text(path_ / "README.txt").find("Open verify.html"), std::string::npos);
}

TEST_F(Writer, SortsTheManifestHoweverFilesCame) {
  PackageWriter writer = open(PackageForm::folder);
  for (const char* name : {"data/z", "data/b/c", "data/a", "data/b-c", "data/b/a"}) {
    ASSERT_TRUE(writer.add(name, as_bytes(name)));
  }
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(
      std::system(("cut -c67- " + (path_ / "manifest-sha256.txt").string() + " | LC_ALL=C sort -c")
                      .c_str()),
      0);
}

TEST_F(Writer, CountsMoreFilesThanAPlainZipCan) {
  PackageWriter writer = open(PackageForm::zip);
  constexpr std::uint32_t count = 66'000;
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_TRUE(writer.add("data/f" + std::to_string(i), {}));
  }
  ASSERT_TRUE(writer.finish());
  const auto source = verifier::open_zip_file(path_);
  ASSERT_TRUE(source) << to_string(source.error());
  const std::size_t page = verify_page().empty() ? 0 : 1;
  EXPECT_EQ((*source)->size(), count + 8 + page);  // package.json, tag files and texts
  auto reader = (*source)->reader();
  // In an order in which no file is near the one before it, and then backwards.
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::string name = "data/f" + std::to_string(i * 7919 % count);
    EXPECT_TRUE(read_whole(**reader, name, 10)) << name;
  }
  for (std::uint32_t i = 12'300; i-- > 12'000;) {
    EXPECT_TRUE(read_whole(**reader, "data/f" + std::to_string(i), 10)) << i;
  }
  for (const char* name : {"data/", "data/f0a", "data/f66000", "data/F1", "~"}) {
    EXPECT_FALSE(read_whole(**reader, name, 10)) << name;
  }
  EXPECT_TRUE((*reader)->number("data/F1"));  // it is there but for the case of a letter
}

TEST_F(Writer, ReadsBackSmallAndStreamedFilesOfAZip) {
  PackageWriter writer = open(PackageForm::zip);
  std::string large;
  for (std::uint32_t i = 0; large.size() < (3u << 20); ++i)
    large += std::to_string(i * 2654435761u);
  const std::string alike(5000, 'a');
  ASSERT_TRUE(writer.add("data/b", as_bytes(alike)));
  ASSERT_TRUE(writer.begin_file("data/a"));
  for (std::size_t at = 0; at < large.size(); at += 100'000) {
    ASSERT_TRUE(writer.write(as_bytes(std::string_view(large).substr(at, 100'000))));
  }
  ASSERT_TRUE(writer.end_file());
  ASSERT_TRUE(writer.begin_file("data/nothing"));
  ASSERT_TRUE(writer.end_file());
  ASSERT_TRUE(writer.add("data/c", as_bytes(large)));
  ASSERT_TRUE(writer.finish());
  const auto source = verifier::open_zip_file(path_);
  ASSERT_TRUE(source) << to_string(source.error());
  const auto reader = (*source)->reader();
  for (const auto& [name, text] : {std::pair<const char*, const std::string*>{"data/a", &large},
                                   {"data/b", &alike},
                                   {"data/c", &large}}) {
    const auto octets = read_whole(**reader, name, large.size());
    ASSERT_TRUE(octets) << name << to_string(octets.error());
    EXPECT_TRUE(verifier::as_text(*octets) == *text) << name;
  }
  EXPECT_EQ(read_whole(**reader, "data/nothing", 1)->size(), 0u);
  EXPECT_EQ(std::system(("unzip -tqq " + path_.string()).c_str()), 0);
}

// No file of this process may grow beyond some size while this is there.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t octets) : before_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{octets, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int);
};

TEST_F(Writer, SaysWhenItCantWriteAndLeavesNothing) {
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    {
      PackageWriter writer = open(form);
      std::string noise(1u << 20, '\0');
      std::uint32_t state = 1;
      for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
      const SmallDisk disk(200'000);
      auto done = writer.add("data/a", as_bytes(noise));
      if (done) done = writer.finish();
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, Errc::io) << to_string(done.error());
    }
    EXPECT_TRUE(left_over().empty());
  }
}

}  // namespace
}  // namespace perdura::tests
