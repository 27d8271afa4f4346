// How keys and values of the database's rows are spelt: formats/store.md.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>

#include "archive/segments.hpp"

namespace perdura::archive {

// The first octet of an object's row: the octets follow, or where they lie.
enum RowKind : std::uint8_t { in_row = 0, in_segment = 1 };

// The row of an object that lies in a segment; reading, nothing when it is not one.
std::string write_extent(const Extent& extent);
std::optional<Extent> read_extent(ByteView row);

// The row that says up to where segments are written; reading, nothing when it is not one.
std::string write_end(const SegmentsEnd& end);
std::optional<SegmentsEnd> read_end(ByteView row);

// The partition's length, the partition, the key: no partition's rows are in reach of another's
// prefix, and within one the order is that of the keys.
std::string row_key(const std::string& partition, const std::string& key);

// The least key that is greater than all that start with `prefix`, which is of row_key and so
// never consists of 0xFF alone.
std::string after_all(std::string prefix);

}  // namespace perdura::archive
