// ★ Deposit: takes records in. Acknowledged means synced.
//
// Workers read, recognise, hash, compress and encrypt; one committer puts whatever is ready at that
// moment in packs, and makes it durable in one atomic step with its journal entries. A record is
// acknowledged with a receipt after that, and not before.
// Memory: bounded by a few MiB for each worker and what is on its way to the disk, whatever the
// length of a document and however many a record has (put_ahead.hpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "verifier/receipt.hpp"
#include "verifier/statement.hpp"

namespace perdura::archive {

// One document to be deposited.
struct DocumentInput {
  std::string name;        // as the depositor calls it; UTF-8, at most 1024 octets
  std::string media_type;  // empty: found out from the document
  // Opens the document for reading from its start; called once, by a worker.
  std::function<Result<Source>()> open;
};

// What the depositor says of a record. What is left empty is filled from the documents where they
// say it, and left out where they do not.
struct RecordMetadata {
  std::optional<verifier::Statement::Patient> patient;
  std::optional<Time> event_time;
  std::string record_type, author, source_system, language, retention_class;
  int sensitivity = 3;  // 1 to 5, ISO 13606-4
  std::vector<verifier::Related> related;
};

// One record to be deposited.
struct RecordInput {
  std::vector<DocumentInput> documents;  // at least one
  RecordMetadata metadata;
  std::string depositor;        // as authenticated
  std::string idempotency_key;  // empty: none. The same key again gives the first receipt again
};

// Takes records in: workers prepare them, one committer makes groups of them durable. A document
// that the store has is read back, and stored anew where it is not what it was.
class Deposits {
 public:
  // Called once for each record: with receipts from the committer's thread, with errors from any;
  // must not call back into Deposits. Errors: those of reading the documents, misuse (metadata that
  // a statement can't hold), conflict (the idempotency key is another deposit's), unavailable (the
  // archive failed: with this record, or before it came to it).
  using Done = std::function<void(Result<verifier::Receipt>)>;

  // `workers`: threads that prepare records, at least 1. `group_done` is called from the
  // committer's thread when the Done of every record of a group has been: where receipts are sent
  // on their way.
  Deposits(Archive& archive, unsigned workers, std::function<void()> group_done = {});
  // Finishes what was accepted.
  ~Deposits();
  Deposits(const Deposits&) = delete;
  Deposits& operator=(const Deposits&) = delete;

  // Accepts a record; waits while too much is under way. Thread safety: any thread.
  void deposit(RecordInput record, Done done);
  // Whether the archive failed: every record from then on is unavailable.
  bool stopped() const;
  // Waits until everything accepted so far is done. Errors: what the archive failed with.
  Result<Ok> finish();

 private:
  class Pipeline;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace perdura::archive
