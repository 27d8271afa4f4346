// The second half of a deposit: a group of prepared records becomes durable in one atomic step.
//
// Order: packs are put (durable, but nothing refers to them yet); one commit to the journal makes
// every record of the group count, or none; then the rows derived from it are written, which open()
// does again from the journal when the process dies in between. Receipts come last.
// Thread safety: one group at a time.
#pragma once

#include <optional>
#include <vector>

#include "archive/archive.hpp"
#include "archive/prepare.hpp"
#include "verifier/receipt.hpp"

namespace perdura::archive {

// What became of a group.
struct GroupResult {
  std::vector<Result<verifier::Receipt>> receipts;  // of each record, or why it was not stored
  // What the archive failed with; records that it kept from being stored are unavailable.
  std::optional<Error> refused;
};

// Why a record is not stored after the archive failed with `cause`.
Error unavailable(const Error& cause);

// Commits `records`, in order.
GroupResult commit_group(Archive& archive, std::vector<PreparedRecord> records);

// How many records, and of what footprint, one group may have.
constexpr std::size_t group_records_max = 2048;
constexpr std::size_t group_footprint_max = 24u << 20;

}  // namespace perdura::archive
