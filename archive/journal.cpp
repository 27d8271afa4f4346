#include "archive/journal.hpp"

#include <algorithm>

#include "archive/keyspace.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;

constexpr std::uint64_t head_version = 1;
constexpr std::size_t page_rows = 512;

std::uint64_t segment_of(std::uint64_t index) { return index / keys::segment_size; }

Error damaged_row(const std::string& where) {
  return {Errc::malformed, "the row is damaged", where,
          "restore the store from a backup; nothing was changed"};
}

Bytes encode(const JournalHead& head) {
  RowWriter row;
  row.number(head_version).number(head.size).number(head.derived).number(head.records);
  row.number(head.bytes_in).number(head.contents).number(head.bytes_stored);
  row.number(head.batches).number(head.sealed_size).number(head.sealed_records);
  return row.take();
}

Result<JournalHead> decode_head(ByteView octets, const std::string& where) {
  RowReader row(octets);
  if (row.number() != head_version) return damaged_row(where);
  JournalHead head{.size = row.number(),
                   .derived = row.number(),
                   .records = row.number(),
                   .bytes_in = row.number(),
                   .contents = row.number(),
                   .bytes_stored = row.number(),
                   .batches = row.number(),
                   .sealed_size = row.number(),
                   .sealed_records = row.number()};
  if (!row.done()) return damaged_row(where);
  return head;
}

Bytes encode(const JournalEntry& entry) {
  check(entry.salt.size() == verifier::journal_salt_size, "a journal entry's salt has 32 octets");
  return RowWriter(verifier::journal_salt_size + entry.text.size())
      .fixed(entry.salt)
      .fixed(verifier::as_bytes(entry.text))
      .take();
}

std::optional<JournalEntry> decode_entry(ByteView row) {
  if (row.size() <= verifier::journal_salt_size) return std::nullopt;
  return JournalEntry{
      .text = std::string(verifier::as_text(row.subspan(verifier::journal_salt_size))),
      .salt = verifier::to_bytes(row.first(verifier::journal_salt_size))};
}

Error no_such_entry(std::uint64_t index) {
  return {Errc::not_found, "the journal has no entry " + std::to_string(index), "journal", ""};
}

// The last segment that has a head; nothing when there is none.
Result<std::optional<std::uint64_t>> last_segment(const Store& store) {
  const auto exists = [&](std::uint64_t segment) -> Result<bool> {
    const auto row = store.get(keys::segment_partition(segment), keys::head_key);
    if (!row) return row.error();
    return row->has_value();
  };
  std::uint64_t none = 1;  // the first segment known not to exist, once the first loop is done
  for (std::uint64_t probe = 0;; probe = probe * 2 + 1) {
    const Result<bool> there = exists(probe);
    if (!there) return there.error();
    if (!*there && probe == 0) return std::optional<std::uint64_t>{};
    none = probe;
    if (!*there) break;
  }
  std::uint64_t last = (none - 1) / 2;
  while (last + 1 < none) {
    const std::uint64_t middle = last + (none - last) / 2;
    const Result<bool> there = exists(middle);
    if (!there) return there.error();
    (*there ? last : none) = middle;
  }
  return std::optional<std::uint64_t>{last};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(Store& store, verifier::NoteKey key) {
  std::unique_ptr<Journal> journal(new Journal(store, std::move(key)));
  if (auto loaded = journal->load(); !loaded) return loaded.error();
  return journal;
}

Result<Ok> Journal::load() {
  const auto segment = last_segment(store_);
  if (!segment) return segment.error();
  if (*segment) {
    const std::string partition = keys::segment_partition(**segment);
    const auto row = store_.get(partition, keys::head_key);
    if (!row) return row.error();
    if (!*row) return damaged_row(partition + "/head");
    const auto head = decode_head(**row, partition + "/head");
    if (!head) return head.error();
    head_ = *head;
    head_row_ = **row;
  }
  std::vector<Digest> roots;
  const auto take_root = [&](std::uint64_t tile, ByteView root) -> Result<bool> {
    if (tile != roots.size() || root.size() != 32) return damaged_row("journal tile root");
    roots.emplace_back(root);
    return true;
  };
  for (std::uint64_t s = 0; *segment && s <= **segment; ++s) {
    const auto rows = store_.scan(keys::segment_partition(s), keys::tile_root_prefix, "", 256);
    if (!rows) return rows.error();
    for (const Row& row : *rows) {
      if (auto taken = take_root(keys::number_in(row.key), row.value); !taken) return taken.error();
    }
  }
  if (roots.size() != head_.size / LogTree::tile_width) return damaged_row("journal tile roots");
  std::vector<Digest> partial;
  for (std::uint64_t i = roots.size() * LogTree::tile_width; i < head_.size; ++i) {
    const auto read = entry(i);
    if (!read) return read.error();
    partial.push_back(verifier::journal_leaf(*read));
  }
  tree_ = std::make_unique<LogTree>(std::move(roots), partial,
                                    [this](std::uint64_t tile) { return read_tile(tile); });
  return Ok{};
}

JournalHead Journal::head() const {
  const std::lock_guard lock(reading_);
  return head_;
}

std::uint64_t Journal::room() const {
  return keys::segment_size - head().size % keys::segment_size;
}

Result<Ok> Journal::Turn::append(const std::vector<JournalEntry>& entries, std::vector<Write> rows,
                                 JournalHead head) {
  Journal& journal = *journal_;
  const std::uint64_t first = next();
  check(!entries.empty() && entries.size() <= journal.room(), "an append stays within its segment");
  if (journal.failed_) {
    return Error{Errc::io, "an earlier write failed, so nothing more is written", "journal",
                 "find and mend the cause (disk full?), then open the archive again"};
  }
  head.size = first + entries.size();
  Commit commit{.partition = keys::segment_partition(segment_of(first)),
                .conditions = {},
                .writes = std::move(rows)};
  const bool opens_segment = first % keys::segment_size == 0;
  commit.conditions.push_back({keys::head_key, opens_segment
                                                   ? std::optional<Bytes>{}
                                                   : std::optional<Bytes>{journal.head_row_}});
  verifier::Hasher sha256(verifier::DigestAlgorithm::sha256);
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    commit.writes.push_back({keys::entry_key(first + i), encode(entries[i])});
    leaves.push_back(verifier::journal_leaf(sha256, entries[i]));
  }
  const std::lock_guard lock(journal.reading_);
  // The tree runs ahead of the disk from here to the end of the commit, while no reader looks; when
  // the commit fails it is of no further use, and neither is this journal.
  journal.failed_ = true;
  for (const Digest& leaf : leaves) {
    auto full = journal.tree_->append(leaf);
    if (!full) continue;
    commit.writes.push_back({keys::tile_key(full->number), std::move(full->leaves)});
    commit.writes.push_back(
        {keys::tile_root_key(full->number), verifier::to_bytes(full->root.view())});
  }
  Bytes head_row = encode(head);
  commit.writes.push_back({keys::head_key, head_row});
  if (auto done = journal.store_.commit(commit); !done) return done;
  journal.head_ = head;
  journal.head_row_ = std::move(head_row);
  journal.failed_ = false;
  return Ok{};
}

Result<Ok> Journal::Turn::amend(std::uint64_t index, const std::string& key, const Bytes& before,
                                Bytes after) {
  return journal_->store_.commit({.partition = keys::segment_partition(segment_of(index)),
                                  .conditions = {{key, before}},
                                  .writes = {{key, std::move(after)}}});
}

Result<JournalEntry> Journal::entry(std::uint64_t index) const {
  const auto stored = row(index, keys::entry_key(index));
  if (!stored) return stored.error();
  if (!*stored && index < head().size) return damaged_row("journal entry " + std::to_string(index));
  if (!*stored) return no_such_entry(index);
  auto decoded = decode_entry(**stored);
  if (!decoded) return damaged_row("journal entry " + std::to_string(index));
  return *std::move(decoded);
}

Result<std::optional<Bytes>> Journal::row(std::uint64_t index, const std::string& key) const {
  return store_.get(keys::segment_partition(segment_of(index)), key);
}

Result<Ok> Journal::scan(
    const std::string& prefix, std::uint64_t first, std::uint64_t last,
    const std::function<Result<bool>(std::uint64_t index, ByteView value)>& visit) const {
  for (std::uint64_t segment = segment_of(first); segment * keys::segment_size < last; ++segment) {
    const std::uint64_t begin = std::max(first, segment * keys::segment_size);
    std::string after = begin == 0 ? prefix : prefix + big_endian(begin - 1);
    for (bool more = true; more;) {
      const auto rows = store_.scan(keys::segment_partition(segment), prefix, after, page_rows);
      if (!rows) return rows.error();
      for (const Row& row : *rows) {
        const std::uint64_t index = keys::number_in(row.key);
        if (index >= last) return Ok{};
        const Result<bool> on = visit(index, row.value);
        if (!on) return on.error();
        if (!*on) return Ok{};
      }
      more = rows->size() == page_rows;
      if (more) after = rows->back().key;
    }
  }
  return Ok{};
}

Result<Bytes> Journal::read_tile(std::uint64_t tile) const {
  const std::uint64_t index = tile * LogTree::tile_width;
  auto stored = row(index, keys::tile_key(tile));
  if (!stored) return stored.error();
  if (!*stored || (*stored)->size() != 32 * LogTree::tile_width) {
    return damaged_row("journal tile " + std::to_string(tile));
  }
  return std::move(**stored);
}

Result<std::string> Journal::checkpoint(std::uint64_t size) const {
  return with_tree([&](LogTree& tree) -> Result<std::string> {
    if (size > tree.size()) return no_such_entry(size - 1);
    if (last_checkpoint_.second.empty() || last_checkpoint_.first != size) {
      const auto root = tree.root(size);
      if (!root) return root.error();
      last_checkpoint_ = {size, key_.sign(verifier::write_checkpoint({key_.name(), size, *root}))};
    }
    return last_checkpoint_.second;
  });
}

Result<std::vector<Digest>> Journal::inclusion_proof(std::uint64_t index,
                                                     std::uint64_t size) const {
  return with_tree([&](LogTree& tree) -> Result<std::vector<Digest>> {
    if (index >= size || size > tree.size()) return no_such_entry(std::max(index, size - 1));
    return tree.inclusion_proof(index, size);
  });
}

Result<std::vector<Digest>> Journal::consistency_proof(std::uint64_t old_size,
                                                       std::uint64_t new_size) const {
  return with_tree([&](LogTree& tree) -> Result<std::vector<Digest>> {
    if (old_size > new_size || new_size > tree.size()) return no_such_entry(new_size);
    return tree.consistency_proof(old_size, new_size);
  });
}

}  // namespace perdura::archive
