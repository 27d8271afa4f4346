#include "archive/zip_headers.hpp"

#include <algorithm>
#include <chrono>

namespace perdura::archive {
namespace {

using verifier::Bytes;

constexpr std::uint32_t overflow = 0xFFFFFFFF;  // "see the zip64 field"
constexpr std::uint32_t files_overflow = 0xFFFF;
constexpr std::uint16_t version_deflate = 20;  // APPNOTE section 4.4.3.2
constexpr std::uint16_t version_zip64 = 45;
constexpr std::uint16_t made_by_unix = (3 << 8) | version_zip64;
constexpr std::uint32_t regular_file_mode = 0100644;
constexpr std::uint16_t zip64_field = 1;

// Little-endian octets, appended.
void append(Bytes& out, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append_text(Bytes& out, const std::string& text) {
  out.insert(out.end(), text.begin(), text.end());
}

// From "version needed" to the sizes, which both headers have alike.
void append_common(Bytes& out, const ZipEntry& entry, ZipDate dated, bool zip64, bool sizes) {
  append(out, zip64 ? version_zip64 : version_deflate, 2);
  append(out, 0, 2);  // flags
  append(out, entry.deflated ? 8 : 0, 2);
  append(out, dated.time, 2);
  append(out, dated.date, 2);
  append(out, entry.crc, 4);
  append(out, sizes ? entry.compressed : overflow, 4);
  append(out, sizes ? entry.size : overflow, 4);
  append(out, entry.name.size(), 2);
}

}  // namespace

ZipDate zip_date(verifier::Time time) {
  using namespace std::chrono;
  constexpr verifier::Time first{315532800};  // 1980-01-01T00:00:00Z
  constexpr verifier::Time last{4354819198};  // 2107-12-31T23:59:58Z
  const sys_seconds moment{seconds(std::clamp(time, first, last).seconds)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss clock(moment - day);
  return {.time = static_cast<std::uint16_t>(clock.hours().count() << 11 |
                                             clock.minutes().count() << 5 |
                                             clock.seconds().count() / 2),
          .date = static_cast<std::uint16_t>(
              (static_cast<unsigned>(static_cast<int>(date.year())) - 1980u) << 9 |
              static_cast<unsigned>(date.month()) << 5 | static_cast<unsigned>(date.day()))};
}

void append_local_header(Bytes& out, const ZipEntry& entry, ZipDate dated) {
  append(out, 0x04034B50, 4);
  append_common(out, entry, dated, entry.streamed, !entry.streamed);
  append(out, entry.streamed ? 20 : 0, 2);
  append_text(out, entry.name);
  if (!entry.streamed) return;
  append(out, zip64_field, 2);
  append(out, 16, 2);
  append(out, entry.size, 8);
  append(out, entry.compressed, 8);
}

void append_directory_header(Bytes& out, const ZipEntry& entry, ZipDate dated) {
  const bool large = entry.size >= overflow || entry.compressed >= overflow;
  const bool far = entry.offset >= overflow;
  append(out, 0x02014B50, 4);
  append(out, made_by_unix, 2);
  append_common(out, entry, dated, large || far || entry.streamed, !large);
  append(out, large || far ? 4 + (large ? 16 : 0) + (far ? 8 : 0) : 0, 2);
  append(out, 0, 2);  // comment
  append(out, 0, 2);  // disk
  append(out, 0, 2);  // internal attributes
  append(out, regular_file_mode << 16, 4);
  append(out, far ? overflow : entry.offset, 4);
  append_text(out, entry.name);
  if (!large && !far) return;
  append(out, zip64_field, 2);
  append(out, (large ? 16 : 0) + (far ? 8 : 0), 2);
  if (large) append(out, entry.size, 8);
  if (large) append(out, entry.compressed, 8);
  if (far) append(out, entry.offset, 8);
}

void append_directory_end(Bytes& out, std::uint64_t files, std::uint64_t size,
                          std::uint64_t offset) {
  const bool zip64 = files >= files_overflow || size >= overflow || offset >= overflow;
  if (zip64) {
    append(out, 0x06064B50, 4);
    append(out, 44, 8);  // octets that follow
    append(out, made_by_unix, 2);
    append(out, version_zip64, 2);
    append(out, 0, 8);  // number of this disk, and of the directory's
    append(out, files, 8);
    append(out, files, 8);
    append(out, size, 8);
    append(out, offset, 8);
    append(out, 0x07064B50, 4);  // its locator
    append(out, 0, 4);
    append(out, offset + size, 8);
    append(out, 1, 4);  // disks
  }
  append(out, 0x06054B50, 4);
  append(out, 0, 4);  // disks
  const std::uint64_t counted = std::min<std::uint64_t>(files, files_overflow);
  append(out, counted, 2);
  append(out, counted, 2);
  append(out, std::min<std::uint64_t>(size, overflow), 4);
  append(out, std::min<std::uint64_t>(offset, overflow), 4);
  append(out, 0, 2);  // comment
}

}  // namespace perdura::archive
