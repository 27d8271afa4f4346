// Rows that say nothing that the journal does not: where a content lies, which records a patient
// has, which idempotency key was used. They make look-ups fast and can be written again at any
// time.
//
// Thread safety: any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/deposit_row.hpp"
#include "archive/journal.hpp"
#include "archive/store.hpp"

namespace perdura::archive {

// Writes what follows from the deposits at entries first, first + 1, …. Again does no harm.
// Errors: io.
Result<Ok> write_derived_rows(Store& store, std::uint64_t first,
                              const std::vector<DepositRow>& deposits);

// Writes what may be missing since the process died: all after the head's `derived`. Errors:
// malformed, io.
Result<Ok> recover_derived_rows(Store& store, const Journal& journal);

// Where a content lies: the deposit that stored it and its place there (0: statement, n: document
// n).
struct ContentHome {
  std::uint64_t deposit = 0;
  std::uint64_t place = 0;
};
// Nothing when no such content is stored. Errors: malformed, io.
Result<std::optional<ContentHome>> find_content(const Store& store, const Digest& address);

// Visits the contents whose address starts with these hex digits, of which there are at least 4,
// until `visit` returns false. Errors: misuse (not hex, or too few), io, those of `visit`.
Result<Ok> for_each_content(const Store& store, const std::string& hex_prefix,
                            const std::function<Result<bool>(const Digest& address)>& visit);

// The deposit that used an idempotency key; nothing when none did. Errors: io.
Result<std::optional<std::uint64_t>> find_idempotency(const Store& store, const Blinded& key);

// The deposits of a patient after entry `after` (nothing: from the first), ascending, at most
// `limit`. Errors: io.
Result<std::vector<std::uint64_t>> deposits_of_patient(const Store& store, const Blinded& patient,
                                                       std::optional<std::uint64_t> after,
                                                       std::size_t limit);

}  // namespace perdura::archive
