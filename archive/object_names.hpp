// Names for the objects of deposits, written down before anything is put under them: what a killed
// deposit had put, and no record refers to, is found by its name and erased.
//
// A name is taken from a supply that is reserved in one synced commit; the next such commit strikes
// out those that were settled meanwhile. Rows: formats/rows.md.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "archive/journal.hpp"
#include "archive/store.hpp"

namespace perdura::archive {

// Thread safety: any member from any thread.
class ObjectNames {
 public:
  // `store` and `journal` must outlive it.
  ObjectNames(Store& store, const Journal& journal) : store_(store), journal_(journal) {}
  ObjectNames(const ObjectNames&) = delete;
  ObjectNames& operator=(const ObjectNames&) = delete;
  // Gives back the names that were not needed, and those settled.
  ~ObjectNames();

  // A name that nothing had yet: "pack/" or "large/" and 32 hex digits. Errors: io.
  Result<std::string> pack();
  Result<std::string> large();
  // Says of objects that a record refers to them now, durably, or that they are erased. Those of
  // which it is never said are looked at when the archive is opened next.
  void settle(const std::vector<std::string>& objects);

 private:
  Result<std::string> next(std::string (*form)(verifier::ByteView token));
  Result<Ok> reserve();

  Store& store_;
  const Journal& journal_;
  std::mutex mutex_;
  std::vector<Bytes> free_;     // reserved, not taken
  std::vector<Bytes> settled_;  // their rows can go
};

// The write that settles an object in a commit to the archive's partition.
Write settled(const std::string& object);

// Erases what deposits put and did not live to refer to, once nothing deposits any more: of the
// reserved names those that no record refers to. Errors: malformed, io.
Result<Ok> erase_abandoned_objects(Store& store, const Journal& journal);

}  // namespace perdura::archive
