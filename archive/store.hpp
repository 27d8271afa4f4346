// The seam to storage: all that the archive asks of a database, in two halves.
//
// Objects are immutable, at most 16 MiB, and durable when put returns. The index is rows in
// partitions: a partition is the unit of order and of atomicity, holds at most about 200,000 rows,
// and a commit to it at most 4 MiB. Objects first, then one commit that makes them count.
// The limits are those of a distributed engine, and hold for every implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// An object to be put: a name (printable ASCII, at most 200 octets) and its octets.
struct Object {
  std::string name;
  Bytes octets;
};

// What must hold for a commit: `key` is absent (no value) or has exactly this value.
struct Condition {
  std::string key;
  std::optional<Bytes> value;
};

// A row to be written, or erased when it has no value. Keys are octet strings of at most 200.
struct Write {
  std::string key;
  std::optional<Bytes> value;
};

// All or nothing, in one partition.
struct Commit {
  std::string partition;
  std::vector<Condition> conditions;
  std::vector<Write> writes;
};

// A row as it was found.
struct Row {
  std::string key;
  Bytes value;
};

// Thread safety: any member from any thread.
class Store {
 public:
  static constexpr std::size_t object_size_max = 16u << 20;
  static constexpr std::size_t commit_size_max = 4u << 20;

  virtual ~Store() = default;

  // Puts every object that is not there yet; one that is there must have the same octets, else
  // conflict. On Ok all are on disk. Errors: too_large, conflict, io (any subset may be there).
  virtual Result<Ok> put(std::vector<Object> objects) = 0;
  // `length` octets at `offset` of an object, or fewer at its end. Errors: not_found, io.
  virtual Result<Bytes> read(const std::string& object, std::uint64_t offset,
                             std::uint64_t length) const = 0;
  // Erases an object; one that is not there is no error. Errors: io.
  virtual Result<Ok> erase(const std::string& object) = 0;

  // Applies one commit. On Ok it is on disk. Errors: conflict (a condition does not hold; nothing
  // changed), too_large, io (unknown whether it happened: read before trying again).
  virtual Result<Ok> commit(const Commit& commit) = 0;
  // Applies several commits, each atomic for itself, in no promised order, none of them
  // conditional. What it writes may be lost in a power cut until the next commit() returns, but
  // never survives without everything committed before it. For rows that can be derived again.
  // Errors: too_large, io.
  virtual Result<Ok> commit_derived(const std::vector<Commit>& commits) = 0;
  // The value of a row; nothing when there is none. Errors: io.
  virtual Result<std::optional<Bytes>> get(const std::string& partition,
                                           const std::string& key) const = 0;
  // At most `limit` rows whose key starts with `prefix` and is greater than `after` (when that is
  // not empty), in ascending order of keys as unsigned octets. Errors: io.
  virtual Result<std::vector<Row>> scan(const std::string& partition, const std::string& prefix,
                                        const std::string& after, std::size_t limit) const = 0;
};

}  // namespace perdura::archive
