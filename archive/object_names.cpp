#include "archive/object_names.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "archive/content.hpp"
#include "archive/content_form.hpp"
#include "archive/deposit_row.hpp"
#include "archive/keyspace.hpp"
#include "archive/random.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::size_t reserved_at_once = 64;
constexpr std::size_t tokens_at_once = 1024;
constexpr std::uint64_t name_row_version = 1;

using Token = std::array<std::uint8_t, token_size>;

// A reserved name, and how long the journal was then: no entry before that refers to it.
struct Reserved {
  Bytes token;
  std::uint64_t journal_size = 0;
};

Result<std::vector<Reserved>> reserved_tokens(const Store& store) {
  std::vector<Reserved> reserved;
  std::string after;
  while (true) {
    const auto rows =
        store.scan(keys::archive_partition, keys::object_name_prefix, after, tokens_at_once);
    if (!rows) return rows.error();
    for (const Row& row : *rows) {
      RowReader in(row.value);
      const std::uint64_t version = in.number();
      const std::uint64_t journal_size = in.number();
      Bytes token = keys::token_in(row.key);
      if (version != name_row_version || !in.done() || token.size() != token_size) {
        return Error{Errc::malformed, "the row of a reserved name is damaged", "archive",
                     "restore the store from a backup"};
      }
      reserved.push_back({std::move(token), journal_size});
    }
    if (rows->size() < tokens_at_once) return reserved;
    after = rows->back().key;
  }
}

void insert_token(std::set<Token>& tokens, const ContentReference& reference) {
  if (!reference.location) return;
  if (const auto token = token_of(reference.location->object)) tokens.insert(*token);
}

// The tokens in the names of all objects that deposits from entry `first` on refer to.
Result<std::set<Token>> tokens_in_use(const Journal& journal, std::uint64_t first) {
  std::set<Token> tokens;
  const auto visit = [&](std::uint64_t, ByteView value) -> Result<bool> {
    const auto row = decode_deposit_row(value);
    if (!row) return row.error();
    insert_token(tokens, row->statement);
    for (const ContentReference& document : row->documents) insert_token(tokens, document);
    return true;
  };
  if (auto done = journal.scan(keys::deposit_prefix, first, journal.head().size, visit); !done) {
    return done.error();
  }
  return tokens;
}

Write struck_out(ByteView token) { return {keys::object_name_key(token), std::nullopt}; }

}  // namespace

Write settled(const std::string& object) {
  const auto token = token_of(object);
  verifier::check(token.has_value(), "the name of an object to settle has its form");
  return struck_out(*token);
}

Result<Ok> ObjectNames::reserve() {
  Commit commit{.partition = keys::archive_partition, .conditions = {}, .writes = {}};
  for (const Bytes& token : settled_) commit.writes.push_back(struck_out(token));
  const Bytes row = RowWriter().number(name_row_version).number(journal_.head().size).take();
  std::vector<Bytes> tokens;
  for (std::size_t i = 0; i < reserved_at_once; ++i) {
    tokens.push_back(random_octets(token_size));
    commit.writes.push_back({keys::object_name_key(tokens.back()), row});
  }
  if (auto done = store_.commit(commit); !done) return done;
  settled_.clear();
  free_ = std::move(tokens);
  return Ok{};
}

Result<std::string> ObjectNames::next(std::string (*form)(ByteView token)) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    if (auto done = reserve(); !done) return done.error();
  }
  const Bytes token = std::move(free_.back());
  free_.pop_back();
  return form(token);
}

Result<std::string> ObjectNames::pack() { return next(pack_name); }
Result<std::string> ObjectNames::large() { return next(large_name); }

void ObjectNames::settle(const std::vector<std::string>& objects) {
  const std::lock_guard lock(mutex_);
  for (const std::string& object : objects) {
    if (const auto token = token_of(object)) settled_.push_back(verifier::to_bytes(*token));
  }
}

ObjectNames::~ObjectNames() {
  std::ranges::move(free_, std::back_inserter(settled_));
  if (settled_.empty()) return;
  Commit commit{.partition = keys::archive_partition, .conditions = {}, .writes = {}};
  for (const Bytes& token : settled_) commit.writes.push_back(struck_out(token));
  // Where this fails, they are looked at when the archive is opened next.
  if (auto done = store_.commit_derived({std::move(commit)}); !done) return;
}

Result<Ok> erase_abandoned_objects(Store& store, const Journal& journal) {
  const auto reserved = reserved_tokens(store);
  if (!reserved) return reserved.error();
  if (reserved->empty()) return Ok{};
  const auto first = std::ranges::min_element(*reserved, {}, &Reserved::journal_size);
  const auto used = tokens_in_use(journal, first->journal_size);
  if (!used) return used.error();
  Commit commit{.partition = keys::archive_partition, .conditions = {}, .writes = {}};
  for (const Reserved& name : *reserved) {
    Token token{};
    std::ranges::copy(name.token, token.begin());
    if (!used->contains(token)) {
      if (auto done = store.erase(pack_name(token)); !done) return done;
      if (auto done = erase_large_content(store, large_name(token)); !done) return done;
    }
    commit.writes.push_back(struck_out(name.token));
  }
  return store.commit(commit);
}

}  // namespace perdura::archive
