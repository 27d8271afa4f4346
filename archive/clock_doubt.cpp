#include "archive/clock_doubt.hpp"

#include <algorithm>

#include "archive/batch.hpp"
#include "archive/json_text.hpp"
#include "archive/keyspace.hpp"
#include "archive/row_codec.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::uint64_t doubt_row_version = 1;

// The time that a journal entry states; nothing when it states none.
std::optional<Time> time_of(const JournalEntry& entry) {
  try {
    const auto value = parse_json(entry.text);
    const auto* time = value.is_object() ? value.get_object().if_contains("time") : nullptr;
    if (time == nullptr || !time->is_string()) return std::nullopt;
    return verifier::parse_time(std::string(time->get_string()));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

// The latest time in the journal; nothing when it is empty.
Result<std::optional<Time>> latest_in(const Journal& journal) {
  const JournalHead head = journal.head();
  if (head.size == 0) return std::optional<Time>{};
  const auto last = journal.entry(head.size - 1);
  if (!last) return last.error();
  std::optional<Time> latest = time_of(*last);
  // The last batch's entry is behind those that it covers.
  const auto take = [&](std::uint64_t, ByteView value) -> Result<bool> {
    const auto batch = decode_batch(value);
    if (!batch) return batch.error();
    for (const BatchTrack& track : batch->tracks) {
      const auto token = verifier::parse_timestamp_token(track.token);
      if (token) latest = std::max(latest, std::optional(token->tst_info.gen_time));
    }
    return true;
  };
  auto seen = journal.scan(keys::batch_prefix, head.sealed_size, head.size, take);
  if (!seen) return seen.error();
  return latest;
}

// What note_clock() noted last.
Result<std::optional<Time>> noted(const Store& store) {
  const auto row = store.get(keys::archive_partition, keys::clock_key);
  if (!row) return row.error();
  if (!*row) return std::optional<Time>{};
  RowReader in(**row);
  const std::uint64_t version = in.number();
  const Time time{in.signed_number()};
  if (version == doubt_row_version && in.done()) return std::optional(time);
  return Error{Errc::malformed, "the row of the clock is damaged", "archive",
               "restore the store from a backup"};
}

}  // namespace

Result<std::optional<ClockDoubt>> clock_doubt(const Archive& archive) {
  const auto in_journal = latest_in(archive.journal());
  if (!in_journal) return in_journal.error();
  const auto in_note = noted(archive.store());
  if (!in_note) return in_note.error();
  const std::optional<Time> latest = std::max(*in_journal, *in_note);
  if (!latest) return std::optional<ClockDoubt>{};
  const Time now = archive.clock().now();
  const bool behind = now < *latest + -clock_behind_max_s;
  if (!behind && now <= *latest + clock_ahead_max_s) return std::optional<ClockDoubt>{};
  return std::optional(ClockDoubt{
      .what = "the clock says " + to_string(now) +
              ", and the latest that the archive knows of was " + to_string(*latest) +
              (behind ? ": one of them is wrong, and what is done now states the clock's time"
                      : ": a long time, if nothing was done in between"),
      .far_ahead = *latest + clock_far_ahead_s < now});
}

Result<Ok> note_clock(const Archive& archive) {
  const Time now = archive.clock().now();
  const auto before = noted(archive.store());
  if (!before) return before.error();
  if (*before && now < **before + verifier::day_s) return Ok{};
  Bytes row = RowWriter().number(doubt_row_version).signed_number(now.seconds).take();
  return archive.store().commit_derived({{.partition = keys::archive_partition,
                                          .conditions = {},
                                          .writes = {{keys::clock_key, std::move(row)}}}});
}

}  // namespace perdura::archive
