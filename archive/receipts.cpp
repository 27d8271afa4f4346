#include "archive/receipts.hpp"

#include "archive/keyspace.hpp"

namespace perdura::archive {

Result<DepositRow> deposit_row(const Journal& journal, std::uint64_t index) {
  const auto row = journal.row(index, keyspace::deposit_key(index));
  if (!row) return row.error();
  if (!*row) {
    return Error{Errc::not_found, "journal entry " + std::to_string(index) + " is no deposit",
                 "journal", ""};
  }
  return decode_deposit_row(**row);
}

Result<verifier::Receipt> make_receipt(const Journal& journal, std::uint64_t index,
                                       const DepositRow& row, const JournalEntry& entry) {
  auto proof = journal.inclusion_proof(index, row.receipt_size);
  if (!proof) return proof.error();
  auto checkpoint = journal.checkpoint(row.receipt_size);
  if (!checkpoint) return checkpoint.error();
  return verifier::Receipt{.record = row.statement.address.hex(),
                           .entry = entry,
                           .index = index,
                           .proof = *std::move(proof),
                           .checkpoint = *std::move(checkpoint)};
}

Result<verifier::Receipt> receipt_of(const Journal& journal, std::uint64_t index) {
  const auto row = deposit_row(journal, index);
  if (!row) return row.error();
  const auto entry = journal.entry(index);
  if (!entry) return entry.error();
  return make_receipt(journal, index, *row, *entry);
}

}  // namespace perdura::archive
