// Small files read whole: settings, certificates, passphrases. new_file.hpp writes them.
//
// Thread safety: none needed; each call stands alone.
#pragma once

#include <filesystem>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// The octets of a file of at most `size_max`. Errors: not_found, denied, too_large, io; each names
// the file.
verifier::Result<verifier::Bytes> read_file(const std::filesystem::path& path,
                                            std::uint64_t size_max);

// The error of a failed system call on `path`, by its errno.
verifier::Error system_error(int errno_value, const std::filesystem::path& path, std::string what);

}  // namespace perdura::archive
