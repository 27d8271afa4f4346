// The texts of a package that people read, and the small tag files of BagIt.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/package.hpp"

namespace perdura::archive {

// README.txt: what this is, what lies where, how to verify it, what it does not prove; and how many
// records were left out as damaged.
std::string readme_text(const verifier::PackageHeader& header, std::uint64_t left_out = 0);

// BY-HAND.txt: how to verify with nothing but sha256sum, openssl and a shell.
std::string by_hand_text(const verifier::PackageHeader& header);

// check-by-hand.sh: does what BY-HAND.txt tells, for any evidence (verifier/check-by-hand.sh).
std::string_view check_by_hand_script();

// bagit.txt (RFC 8493 section 2.1.1).
std::string bagit_text();

// bag-info.txt with Payload-Oxum (RFC 8493 section 2.2.2).
std::string bag_info_text(const verifier::PackageHeader& header, std::uint64_t payload_octets,
                          std::uint64_t payload_files);

}  // namespace perdura::archive
