// How rows of the index are spelt: unsigned integers as LEB128, octet strings with their length
// before them, fixed-width digests bare. Each row format says its version in its first octet.
//
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;

// Eight octets, most significant first, so that keys sort as their numbers do.
std::string big_endian(std::uint64_t value);
// The number in exactly eight octets; 0 when `octets` has another length.
std::uint64_t from_big_endian(std::string_view octets);

// Appends fields to a row.
class RowWriter {
 public:
  // `size`: about as many octets as the row will have.
  explicit RowWriter(std::size_t size = 16) { row_.reserve(size); }

  // Unsigned, LEB128.
  RowWriter& number(std::uint64_t value);
  // Signed, zigzag.
  RowWriter& signed_number(std::int64_t value);
  RowWriter& fixed(ByteView octets);
  RowWriter& octets(ByteView octets);
  RowWriter& text(std::string_view text) { return octets(verifier::as_bytes(text)); }
  Bytes take() { return std::move(row_); }

 private:
  Bytes row_;
};

// Takes fields off a row. The first field that is not there latches: all later ones are empty or 0
// and good() is false, so a caller asks once.
class RowReader {
 public:
  explicit RowReader(ByteView row) : rest_(row) {}

  // As RowWriter::number() wrote it.
  std::uint64_t number();
  // As RowWriter::signed_number() wrote it.
  std::int64_t signed_number();
  // The next `size` octets.
  ByteView fixed(std::size_t size);
  // As many octets as their length says.
  ByteView octets();
  // The same, as text.
  std::string text() { return std::string(verifier::as_text(octets())); }
  bool good() const { return good_; }
  // Good, and nothing is left.
  bool done() const { return good_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool good_ = true;
};

}  // namespace perdura::archive
