// What every store refuses before it touches anything, so that each refuses the same.
//
// Thread safety: pure functions.
#pragma once

#include <vector>

#include "archive/store.hpp"

namespace perdura::archive {

inline constexpr std::size_t name_size_max = 200;  // of an object, a partition, a row's key

// Whether every object has a name of 1 to 200 printable ASCII characters and at most 16 MiB.
// Errors: misuse (the name), too_large.
Result<Ok> check_objects(const std::vector<Object>& objects);

// Whether the partition and every key have 1 to 200 octets and the sum of keys and values is at
// most 4 MiB. Errors: misuse, too_large.
Result<Ok> check_commit(const Commit& commit);

}  // namespace perdura::archive
