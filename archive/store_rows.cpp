#include "archive/store_rows.hpp"

#include <algorithm>

#include "archive/big_endian.hpp"

namespace perdura::archive {
namespace {

constexpr std::size_t extent_size = 17;
constexpr std::size_t end_size = 12;

}  // namespace

std::string write_extent(const Extent& extent) {
  std::string out(1, static_cast<char>(in_segment));
  append_big_endian(out, extent.segment, 4);
  append_big_endian(out, extent.offset, 8);
  append_big_endian(out, extent.length, 4);
  return out;
}

std::optional<Extent> read_extent(ByteView row) {
  if (row.size() != extent_size || row[0] != in_segment) return std::nullopt;
  return Extent{.segment = static_cast<std::uint32_t>(number_at(row, 1, 4)),
                .length = static_cast<std::uint32_t>(number_at(row, 13, 4)),
                .offset = number_at(row, 5, 8)};
}

std::string write_end(const SegmentsEnd& end) {
  std::string out;
  append_big_endian(out, end.segment, 4);
  append_big_endian(out, end.offset, 8);
  return out;
}

std::optional<SegmentsEnd> read_end(ByteView row) {
  if (row.size() != end_size) return std::nullopt;
  return SegmentsEnd{static_cast<std::uint32_t>(number_at(row, 0, 4)), number_at(row, 4, 8)};
}

std::string row_key(const std::string& partition, const std::string& key) {
  std::string out;
  out.reserve(1 + partition.size() + std::max<std::size_t>(key.size(), 40));
  out += static_cast<char>(partition.size());
  return out.append(partition).append(key);
}

std::string after_all(std::string prefix) {
  while (prefix.back() == '\xFF') prefix.pop_back();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace perdura::archive
