// Files that appear whole or not at all.
//
// Thread safety: the functions are pure but for the file system.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// A new file that is written in parts under a name of its own beside `path`, and removed again
// unless it is published. Thread safety: one thread.
class NewFile {
 public:
  // With that mode, less the umask. Errors: not_found (no such folder), denied, io.
  static verifier::Result<NewFile> create(const std::filesystem::path& path, mode_t mode);
  NewFile(NewFile&& other) noexcept;
  ~NewFile();

  // Errors: io.
  verifier::Result<verifier::Ok> write(verifier::ByteView octets);
  // Syncs it, gives it its name, and syncs the folder. Never overwrites. Errors: conflict (there is
  // something at `path`), io.
  verifier::Result<verifier::Ok> publish();
  // The same, but puts it in the place of what is there, if anything. Errors: io.
  verifier::Result<verifier::Ok> replace();

 private:
  NewFile(std::filesystem::path path, std::string temporary, int file);
  verifier::Result<verifier::Ok> sync();

  std::filesystem::path path_;
  std::string temporary_;  // empty once there is nothing to remove
  int file_;
};

// Writes all of `octets` to an open file; 0, or the errno of what failed.
int write_all(int file, verifier::ByteView octets);

// Writes `octets` to a new file at `path` with that mode (less the umask): under a temporary name
// in the same folder, synced, then linked to its name, and the folder synced. Never overwrites.
// Errors: conflict (there is something at `path`), io.
verifier::Result<verifier::Ok> write_new_file(const std::filesystem::path& path,
                                              verifier::ByteView octets, mode_t mode);

// Puts a file with these octets in the place of what is at `path`, if anything: written under a
// temporary name, synced, renamed over it, and the folder synced. Errors: io.
verifier::Result<verifier::Ok> replace_file(const std::filesystem::path& path,
                                            verifier::ByteView octets, mode_t mode);

// Makes the folder, and those above it that are missing, so that they survive a power cut; one that
// is there already does no harm. Errors: those of system_error.
verifier::Result<verifier::Ok> make_folders(const std::filesystem::path& folder);

// Makes what was created or renamed in `folder` survive a power cut. Errors: io.
verifier::Result<verifier::Ok> sync_folder(const std::filesystem::path& folder);

}  // namespace perdura::archive
