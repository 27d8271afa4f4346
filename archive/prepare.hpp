// The first half of a deposit, done by workers side by side: from a record's documents to sealed
// contents and a statement. Decides nothing that another deposit could contradict.
//
// Thread safety: a Preparer belongs to one thread; the archive is shared.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "archive/deposit.hpp"
#include "archive/deposit_row.hpp"

namespace perdura::archive {

// A record that only needs to be committed.
struct PreparedRecord {
  std::string id;  // SHA-256 of the statement, hex
  verifier::JournalEntry entry;
  DepositRow row;  // without locations and numbers, which the committer gives
  SealedContent statement;
  std::vector<SealedContent> documents;
  std::set<Digest> damaged;  // documents whose copy in the store is: to be stored anew
  std::uint64_t bytes_in = 0;

  // Octets that it holds in memory.
  std::size_t footprint() const;
};

// Salts of 32 random octets, drawn many at a time: a call each costs more than blinding with it.
class SaltSource {
 public:
  // 32 random octets.
  Bytes next();

 private:
  std::array<std::uint8_t, 64 * verifier::journal_salt_size> drawn_{};
  std::size_t left_ = 0;  // not handed out yet
};

// Does all that a deposit needs before the commit; one for each worker.
class Preparer {
 public:
  // `keep_dictionary` makes a newly trained dictionary durable and known, before anything uses it.
  using KeepDictionary = std::function<Result<Ok>(const NewDictionary&)>;
  Preparer(Archive& archive, KeepDictionary keep_dictionary);

  // Errors: those of opening and reading the documents, misuse, io; nothing is kept of the record
  // then.
  Result<PreparedRecord> prepare(const RecordInput& record);
  // Whether the last record was refused since the archive failed, and not for what it is.
  bool archive_failed() const { return archive_failed_; }

 private:
  Result<Ok> prepare(const RecordInput& record, PreparedRecord& prepared);
  Result<SealedContent> seal_document(const DocumentInput& document,
                                      verifier::StatementDocument& described,
                                      RecordMetadata& metadata);
  Result<Source> open(const DocumentInput& document);
  Blinded blinded(std::string_view kind, const std::string& value);

  Archive& archive_;
  KeepDictionary keep_dictionary_;
  ContentSealer sealer_;
  ContentReader reader_;
  SaltSource salts_;
  bool document_failed_ = false;  // one of the record at hand can't be read
  bool archive_failed_ = false;
  Bytes head_buffer_;  // for the first octets of the document at hand
  // The last depositor and record type, blinded: they hardly change from record to record.
  std::vector<std::pair<std::string, Blinded>> recently_blinded_;
};

}  // namespace perdura::archive
