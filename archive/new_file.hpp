// Files that appear whole or not at all.
//
// Thread safety: pure functions on the file system.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// Writes `octets` to a new file at `path` with that mode (less the umask): under a temporary name
// in the same folder, synced, then linked to its name, and the folder synced. Never overwrites.
// Errors: conflict (there is something at `path`), io.
verifier::Result<verifier::Ok> write_new_file(const std::filesystem::path& path,
                                              verifier::ByteView octets, mode_t mode);

// Puts a file with these octets in the place of what is at `path`, if anything: written under a
// temporary name, synced, renamed over it, and the folder synced. Errors: io.
verifier::Result<verifier::Ok> replace_file(const std::filesystem::path& path,
                                            verifier::ByteView octets, mode_t mode);

// Makes what was created or renamed in `folder` survive a power cut. Errors: io.
verifier::Result<verifier::Ok> sync_folder(const std::filesystem::path& folder);

}  // namespace perdura::archive
