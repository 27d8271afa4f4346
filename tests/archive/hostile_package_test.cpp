// Packages made to harm whoever opens them, and zips that say two things.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "outside_world.hpp"
#include "sample_package.hpp"
#include "verifier/package_source.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using namespace verifier;
using archive::PackageForm;

// Where in a zip the entry of a name begins, in the directory (signature 01 02) or before its
// octets (03 04).
std::size_t header_of(const std::string& zip, const std::string& name, bool in_directory) {
  const std::string signature = in_directory ? "PK\x01\x02" : "PK\x03\x04";
  const std::size_t name_at = in_directory ? 46 : 30;
  for (std::size_t at = zip.find(signature); at != std::string::npos;
       at = zip.find(signature, at + 1)) {
    if (zip.compare(at + name_at, name.size(), name) == 0) return at;
  }
  ADD_FAILURE() << "no entry " << name;
  return 0;
}

class Hostile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    home = new TemporaryFolder;
    sample = new SamplePackage(home->path(), 2);
    SamplePackage::write(*home / "good.zip", PackageForm::zip, sample->header(), sample->files());
  }
  static void TearDownTestSuite() {
    delete sample;
    delete home;
  }

  Hostile() : zip_(read_text(*home / "good.zip")) {}

  // What is wrong; "" when the zip can be opened.
  std::string fault() const {
    sample->keep(zip_);
    const auto source = open_zip_in_memory(as_bytes(zip_));
    return source ? (*source)->odd_name() : source.error().what;
  }
  PackageSummary judge() const {
    sample->keep(zip_);
    const auto source = open_zip_in_memory(as_bytes(zip_));
    if (!source) throw std::runtime_error(to_string(source.error()));
    const auto summary = verify_package(**source, sample->options(), [](const RecordResult&) {});
    return *summary;
  }
  // Whether the zip opens, can be judged, and all of it passes.
  bool passes() const {
    const auto source = open_zip_in_memory(as_bytes(zip_));
    if (!source) return false;
    const auto summary = verify_package(**source, sample->options(), [](const RecordResult&) {});
    return summary && summary->verdict == Verdict::passed;
  }
  // Gives every entry of `name` another of the same length.
  void rename(const std::string& name, const std::string& other, bool directory_too = true) {
    ASSERT_EQ(name.size(), other.size());
    zip_.replace(header_of(zip_, name, false) + 30, name.size(), other);
    if (directory_too) zip_.replace(header_of(zip_, name, true) + 46, name.size(), other);
  }
  // Sets a little-endian field of the entry's header in the directory.
  void set(const std::string& name, std::size_t field, std::uint32_t value, int octets,
           bool in_directory = true) {
    const std::size_t at = header_of(zip_, name, in_directory) + field;
    for (int i = 0; i < octets; ++i) {
      zip_[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i));
    }
  }

  static TemporaryFolder* home;
  static SamplePackage* sample;
  std::string zip_;
};
TemporaryFolder* Hostile::home = nullptr;
SamplePackage* Hostile::sample = nullptr;

TEST_F(Hostile, StartsFromAGoodPackage) {
  EXPECT_EQ(fault(), "");
  EXPECT_EQ(judge().verdict, Verdict::passed);
}

struct Name {
  const char* name;
  const char* other;  // as long as "README.txt"
  const char* what;
};

// clang-format off
constexpr Name hostile_names[] = {
    {"absolute",        "/EADME.txt", "is absolute"},
    {"parent",          "../DME.txt", "'.' or '..'"},
    {"parent_inside",   "a/../b.txt", "'.' or '..'"},
    {"this_folder",     "a/./bb.txt", "'.' or '..'"},
    {"empty_part",      "a//bbb.txt", "is empty"},
    {"backslash",       "a\\EADM.txt", "backslash"},
    {"line_feed",       "RE\nDME.txt", "control characters"},
    {"escape",          "RE\x1b" "DME.txt", "control characters"},
    {"not_utf8",        "RE\xff" "DME.txt", "not UTF-8"},
    {"drive",           "C:ADME.txt", "drive"},
    {"stream",          "README:txt", "colon"},
    {"overlong_slash",  "RE\xC0\xAF" "DE.txt", "not UTF-8"},
    {"surrogate",       "RE\xED\xA0\x80" "M.txt", "not UTF-8"},
    {"letter_alike",    "R\xD0\x95" "DME.txt", "outside of ASCII"},
    {"full_width",      "\xEF\xBC\xB2" "DME.txt", "outside of ASCII"},
    {"combining_mark",  "READ\xCC\x81.txt", "outside of ASCII"},
    {"right_to_left",   "RE\xE2\x80\xAEM.txt", "outside of ASCII"},
    {"zero_width",      "REM\xE2\x80\x8B.txt", "outside of ASCII"},
    {"space_at_the_end","README.tx ", "ends in a space"},
};
// clang-format on

class HostileName : public Hostile, public testing::WithParamInterface<Name> {};

TEST_P(HostileName, IsRefused) {
  rename("README.txt", GetParam().other);
  EXPECT_NE(fault().find(GetParam().what), std::string::npos) << fault();
}
INSTANTIATE_TEST_SUITE_P(, HostileName, testing::ValuesIn(hostile_names),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(Hostile, NameTwiceIsRefused) {
  const std::string first = sample->name(0, "receipt.json");
  const std::string second = sample->name(1, "receipt.json");
  rename(first, second);
  EXPECT_NE(fault().find("two names are the same"), std::string::npos) << fault();
  zip_ = read_text(*home / "good.zip");
  std::string other_case = second;
  other_case.replace(0, 4, "Data");
  rename(first, other_case);
  EXPECT_NE(fault().find("two names are the same"), std::string::npos) << fault();
}

TEST_F(Hostile, HeadersThatDisagreeFailTheFile) {
  const std::string name = sample->name(0, "statement.json");
  std::string other = name;
  other.back() = 'm';
  rename(name, other, false);  // only before its octets
  const PackageSummary summary = judge();
  EXPECT_EQ(summary.verdict, Verdict::failed);
  EXPECT_EQ(summary.failed, 1u);
  EXPECT_EQ(summary.passed, 1u);
}

TEST_F(Hostile, SizesThatAreNotTrueFailTheFile) {
  const std::string name = sample->name(0, "documents/002-part_2.txt");
  for (const std::uint32_t size : {99'999u, 100'001u, 1u}) {
    zip_ = read_text(*home / "good.zip");
    set(name, 24, size, 4);
    set(name, 22, size, 4, false);
    const PackageSummary summary = judge();
    EXPECT_EQ(summary.failed, 1u) << size;
    EXPECT_EQ(summary.passed, 1u) << size;
  }
}

TEST_F(Hostile, BombsAreRefused) {
  const std::string name = sample->name(0, "documents/002-part_2.txt");
  set(name, 24, 0x7FFFFFFF, 4);
  EXPECT_NE(fault().find("more than deflate can"), std::string::npos) << fault();
}

TEST_F(Hostile, OverlappingFilesAreRefused) {
  // Every entry claims most of the zip for itself.
  for (const auto& file : sample->files()) {
    set(file.first, 20, static_cast<std::uint32_t>(zip_.size() / 2), 4);
    set(file.first, 10, 8, 2);
  }
  EXPECT_NE(fault(), "");
}

TEST_F(Hostile, LinksEncryptionAndOtherMethodsAreRefused) {
  set("README.txt", 38, 0120777u << 16, 4);
  EXPECT_NE(fault().find("link"), std::string::npos) << fault();
  zip_ = read_text(*home / "good.zip");
  set("README.txt", 8, 1, 2);
  EXPECT_NE(fault().find("encrypted"), std::string::npos) << fault();
  zip_ = read_text(*home / "good.zip");
  set("README.txt", 10, 12, 2);
  EXPECT_NE(fault().find("other than deflate"), std::string::npos) << fault();
}

TEST_F(Hostile, HiddenEntriesAndPrefixesAreRefused) {
  std::string fewer = zip_;
  const std::size_t end = fewer.rfind("PK\x05\x06");
  fewer[end + 8] = static_cast<char>(fewer[end + 8] - 1);
  fewer[end + 10] = static_cast<char>(fewer[end + 10] - 1);
  std::swap(zip_, fewer);
  EXPECT_NE(fault(), "");
  zip_ = "something before" + fewer;
  EXPECT_NE(fault(), "");
}

TEST_F(Hostile, EveryCutIsRefusedOrFails) {
  const std::string good = zip_;
  // The end, where the directory's end lies, octet by octet.
  for (std::size_t size = 0; size < good.size(); size += size + 100 < good.size() ? 97 : 1) {
    zip_ = good.substr(0, size);
    EXPECT_NE(fault(), "") << size << " of " << good.size();
  }
}

TEST_F(Hostile, LinkInAFolderIsRefused) {
  const fs::path folder = *home / "with-link";
  SamplePackage::write(folder, PackageForm::folder, sample->header(), sample->files());
  fs::create_symlink("/etc/passwd", folder / "data" / "link");
  const auto source = open_folder(folder);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::malformed);
}

TEST_F(Hostile, PipeInAFolderIsRefused) {
  const fs::path folder = *home / "with-pipe";
  SamplePackage::write(folder, PackageForm::folder, sample->header(), sample->files());
  ASSERT_EQ(std::system(("mkfifo " + (folder / "data" / "pipe").string()).c_str()), 0);
  EXPECT_FALSE(open_folder(folder));
}

TEST_F(Hostile, WhatIsNoPackageIsSaid) {
  const PackageOptions options = sample->options();
  const auto judge_path = [&](const fs::path& path) {
    const auto summary = verify_package(path, options, [](const RecordResult&) {});
    return summary ? Errc::misuse : summary.error().code;
  };
  EXPECT_EQ(judge_path(*home / "nothing-here"), Errc::not_found);
  write_text(*home / "text", "no zip");
  EXPECT_EQ(judge_path(*home / "text"), Errc::malformed);
  write_text(*home / "empty", "");
  EXPECT_EQ(judge_path(*home / "empty"), Errc::malformed);
  EXPECT_EQ(judge_path(home->path() / "tsa"), Errc::malformed);
  EXPECT_EQ(judge_path("/dev/null"), Errc::malformed);
}

}  // namespace
}  // namespace perdura::tests
