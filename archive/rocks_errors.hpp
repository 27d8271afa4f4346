// What RocksDB says, as a person reads it.
//
// Thread safety: pure functions.
#pragma once

#include <rocksdb/status.h>

#include <string>

#include "verifier/result.hpp"

namespace perdura::archive {

// The error of a status that is not ok, of the store at `where`. Errors are denied and io.
verifier::Error error_of(const rocksdb::Status& status, const std::string& where);

// The same of opening a database: busy too, while another process has it open for writing.
verifier::Error error_of_open(const rocksdb::Status& status, const std::string& where);

}  // namespace perdura::archive
