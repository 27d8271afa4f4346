#include "archive/row_codec.hpp"

namespace perdura::archive {

std::string big_endian(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(value >> (56 - 8 * i) & 0xFF);
  return out;
}

std::uint64_t from_big_endian(std::string_view octets) {
  if (octets.size() != 8) return 0;
  std::uint64_t value = 0;
  for (const char c : octets) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

RowWriter& RowWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    row_.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  row_.push_back(static_cast<std::uint8_t>(value));
  return *this;
}

RowWriter& RowWriter::signed_number(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return number(bits << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

RowWriter& RowWriter::fixed(ByteView octets) {
  row_.insert(row_.end(), octets.begin(), octets.end());
  return *this;
}

RowWriter& RowWriter::octets(ByteView octets) {
  number(octets.size());
  return fixed(octets);
}

std::uint64_t RowReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const ByteView octet = fixed(1);
    if (octet.empty()) return 0;
    value |= static_cast<std::uint64_t>(octet[0] & 0x7F) << shift;
    if ((octet[0] & 0x80) == 0) return value;
  }
  good_ = false;
  return 0;
}

std::int64_t RowReader::signed_number() {
  const std::uint64_t bits = number();
  return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

ByteView RowReader::fixed(std::size_t size) {
  if (!good_ || size > rest_.size()) {
    good_ = false;
    return {};
  }
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

ByteView RowReader::octets() {
  const std::uint64_t size = number();
  return fixed(good_ && size <= rest_.size() ? static_cast<std::size_t>(size) : rest_.size() + 1);
}

}  // namespace perdura::archive
