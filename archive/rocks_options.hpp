// How RocksDB is set up for a store. Included by rocks_store.cpp alone.
//
// Memory in all: write buffers of at most 48 MiB, 32 MiB of blocks read last.
// Thread safety: pure functions.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "archive/rocks_store.hpp"

namespace perdura::archive {

inline constexpr const char* objects_family = "objects";
inline constexpr const char* index_family = "index";

rocksdb::DBOptions database_options(OpenMode mode);

// The families of that names, with a cache that they share.
std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const std::vector<std::string>& names);

}  // namespace perdura::archive
