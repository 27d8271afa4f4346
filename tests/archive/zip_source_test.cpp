// Zips as other programs write them, and larger ones than anybody wants to write for a test.
#include <gtest/gtest.h>
#include <zlib.h>

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
  void finish() {
    const std::uint64_t at = place();
    out_ << directory_;
    const std::uint64_t end = place();
    out_ << "PK\x06\x06" << le(44, 8) << le(45, 2) << le(45, 2) << le(0, 8) << le(files_, 8)
         << le(files_, 8) << le(directory_.size(), 8) << le(at, 8);
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

  void header(const std::string& name, std::uint64_t crc, std::uint64_t size, bool zip64) {
    const std::uint64_t at = place();
    const bool far = zip64 || at >= 0xFFFFFFFF;
    const std::string stated = zip64 ? le(0xFFFFFFFF, 8).substr(0, 4) : le(size, 4);
    std::string sizes = zip64 ? le(size, 8) + le(size, 8) : "";
    const std::string extra = zip64 ? le(1, 2) + le(sizes.size(), 2) + sizes : "";
    out_ << "PK\x03\x04" << le(45, 2) << le(0, 8) << le(crc, 4) << stated << stated
         << le(name.size(), 2) << le(extra.size(), 2) << name << extra;
    if (far) sizes += le(at, 8);
    const std::string fields = far ? le(1, 2) + le(sizes.size(), 2) + sizes : "";
    directory_ += "PK\x01\x02" + le(45, 2) + le(45, 2) + le(0, 8) + le(crc, 4) + stated + stated +
                  le(name.size(), 2) + le(fields.size(), 2) + le(0, 10) +
                  (far ? le(0xFFFFFFFF, 4) : le(at, 4)) + name + fields;
    ++files_;
  }

  std::ofstream out_;
  std::string directory_;
  std::uint64_t files_ = 0;
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

}  // namespace
}  // namespace perdura::tests
