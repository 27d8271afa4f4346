// Zips as other programs write them, and larger ones than anybody wants to write for a test.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "outside_world.hpp"
#include "verifier/package_source.hpp"

namespace perdura::tests {
namespace {

using namespace verifier;

// A zip made by hand, of stored files; zeros are holes, so that a large one takes no room.
class ZipByHand {
 public:
  explicit ZipByHand(const std::filesystem::path& path) : out_(path, std::ios::binary) {}

  // A file of these octets. `zip64`: all that can stand in an extra field does, as some libraries
  // write it whether it has to or not.
  void add(const std::string& name, const std::string& octets, bool zip64) {
    header(name, crc32_of(octets), octets.size(), zip64);
    out_ << octets;
  }
  void add_zeros(const std::string& name, std::uint64_t size) {
    uLong crc = 0;
    const Bytes zeros(1u << 20, 0);
    for (std::uint64_t i = 0; i < size; i += zeros.size()) {
      crc = ::crc32(crc, zeros.data(), static_cast<uInt>(zeros.size()));
    }
    header(name, crc, size, true);
    out_.seekp(static_cast<std::streamoff>(size), std::ios::cur);
  }
  // Octets that no entry is about.
  void stray(const std::string& octets) { out_ << octets; }
  // A file whose sizes stand behind its octets, in so many octets each; `behind` follows them.
  void add_described(const std::string& name, const std::string& octets, int width, bool signature,
                     const std::string& behind = "") {
    flags_ = 8;
    header(name, crc32_of(octets), octets.size(), false);
    flags_ = 0;
    out_ << octets << (signature ? "PK\x07\x08" : "") << le(crc32_of(octets), 4)
         << le(octets.size(), width) << le(octets.size(), width) << behind;
  }
  // A stored folder; its directory says that it has no octets.
  void add_folder(const std::string& name, const std::string& octets) {
    header(name, 0, 0, false);
    out_ << octets;
  }
  // An extra field for the next file, before its octets and in the directory.
  void with_extra(const std::string& local, const std::string& central) {
    local_extra_ = local;
    central_extra_ = central;
  }
  // The next file's octets as they are, deflated.
  void add_deflated(const std::string& name, const std::string& deflated,
                    const std::string& octets) {
    method_ = 8;
    header(name, crc32_of(octets), octets.size(), false, deflated.size());
    method_ = 0;
    out_ << deflated;
  }
  // The order of the directory is that of the files, turned round.
  void turn_directory_round() { turned_ = true; }
  void finish(const std::string& before_end = "", const std::string& in_end64 = "") {
    if (turned_) std::ranges::reverse(entries_);
    for (const std::string& entry : entries_) directory_ += entry;
    const std::uint64_t at = place();
    out_ << directory_;
    const std::uint64_t end = place();
    out_ << "PK\x06\x06" << le(44 + in_end64.size(), 8) << le(45, 2) << le(45, 2) << le(0, 8)
         << le(files_, 8) << le(files_, 8) << le(directory_.size(), 8) << le(at, 8) << in_end64
         << before_end;
    out_ << "PK\x06\x07" << le(0, 4) << le(end, 8) << le(1, 4);
    out_ << "PK\x05\x06" << le(0, 4) << le(files_, 2) << le(files_, 2) << le(directory_.size(), 4)
         << le(0xFFFFFFFF, 4) << le(0, 2);
    out_.close();
  }

 private:
  static std::string le(std::uint64_t value, int octets) {
    std::string text;
    for (int i = 0; i < octets; ++i, value >>= 8) text += static_cast<char>(value);
    return text;
  }
  static uLong crc32_of(const std::string& octets) {
    return ::crc32(0, reinterpret_cast<const Bytef*>(octets.data()),
                   static_cast<uInt>(octets.size()));
  }
  std::uint64_t place() { return static_cast<std::uint64_t>(out_.tellp()); }

  void header(const std::string& name, std::uint64_t crc, std::uint64_t size, bool zip64,
              std::optional<std::uint64_t> compressed = std::nullopt) {
    const std::uint64_t at = place();
    const bool far = zip64 || at >= 0xFFFFFFFF;
    const std::string stated = zip64 ? le(0xFFFFFFFF, 8).substr(0, 4) : le(size, 4);
    std::string sizes = zip64 ? le(size, 8) + le(size, 8) : "";
    const std::string kept = compressed ? le(*compressed, 4) : stated;
    const std::string how = le(flags_, 2) + le(method_, 2) + le(0, 4);
    const bool later = flags_ != 0;
    const std::string extra = (zip64 ? le(1, 2) + le(sizes.size(), 2) + sizes : "") + local_extra_;
    out_ << "PK\x03\x04" << le(45, 2) << how << le(later ? 0 : crc, 4)
         << (later ? le(0, 8) : kept + stated) << le(name.size(), 2) << le(extra.size(), 2) << name
         << extra;
    if (far) sizes += le(at, 8);
    const std::string fields = (far ? le(1, 2) + le(sizes.size(), 2) + sizes : "") + central_extra_;
    entries_.push_back("PK\x01\x02" + le(45, 2) + le(45, 2) + how + le(crc, 4) + kept + stated +
                       le(name.size(), 2) + le(fields.size(), 2) + le(0, 10) +
                       (far ? le(0xFFFFFFFF, 4) : le(at, 4)) + name + fields);
    local_extra_.clear();
    central_extra_.clear();
    ++files_;
  }

  std::ofstream out_;
  std::string directory_;
  std::vector<std::string> entries_;
  std::string local_extra_;
  std::string central_extra_;
  std::uint64_t files_ = 0;
  unsigned flags_ = 0;
  unsigned method_ = 0;
  bool turned_ = false;
};

std::string content(PackageReader& reader, const std::string& name) {
  const auto octets = read_whole(reader, name, 1000);
  return octets ? std::string(as_text(*octets)) : to_string(octets.error());
}

TEST(ZipSource, ReadsSizesInExtraFieldsOfAZipHoweverSmall) {
  const TemporaryFolder folder;
  ZipByHand zip(folder / "small.zip");
  zip.add("a", "one", true);
  zip.add("b", "two", false);
  zip.add("c", "", true);
  zip.finish();
  const auto source = open_zip_file(folder / "small.zip");
  ASSERT_TRUE(source) << to_string(source.error());
  const auto reader = (*source)->reader();
  EXPECT_EQ(content(**reader, "a"), "one");
  EXPECT_EQ(content(**reader, "b"), "two");
  EXPECT_EQ(content(**reader, "c"), "");
}

TEST(ZipSource, ReadsFilesThatLieBehindFourGibibytes) {
  const TemporaryFolder folder;
  ZipByHand zip(folder / "large.zip");
  const std::uint64_t size = (std::uint64_t{4} << 30) + (1u << 20);
  zip.add("a", "before", false);
  zip.add_zeros("b", size);
  zip.add("c", "behind", false);
  zip.add("d", "behind, too", true);
  zip.finish();
  const auto source = open_zip_file(folder / "large.zip");
  ASSERT_TRUE(source) << to_string(source.error());
  const auto reader = (*source)->reader();
  EXPECT_EQ(content(**reader, "c"), "behind");
  EXPECT_EQ(content(**reader, "d"), "behind, too");
  EXPECT_EQ(content(**reader, "a"), "before");
  const auto opened = (*reader)->open("b");
  ASSERT_TRUE(opened) << to_string(opened.error());
  EXPECT_EQ(*opened, size);
}

// What reading files "a", "b" and "c" of a zip gives, or why it can't be opened.
std::string read_all(const std::function<void(ZipByHand&)>& make,
                     const std::string& before_end = "", const std::string& in_end64 = "") {
  const TemporaryFolder folder;
  ZipByHand zip(folder / "made.zip");
  make(zip);
  zip.finish(before_end, in_end64);
  const auto source = open_zip_file(folder / "made.zip");
  if (!source) return source.error().what;
  const auto reader = (*source)->reader();
  std::string all;
  for (const char* name : {"a", "b", "c"}) {
    if ((*reader)->number(name)) all += content(**reader, name) + "|";
  }
  return all;
}

TEST(ZipSource, ReadsSizesThatStandBehindTheOctets) {
  for (const int width : {4, 8}) {
    for (const bool signature : {false, true}) {
      EXPECT_EQ(read_all([&](ZipByHand& zip) {
                  zip.add_described("a", "one", width, signature);
                  zip.add_described("b", "two", width, signature);
                  zip.add("c", "three", false);
                }),
                "one|two|three|");
    }
  }
}

TEST(ZipSource, ReadsFilesInWhateverOrderTheyLie) {
  EXPECT_EQ(read_all([](ZipByHand& zip) {
              zip.add("c", "three", false);
              zip.add_described("a", "one", 4, true);
              zip.add_folder("folder/", "");
              zip.add("b", "two", false);
            }),
            "one|two|three|");
  EXPECT_EQ(read_all([](ZipByHand& zip) {
              zip.add("c", "three", false);
              zip.add("b", "two", false);
              zip.add("a", "one", false);
              zip.turn_directory_round();
            }),
            "one|two|three|");
}

// What a program sees that reads a zip from its start, and no entry is about.
TEST(ZipSource, RefusesOctetsThatBelongToNoFile) {
  const std::string hidden("PK\x03\x04 a file that the directory leaves out");
  const auto between = [&](ZipByHand& zip) {
    zip.add("a", "one", false);
    zip.stray(hidden);
    zip.add("b", "two", false);
  };
  EXPECT_TRUE(read_all(between).find("belong to no file") != std::string::npos)
      << read_all(between);
  const auto last = [&](ZipByHand& zip) {
    zip.add("a", "one", false);
    zip.stray("x");
  };
  EXPECT_TRUE(read_all(last).find("belong to no file") != std::string::npos) << read_all(last);
  const auto turned = [&](ZipByHand& zip) {
    zip.add("b", "two", false);
    zip.stray(hidden);
    zip.add("a", "one", false);
  };
  EXPECT_TRUE(read_all(turned).find("belong to no file") != std::string::npos) << read_all(turned);
  const auto described = [&](ZipByHand& zip) {
    zip.add_described("a", "one", 4, true, "x");
    zip.add("b", "two", false);
  };
  EXPECT_TRUE(read_all(described).find("belong to no file") != std::string::npos);
  EXPECT_EQ(read_all([&](ZipByHand& zip) {
              zip.stray(hidden);
              zip.add("a", "one", false);
            }),
            "there is something before the zip");
  EXPECT_EQ(read_all([](ZipByHand& zip) { zip.add("a", "one", false); }, "x"),
            "the end of the zip is damaged");
  EXPECT_EQ(read_all([](ZipByHand& zip) { zip.add("a", "one", false); }, "", "x"),
            "the end of the zip is damaged");
}

TEST(ZipSource, RefusesOctetsOfFolders) {
  const auto result = read_all([](ZipByHand& zip) {
    zip.add("a", "one", false);
    zip.add_folder("folder/", "hidden");
    zip.add("b", "two", false);
  });
  EXPECT_EQ(result, "there are octets behind it that belong to no file");
}

TEST(ZipSource, RefusesASecondNameInAnExtraField) {
  const auto field = [](const std::string& name) {
    std::string text = "\x75\x70";
    text += static_cast<char>(name.size() + 5);
    return text + std::string(1, '\0') + "\x01" + "crc " + name;
  };
  EXPECT_EQ(read_all([&](ZipByHand& zip) {
              zip.with_extra(field("a"), field("a"));
              zip.add("a", "one", false);
            }),
            "one|");
  EXPECT_EQ(read_all([&](ZipByHand& zip) {
              zip.with_extra("", field("b"));
              zip.add("a", "one", false);
            }),
            "a file has two names: a");
  const std::string local = read_all([&](ZipByHand& zip) {
    zip.with_extra(field("b"), "");
    zip.add("a", "one", false);
  });
  EXPECT_NE(local.find("has another name"), std::string::npos) << local;
}

TEST(ZipSource, RefusesOctetsBehindDeflatedOnes) {
  const std::string stored_block("\x01\x03\x00\xFC\xFFone", 8);
  EXPECT_EQ(read_all([&](ZipByHand& zip) { zip.add_deflated("a", stored_block, "one"); }), "one|");
  const std::string more =
      read_all([&](ZipByHand& zip) { zip.add_deflated("a", stored_block + "x", "one"); });
  EXPECT_NE(more.find("behind its compressed ones"), std::string::npos) << more;
}

}  // namespace
}  // namespace perdura::tests
