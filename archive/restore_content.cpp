#include "archive/restore_content.hpp"

#include <set>
#include <utility>

#include "archive/derived_rows.hpp"
#include "archive/keyspace.hpp"
#include "archive/packs.hpp"
#include "archive/receipts.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

// Puts those that are not in the store yet in packs; where each lies then.
Result<std::vector<ContentLocation>> put(Archive& archive,
                                         const std::vector<SealedContent>& contents) {
  std::vector<ContentLocation> locations;
  Packs packs(archive.object_names());
  for (const SealedContent& content : contents) {
    if (!content.object.empty()) {
      locations.push_back(content.location());
      continue;
    }
    auto location = packs.add(content);
    if (!location) return location.error();
    locations.push_back(*std::move(location));
  }
  if (auto done = archive.store().put(packs.take_all()); !done) return done.error();
  return locations;
}

// Strikes out the names of the objects. Opening the archive erases what a reserved name leads to
// unless a deposit made since then refers to it, and the rows to be amended are older.
Result<Ok> settle(Archive& archive, const std::vector<ContentLocation>& locations) {
  std::set<std::string> objects;
  for (const ContentLocation& location : locations) objects.insert(location.object);
  Commit commit{.partition = keys::archive_partition, .conditions = {}, .writes = {}};
  for (const std::string& object : objects) commit.writes.push_back(settled(object));
  return archive.store().commit(commit);
}

Result<Ok> restore(Archive& archive, Journal::Turn& turn, const Digest& address,
                   const ContentLocation& location) {
  const auto home = find_content(archive.store(), address);
  if (!home) return home.error();
  verifier::check(home->has_value(), "the store has a copy of what is to be restored");
  const auto [index, place] = **home;
  const auto before = deposit_row(archive.journal(), index);
  if (!before) return before.error();
  DepositRow after = *before;
  if (place < 1 || place > after.documents.size()) {
    return Error{Errc::malformed, "the index does not lead to the content",
                 "content " + address.hex(), "restore the store from a backup"};
  }
  const auto damaged = std::exchange(after.documents[place - 1].location, location);
  auto amended = turn.amend(index, keys::deposit_key(index), encode(*before), encode(after));
  if (!amended || !damaged || !is_large(*damaged)) return amended;
  return erase_large_content(archive.store(), damaged->object);
}

}  // namespace

Result<Ok> restore_contents(Archive& archive, Journal::Turn& turn,
                            std::vector<SealedContent> contents) {
  if (contents.empty()) return Ok{};
  const auto locations = put(archive, contents);
  if (!locations) return locations.error();
  if (auto done = settle(archive, *locations); !done) return done;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    auto done = restore(archive, turn, contents[i].sha256, (*locations)[i]);
    if (!done) return done;
  }
  return Ok{};
}

}  // namespace perdura::archive
