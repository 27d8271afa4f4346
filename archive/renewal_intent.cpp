#include "archive/renewal_intent.hpp"

#include <algorithm>

#include "archive/hash_tree.hpp"
#include "archive/keyspace.hpp"
#include "archive/random.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::uint64_t renewal_intent_version = 1;

// How often a track was renewed: the evidence that an intent is about changes with it.
std::uint64_t renewals_of(const Lineages& lineages, const std::string& track) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      lineages.renewals(), [&](const Renewal* renewal) { return renewal->track == track; }));
}

struct RenewalIntent {
  HashTreeTask task;  // without its batches
  std::uint64_t renewals = 0;
};

Bytes encode(const RenewalIntent& intent) {
  const HashTreeTask& task = intent.task;
  return RowWriter()
      .number(renewal_intent_version)
      .text(task.id)
      .text(verifier::name(task.algorithm))
      .number(task.from_digests ? 1 : 0)
      .number(intent.renewals)
      .take();
}

std::optional<RenewalIntent> decode(ByteView octets, const std::string& track) {
  RowReader row(octets);
  if (row.number() != renewal_intent_version) return std::nullopt;
  RenewalIntent intent;
  intent.task.track = track;
  intent.task.id = row.text();
  const auto algorithm = verifier::digest_algorithm_from_name(row.text());
  intent.task.from_digests = row.number() != 0;
  intent.renewals = row.number();
  if (!row.done() || !algorithm) return std::nullopt;
  intent.task.algorithm = *algorithm;
  return intent;
}

// The note of the track's renewal under way, with its batches; nothing when there is none.
Result<std::optional<RenewalIntent>> noted_intent(const Archive& archive,
                                                  const std::string& track) {
  const auto row = archive.store().get(keys::archive_partition, keys::renewal_intent_key(track));
  if (!row) return row.error();
  if (!*row) return std::optional<RenewalIntent>{};
  auto intent = decode(**row, track);
  if (!intent) {
    return Error{Errc::malformed, "the note of a renewal under way is damaged", "track " + track,
                 "use a newer perdura, or restore the store from a backup"};
  }
  const auto list = archive.store().read(keys::renewal_batches_object(intent->task.id), 0,
                                         Store::object_size_max);
  if (!list) return list.error();
  auto batches = decode_batch_list(*list);
  if (!batches) return batches.error();
  intent->task.batches = *std::move(batches);
  return intent;
}

Result<Ok> write_intent(Archive& archive, const std::string& track, std::optional<Bytes> value) {
  return archive.store().commit({.partition = keys::archive_partition,
                                 .conditions = {},
                                 .writes = {{keys::renewal_intent_key(track), std::move(value)}}});
}

// Every page and tile that renewing `batch` may have put.
Result<Ok> erase_batch(Store& store, const HashTreeTask& task, const Batch& batch) {
  std::uint64_t width = batch.leaves();
  for (unsigned level = 0; width > 1 || level == 0; ++level) {
    width = (width + tree_tile_width - 1) / tree_tile_width;
    for (std::uint64_t number = 0; number < width; ++number) {
      auto erased =
          store.erase(level == 0 ? keys::renewed_members_object(task.id, batch.number, number)
                                 : keys::renewed_tile_object(task.id, batch.number, level, number));
      if (!erased) return erased;
    }
  }
  return Ok{};
}

}  // namespace

Result<std::optional<HashTreeTask>> resumable_renewal(const Archive& archive,
                                                      const Lineages& lineages,
                                                      const std::string& track) {
  auto intent = noted_intent(archive, track);
  if (!intent) return intent.error();
  if (!*intent || (**intent).renewals != renewals_of(lineages, track)) {
    return std::optional<HashTreeTask>{};
  }
  return std::optional((**intent).task);
}

Result<Ok> forget_stale_renewal(Archive& archive, const Lineages& lineages,
                                const std::string& track) {
  const auto intent = noted_intent(archive, track);
  if (!intent) return intent.error();
  if (!*intent || (**intent).renewals == renewals_of(lineages, track)) return Ok{};
  // Either it was committed and dying kept the note, or the evidence has changed since.
  const HashTreeTask& task = (**intent).task;
  const auto made = [&](const Renewal* renewal) { return renewal->id == task.id; };
  if (std::ranges::any_of(lineages.renewals(), made)) return end_renewal(archive, track);
  return give_up_renewal(archive, lineages, task);
}

Result<HashTreeTask> begin_renewal(Archive& archive, const Lineages& lineages, HashTreeTask task) {
  task.id = verifier::to_hex(random_octets(16));
  auto put = archive.store().put(
      {{keys::renewal_batches_object(task.id), encode_batch_list(task.batches)}});
  if (!put) return put.error();
  const RenewalIntent intent{.task = task, .renewals = renewals_of(lineages, task.track)};
  if (auto done = write_intent(archive, task.track, encode(intent)); !done) return done.error();
  return task;
}

Result<Ok> end_renewal(Archive& archive, const std::string& track) {
  return write_intent(archive, track, std::nullopt);
}

Result<Ok> give_up_renewal(Archive& archive, const Lineages& lineages, const HashTreeTask& task) {
  for (const std::uint64_t number : task.batches) {
    const Batch* batch = lineages.batch(number);
    if (batch == nullptr) continue;
    if (auto erased = erase_batch(archive.store(), task, *batch); !erased) return erased;
  }
  // The note last: dying before leaves it for the next time.
  if (auto done = end_renewal(archive, task.track); !done) return done;
  return archive.store().erase(keys::renewal_batches_object(task.id));
}

}  // namespace perdura::archive
