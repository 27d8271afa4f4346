// Receipts: what a depositor holds in hand. Made from the journal whenever asked for, octet for
// octet the same each time, since every part is committed and Ed25519 signatures are deterministic.
// Format: verifier/formats/journal.md.
//
// Thread safety: any thread.
#pragma once

#include "archive/deposit_row.hpp"
#include "archive/journal.hpp"
#include "verifier/receipt.hpp"

namespace perdura::archive {

// The receipt of the record that journal entry `index` deposited. Errors: not_found (no deposit
// there), malformed, io.
Result<verifier::Receipt> receipt_of(const Journal& journal, std::uint64_t index);

// The same, of a row and entry at hand.
Result<verifier::Receipt> make_receipt(const Journal& journal, std::uint64_t index,
                                       const DepositRow& row, const JournalEntry& entry);

// The row of the deposit that is entry `index`. Errors: not_found (no deposit there), malformed,
// io.
Result<DepositRow> deposit_row(const Journal& journal, std::uint64_t index);

}  // namespace perdura::archive
