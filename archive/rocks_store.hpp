// A Store in a folder, kept by RocksDB in this process. On disk: formats/store.md.
#pragma once

#include <filesystem>
#include <memory>

#include "archive/store.hpp"

namespace perdura::archive {

enum class OpenMode {
  create,     // makes a new store; the folder must not exist or be empty
  existing,   // opens a store for reading and writing; one process at a time
  read_only,  // opens it as it is now, beside a process that writes; later changes are not seen
  read_once,  // the same, for reading most of its objects once: from the disk, past the page cache
};

// Whether the store is opened beside a process that may write.
constexpr bool only_reads(OpenMode mode) {
  return mode == OpenMode::read_only || mode == OpenMode::read_once;
}

// Opens the store in `folder`; closing it is destroying it. Every member may be called from any
// thread; commits to the same partition wait for each other, others share their syncs.
// After a write that failed with io every later write is refused until the store is opened again;
// reading goes on, but whether the failed write is there shows only then.
// Errors: not_found (no store there), conflict (create: something is there; existing: another
// process has it open), unsupported (made by a newer version), io.
Result<std::unique_ptr<Store>> open_rocks_store(const std::filesystem::path& folder, OpenMode mode);

}  // namespace perdura::archive
