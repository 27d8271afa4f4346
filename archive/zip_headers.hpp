// The headers of a zip, octet by octet (APPNOTE.TXT sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16).
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// A file in a zip, as its two headers have it.
struct ZipEntry {
  std::string name;
  bool deflated = false;
  std::uint32_t crc = 0;
  std::uint64_t compressed = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // of its local header
  bool streamed = false;     // its sizes came later: the local header has room for any
};

// When files are dated: to two seconds, in UTC, from 1980 to 2107.
struct ZipDate {
  std::uint16_t time = 0;
  std::uint16_t date = 0;
};
// The nearest date that a zip can hold.
ZipDate zip_date(verifier::Time time);

// What stands before a file's octets; of a size that only name and `streamed` decide.
void append_local_header(verifier::Bytes& out, const ZipEntry& entry, ZipDate dated);
// What the directory has about a file.
void append_directory_header(verifier::Bytes& out, const ZipEntry& entry, ZipDate dated);
// What stands behind a directory of `files` entries and `size` octets that starts at `offset`.
void append_directory_end(verifier::Bytes& out, std::uint64_t files, std::uint64_t size,
                          std::uint64_t offset);

}  // namespace perdura::archive
