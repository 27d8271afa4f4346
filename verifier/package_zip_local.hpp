// What stands around the octets of a file in a zip: the header before them, which must say what the
// directory says (APPNOTE.TXT 4.3.7), and what follows, which must be the next file (4.3.9).
//
// So no octet of a zip is there that no entry of its directory is about. Thread safety: pure
// functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "verifier/package_zip_directory.hpp"
#include "verifier/package_zip_octets.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// What the header before a file begins with, and its size without name and extra fields.
inline constexpr std::string_view local_signature = "PK\x03\x04";
inline constexpr std::size_t local_header_size = 30;

// Visits the extra fields of an entry or header (APPNOTE 4.5.1), with identifier and values. False
// when one is cut short or `visit` returned false.
bool for_each_extra_field(ByteView extra,
                          const std::function<bool(std::uint64_t, ByteView)>& visit);

// Whether no extra field names the file otherwise than `name` (APPNOTE 4.6.9).
bool extra_fields_name(ByteView extra, std::string_view name);

// Where the octets of a file are.
struct FilePlace {
  std::uint64_t octets_at = 0;
  bool sizes_later = false;  // behind the octets they may stand again
};
// Reads the header before the octets. Errors: malformed.
Result<FilePlace> find_octets(const Octets& octets, const DirectoryEntry& entry);

// That the octets of a file, and its sizes if they stand behind, end where the next file, or the
// directory, begins. Errors: malformed.
Result<Ok> check_behind(const Octets& octets, const DirectoryEntry& entry, const FilePlace& place,
                        std::uint64_t next);

}  // namespace perdura::verifier
