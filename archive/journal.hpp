// The journal: every act is an entry of one append-only RFC 9162 log.
//
// An entry's text is canonical JSON. Its leaf is a salted commitment, SHA-256(salt || text), so
// that the log may be public while the entry is not (verifier/formats/journal.md). Entries, the
// rows that an act decides and the head of the journal are one atomic commit: an act happened or it
// did not. Thread safety: reading from any thread; appending through a Turn, which only one thread
// holds.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "archive/log_tree.hpp"
#include "archive/store.hpp"
#include "verifier/checkpoint.hpp"
#include "verifier/receipt.hpp"

namespace perdura::archive {

using verifier::JournalEntry;

// What is true of the whole archive as of the last entry; committed with every append.
struct JournalHead {
  std::uint64_t size = 0;          // entries
  std::uint64_t derived = 0;       // entries whose derived rows were written before this commit
  std::uint64_t records = 0;       // records deposited
  std::uint64_t bytes_in = 0;      // octets of all documents as deposited
  std::uint64_t contents = 0;      // contents stored
  std::uint64_t bytes_stored = 0;  // octets of all contents as stored
  std::uint64_t batches = 0;       // batches sealed
  std::uint64_t sealed_size = 0;   // entries before this one are sealed, or need not be
  std::uint64_t sealed_records = 0;
};

// The log of all acts: one RFC 9162 tree, its entries and its signed checkpoints.
class Journal {
 public:
  // Opens the journal of `store`, empty when there is none. `key` signs checkpoints.
  // Errors: malformed (a row is not what it should be), io.
  static Result<std::unique_ptr<Journal>> open(Store& store, verifier::NoteKey key);

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  JournalHead head() const;
  // How many entries the next append may add: it must not cross a segment's end.
  std::uint64_t room() const;
  const verifier::NoteKey& key() const { return key_; }

  // The right to append, held by one thread at a time.
  class Turn {
   public:
    // The index that the next entry will have.
    std::uint64_t next() const { return journal_->head_.size; }
    const JournalHead& head() const { return journal_->head_; }
    // Commits entries, the rows that go with them, and the head that results from them, whose
    // `size` is set here; on Ok all is on disk. At least one entry. Errors: too_large (nothing
    // happened), io (unknown; every later append fails until the archive is opened again).
    Result<Ok> append(const std::vector<JournalEntry>& entries, std::vector<Write> rows,
                      JournalHead head);
    // Changes a row of an earlier entry's segment from `before` to `after`, durably, without an
    // entry. Errors: conflict, io.
    Result<Ok> amend(std::uint64_t index, const std::string& key, const Bytes& before, Bytes after);

    // Lets every later append fail until the archive is opened again: for when what must follow an
    // append could not be done, and opening does it.
    void stop() { journal_->failed_ = true; }

   private:
    friend class Journal;
    explicit Turn(Journal& journal) : journal_(&journal), lock_(journal.appending_) {}
    Journal* journal_;
    std::unique_lock<std::mutex> lock_;
  };
  // Waits until no other thread holds the turn.
  Turn turn() { return Turn(*this); }

  // The entry at `index`. Errors: not_found, malformed, io.
  Result<JournalEntry> entry(std::uint64_t index) const;
  // A row with the entry at `index`, by a key of keyspace.hpp. Errors: io.
  Result<std::optional<Bytes>> row(std::uint64_t index, const std::string& key) const;
  // Visits the rows with `prefix` that belong to entries [first, last), in order, until `visit`
  // returns false. Errors: io, and those of `visit`.
  Result<Ok> scan(
      const std::string& prefix, std::uint64_t first, std::uint64_t last,
      const std::function<Result<bool>(std::uint64_t index, ByteView value)>& visit) const;

  // The signed checkpoint of the first `size` entries. Errors: not_found (not that many), io.
  Result<std::string> checkpoint(std::uint64_t size) const;
  // Proofs as RFC 9162 has them. Errors: not_found (not that many entries), io.
  Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size) const;
  Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size,
                                                std::uint64_t new_size) const;

 private:
  Journal(Store& store, verifier::NoteKey key) : store_(store), key_(std::move(key)) {}

  Result<Ok> load();
  Result<Bytes> read_tile(std::uint64_t tile) const;
  // Calls `use` on the tree, alone.
  template <typename Use>
  auto with_tree(Use use) const {
    const std::lock_guard lock(reading_);
    return use(*tree_);
  }

  Store& store_;
  verifier::NoteKey key_;
  std::mutex appending_;        // held by the Turn: guards head_ and failed_ for writing
  mutable std::mutex reading_;  // guards tree_, and head_ against readers
  std::unique_ptr<LogTree> tree_;
  JournalHead head_;
  Bytes head_row_;  // as committed; empty before the first entry of a segment
  bool failed_ = false;
  // The checkpoint signed last: a group's receipts share one, and a signature costs more than they
  // do.
  mutable std::pair<std::uint64_t, std::string> last_checkpoint_;
};

}  // namespace perdura::archive
