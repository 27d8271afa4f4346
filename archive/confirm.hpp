// The second half of a renewal from digests: every document is read and held against the digests
// by which the renewal took it.
//
// The evidence is whole without it: a document that was altered fails by it whoever verifies. What
// this adds is that the archive knows, while the documents may still be brought back.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/hash_tree_renewal.hpp"

namespace perdura::archive {

// How it is done.
struct ConfirmOptions {
  std::string actor;  // who confirms, as authenticated
  unsigned threads = 2;
  // Records and octets of documents read so far. May be null.
  std::function<void(std::uint64_t records, std::uint64_t bytes)> progress;
};

// What reading found.
struct ConfirmResult {
  std::uint64_t renewals = 0;     // that were confirmed, as far as nothing is altered
  std::uint64_t records = 0;      // read now
  std::vector<SetAside> altered;  // records that are not what their digests say
};

// Confirms every renewal from digests that was not yet, batch by batch; one that died goes on with
// the batch where it was. A renewal whose records all are what they should be is noted in the
// journal and not read again. Errors: malformed, io.
Result<ConfirmResult> confirm_renewals(Archive& archive, const ConfirmOptions& options);

// How many renewals from digests wait to be confirmed. Errors: malformed, io.
Result<std::uint64_t> unconfirmed_renewals(const Archive& archive);

}  // namespace perdura::archive
