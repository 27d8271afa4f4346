#include "archive/commit_group.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>

#include "archive/derived_rows.hpp"
#include "archive/keyspace.hpp"
#include "archive/packs.hpp"
#include "archive/put_ahead.hpp"
#include "archive/receipts.hpp"
#include "archive/restore_content.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;
using verifier::Receipt;

// What a commit holds of a record at most, beside its documents, and of each of these.
constexpr std::size_t row_octets = 2048;
constexpr std::size_t document_octets = 128;

Error key_used_before() {
  return {Errc::conflict, "the idempotency key was used before, for another deposit", "",
          "nothing was stored; a new record needs a key of its own"};
}

// A group on its way: what it will write, and what became of each record.
class Group {
 public:
  Group(Archive& archive, Journal::Turn& turn, std::vector<PreparedRecord> records)
      : archive_(archive),
        turn_(turn),
        records_(std::move(records)),
        outcomes_(records_.size()),
        packs_(archive.object_names()) {}

  GroupResult commit();

 private:
  // What became of a record: stored at an index now, stored before, or not stored.
  struct Outcome {
    std::optional<std::uint64_t> index;
    std::optional<Error> error;
  };

  Result<Ok> settle();
  Result<Ok> place_all();
  Result<Ok> place(PreparedRecord& record, std::uint64_t index);
  Result<std::optional<std::uint64_t>> deposited_before(const PreparedRecord& record) const;
  Result<bool> is_deposit(const PreparedRecord& record, std::uint64_t index) const;
  Result<Ok> repeat(PreparedRecord& record);
  Result<bool> stored_before(const PreparedRecord& record, const Digest& address);
  Result<Ok> place_content(SealedContent content, ContentReference& reference);
  Result<Ok> write();
  std::vector<Result<Receipt>> receipts() const;

  Archive& archive_;
  Journal::Turn& turn_;
  std::vector<PreparedRecord> records_;
  std::vector<Outcome> outcomes_;
  std::set<Digest> placed_;                       // contents placed by this group
  std::map<Blinded, std::uint64_t> idempotency_;  // keys used by this group
  std::vector<JournalEntry> entries_;
  std::vector<DepositRow> rows_;
  Packs packs_;
  std::set<std::string> objects_;  // that the group's records refer to
  std::uint64_t first_ = 0;        // index that the group's first entry gets
  JournalHead head_;
};

Result<bool> Group::stored_before(const PreparedRecord& record, const Digest& address) {
  if (placed_.contains(address)) return true;
  if (record.damaged.contains(address)) return false;
  const auto home = find_content(archive_.store(), address);
  if (!home) return home.error();
  return home->has_value();
}

Result<Ok> Group::place_content(SealedContent content, ContentReference& reference) {
  placed_.insert(content.sha256);
  ++head_.contents;
  head_.bytes_stored += content.stored_length;
  if (!content.object.empty()) {
    reference.location = content.location();
    objects_.insert(content.object);
    return Ok{};
  }
  auto location = packs_.add(content);
  if (!location) return location.error();
  objects_.insert(location->object);
  reference.location = *std::move(location);
  return Ok{};
}

Result<Ok> Group::place(PreparedRecord& record, std::uint64_t index) {
  DepositRow row = std::move(record.row);
  row.record_number = head_.records++;
  head_.bytes_in += record.bytes_in;
  if (auto placed = place_content(std::move(record.statement), row.statement); !placed) {
    return placed;
  }
  // A document that is here already may have objects of its own that nobody needs.
  std::set<std::string> unneeded = objects_of(record.documents);
  for (std::size_t i = 0; i < record.documents.size(); ++i) {
    const Result<bool> before = stored_before(record, record.documents[i].sha256);
    if (!before) return before.error();
    if (*before) continue;
    auto placed = place_content(std::move(record.documents[i]), row.documents[i]);
    if (!placed) return placed;
    unneeded.erase(row.documents[i].location->object);
  }
  if (auto erased = erase_objects(archive_, unneeded); !erased) return erased;
  if (row.idempotency) idempotency_.emplace(*row.idempotency, index);
  rows_.push_back(std::move(row));
  entries_.push_back(record.entry);
  return Ok{};
}

// The entry of the deposit that used this record's idempotency key before.
Result<std::optional<std::uint64_t>> Group::deposited_before(const PreparedRecord& record) const {
  const auto& key = record.row.idempotency;
  if (!key) return std::optional<std::uint64_t>{};
  if (const auto here = idempotency_.find(*key); here != idempotency_.end()) return {here->second};
  return find_idempotency(archive_.store(), *key);
}

// Whether the deposit at `index` is this one, sent before: the same documents, of the same patient.
Result<bool> Group::is_deposit(const PreparedRecord& record, std::uint64_t index) const {
  const auto row = index < first_ ? deposit_row(archive_.journal(), index)
                                  : Result<DepositRow>(rows_.at(index - first_));
  if (!row) return row.error();
  return row->patient == record.row.patient &&
         std::ranges::equal(row->documents, record.row.documents, {}, &ContentReference::address,
                            &ContentReference::address);
}

// A deposit that was sent before is a record already; only what the store has damaged is needed.
Result<Ok> Group::repeat(PreparedRecord& record) {
  std::set<std::string> unneeded = objects_of(record.documents);
  std::vector<SealedContent> needed;
  for (SealedContent& document : record.documents) {
    if (!record.damaged.contains(document.sha256)) continue;
    if (!placed_.insert(document.sha256).second) continue;
    unneeded.erase(document.object);
    needed.push_back(std::move(document));
  }
  if (auto done = restore_contents(archive_, turn_, std::move(needed)); !done) return done;
  return erase_objects(archive_, unneeded);
}

// Decides for each record whether it is new, and where it goes.
Result<Ok> Group::place_all() {
  first_ = turn_.next();
  head_ = turn_.head();
  head_.derived = head_.size;  // derive_rows of every group before this one has returned
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const auto before = deposited_before(records_[i]);
    if (!before) return before.error();
    if (*before) {
      const Result<bool> same = is_deposit(records_[i], **before);
      if (!same) return same.error();
      outcomes_[i].index = **before;
      if (!*same) outcomes_[i].error = key_used_before();
      auto settled =
          *same ? repeat(records_[i]) : erase_objects(archive_, objects_of(records_[i].documents));
      if (!settled) return settled;
      continue;
    }
    outcomes_[i].index = first_ + entries_.size();
    if (auto placed = place(records_[i], *outcomes_[i].index); !placed) return placed;
  }
  if (entries_.empty()) return Ok{};
  return write();
}

Result<Ok> Group::write() {
  if (auto put = archive_.store().put(packs_.take_all()); !put) return put;
  std::vector<Write> writes;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].receipt_size = first_ + rows_.size();
    writes.push_back({keys::deposit_key(first_ + i), encode(rows_[i])});
  }
  // Dying before this commit returns leaves objects that nothing refers to, for open() to erase;
  // dying after it leaves derived rows for open() to write.
  if (auto done = turn_.append(entries_, std::move(writes), head_); !done) return done;
  archive_.object_names().settle({objects_.begin(), objects_.end()});
  auto derived = write_derived_rows(archive_.store(), first_, rows_);
  // A later group's head would say that these rows are there: none may be written.
  if (!derived) turn_.stop();
  return derived;
}

std::vector<Result<Receipt>> Group::receipts() const {
  std::vector<Result<Receipt>> receipts;
  for (const Outcome& outcome : outcomes_) {
    if (outcome.error) {
      receipts.push_back(*outcome.error);
    } else if (const std::uint64_t place = *outcome.index - first_; place < rows_.size()) {
      receipts.push_back(
          make_receipt(archive_.journal(), *outcome.index, rows_[place], entries_[place]));
    } else {
      receipts.push_back(receipt_of(archive_.journal(), *outcome.index));
    }
  }
  return receipts;
}

GroupResult Group::commit() {
  auto done = place_all();
  if (done) return {receipts(), std::nullopt};
  return {std::vector<Result<Receipt>>(records_.size(), unavailable(done.error())), done.error()};
}

// How many of the records go into one commit, by what their rows take.
std::size_t fitting(std::span<const PreparedRecord> records) {
  std::size_t octets = 0;
  std::size_t count = 0;
  for (const PreparedRecord& record : records) {
    octets += row_octets + document_octets * record.documents.size();
    if (count > 0 && octets > Store::commit_size_max) break;
    ++count;
  }
  return count;
}

}  // namespace

Error unavailable(const Error& cause) {
  return {Errc::unavailable, cause.what, cause.where, cause.hint};
}

GroupResult commit_group(Archive& archive, std::vector<PreparedRecord> records) {
  GroupResult result;
  for (std::size_t done = 0; done < records.size() && !result.refused;) {
    Journal::Turn turn = archive.journal().turn();
    const auto size =
        std::min<std::size_t>(fitting(std::span(records).subspan(done)), archive.journal().room());
    const auto begin = std::make_move_iterator(records.begin() + static_cast<std::ptrdiff_t>(done));
    Group group(archive, turn, {begin, begin + static_cast<std::ptrdiff_t>(size)});
    GroupResult part = group.commit();
    std::ranges::move(part.receipts, std::back_inserter(result.receipts));
    result.refused = std::move(part.refused);
    done += size;
  }
  if (result.refused) result.receipts.resize(records.size(), unavailable(*result.refused));
  return result;
}

}  // namespace perdura::archive
