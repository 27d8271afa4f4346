#include "archive/seal.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "archive/batch_tree.hpp"
#include "archive/keyspace.hpp"
#include "archive/object_putter.hpp"
#include "archive/random.hpp"
#include "archive/renew.hpp"
#include "archive/renewal_status.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;

constexpr std::uint64_t seal_intent_version = 1;

// Which entries the batch under way covers. Written first, so that a seal that died is done again
// over the same records, and its tiles are the same.
struct SealIntent {
  std::uint64_t batch = 0;
  std::uint64_t end = 0;
};

Result<SealIntent> intent_for(Archive& archive, const JournalHead& head) {
  const auto row = archive.store().get(keys::archive_partition, keys::seal_intent_key);
  if (!row) return row.error();
  if (*row) {
    RowReader in(**row);
    const std::uint64_t version = in.number();
    const SealIntent intent{.batch = in.number(), .end = in.number()};
    if (version == seal_intent_version && in.done() && intent.batch == head.batches) return intent;
  }
  const SealIntent intent{.batch = head.batches, .end = head.size};
  const Bytes noted =
      RowWriter().number(seal_intent_version).number(intent.batch).number(intent.end).take();
  auto done = archive.store().commit({.partition = keys::archive_partition,
                                      .conditions = {{keys::seal_intent_key, *row}},
                                      .writes = {{keys::seal_intent_key, noted}}});
  if (!done) return done.error();
  return intent;
}

// Asks the TSAs of all tracks of `batch` for tokens. How many came in.
std::size_t collect_tokens(const Archive& archive, TsaClients& tsas, Batch& batch,
                           std::chrono::milliseconds grace, std::vector<std::string>& warnings,
                           std::optional<Error>& last_error) {
  const std::vector<Track>& tracks = archive.config().tracks;
  std::vector<StampQuestion> questions;
  for (const BatchTrack& of : batch.tracks) {
    const auto track = std::ranges::find(tracks, of.name, &Track::name);
    check(track != tracks.end(), "a batch is sealed for the tracks of the settings");
    const auto position = static_cast<std::size_t>(track - tracks.begin());
    questions.push_back({&*track, tsas[position].get(), of.algorithm, of.root});
  }
  auto tokens = stamp_all(archive, questions, archive.config().quorum, grace);
  std::size_t collected = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i]) {
      batch.tracks[i].token = *std::move(tokens[i]);
      ++collected;
      continue;
    }
    const Error& error = tokens[i].error();
    warnings.push_back(to_string(error) + (error.hint.empty() ? "" : "; " + error.hint));
    last_error = error;
  }
  return collected;
}

Error too_few_active(const Config& config) {
  return {Errc::unavailable,
          "time-stamps of " + std::to_string(config.quorum) +
              " authorities are wanted, and fewer are active",
          "", "add one with 'perdura tsa add'; nothing is lost"};
}

// Canonical JSON (RFC 8785): members in ascending order, integers below 2^53.
std::string seal_entry(const Batch& batch, const std::string& actor, Time now) {
  boost::json::array tracks;
  for (const BatchTrack& track : batch.tracks) {
    if (track.token.empty()) continue;
    tracks.push_back({{"digest", verifier::name(track.algorithm)},
                      {"name", track.name},
                      {"root", track.root.hex()},
                      {"token", verifier::hash(DigestAlgorithm::sha256, track.token).hex()}});
  }
  const boost::json::object entry{{"act", "seal"},          {"actor", actor},
                                  {"batch", batch.number},  {"end", batch.end},
                                  {"first", batch.first},   {"records", batch.records},
                                  {"time", to_string(now)}, {"tracks", std::move(tracks)}};
  return boost::json::serialize(entry);
}

// Builds and stores the batch's trees; the batch, without tokens.
Result<Batch> build(Archive& archive, const JournalHead& head, const SealIntent& intent,
                    const SealOptions& options) {
  auto checkpoint = archive.journal().checkpoint(intent.end);
  if (!checkpoint) return checkpoint.error();
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  std::vector<BatchTrack> tracks;
  std::set<DigestAlgorithm> algorithms;
  for (const Track& track : archive.config().tracks) {
    if (!track.active()) continue;
    tracks.push_back({track.name, seal_algorithm(archive, **lineages, track), {}, {}});
    algorithms.insert(tracks.back().algorithm);
  }
  ObjectPutter putter(archive.store());
  const auto tick = [&](std::uint64_t records) {
    if (options.progress) options.progress({records, head.records - head.sealed_records});
  };
  const auto trees = build_batch_trees(
      archive, head.sealed_size, intent.end, *checkpoint, algorithms,
      [&](DigestAlgorithm algorithm, unsigned level, std::uint64_t number, Bytes nodes) {
        return putter.add(keys::tree_tile_object(intent.batch, algorithm, level, number),
                          std::move(nodes));
      },
      tick);
  if (!trees) return trees.error();
  if (auto flushed = putter.flush(); !flushed) return flushed.error();
  for (BatchTrack& track : tracks) track.root = trees->roots.at(track.algorithm);
  return Batch{.number = intent.batch,
               .entry = 0,
               .first = head.sealed_size,
               .end = intent.end,
               .first_record = head.sealed_records,
               .records = trees->records,
               .checkpoint = *std::move(checkpoint),
               .tracks = std::move(tracks)};
}

// The one step that makes the batch count.
Result<Ok> commit(Archive& archive, Batch& batch, const std::string& actor) {
  const JournalEntry entry{.text = seal_entry(batch, actor, archive.clock().now()),
                           .salt = random_octets(32)};
  Journal::Turn turn = archive.journal().turn();
  batch.entry = turn.next();
  JournalHead head = turn.head();
  head.derived = head.size;
  head.batches = batch.number + 1;
  head.sealed_size = batch.end;
  head.sealed_records = batch.first_record + batch.records;
  return turn.append({entry}, {{keys::batch_key(batch.entry), encode(batch)}}, head);
}

// Asks again for what TSAs owe earlier batches, and for status information that they lack; not
// while a renewal is under way, which does so itself.
Result<Ok> complete_earlier(Archive& archive, TsaClients& tsas, const SealOptions& options,
                            SealResult& result) {
  const std::unique_lock renewing(archive.renewing(), std::try_to_lock);
  if (!renewing) return Ok{};
  auto completed = complete_open_tokens(archive, tsas, result.warnings);
  if (!completed) return completed.error();
  // Who did not answer just now is not asked again before the next seal or renewal.
  std::set<std::string> silent;
  for (const Batch& batch : result.batches) {
    for (const BatchTrack& track : batch.tracks) {
      if (track.token.empty()) silent.insert(track.name);
    }
  }
  auto made_up = make_up(archive, tsas, options.actor, silent);
  if (!made_up) return made_up.error();
  for (const RenewalOutcome& outcome : made_up->outcomes) {
    if (outcome.error) {
      result.warnings.push_back(to_string(*outcome.error));
    } else {
      result.completed.insert(result.completed.end(), outcome.planned.batches.begin(),
                              outcome.planned.batches.end());
    }
  }
  result.made_up = std::move(made_up->outcomes);
  return Ok{};
}

// One batch: that of the intent, which may be one that a seal left behind when it died.
Result<Batch> seal_batch(Archive& archive, TsaClients& tsas, const SealOptions& options,
                         std::vector<std::string>& warnings) {
  const JournalHead head = archive.journal().head();
  const auto intent = intent_for(archive, head);
  if (!intent) return intent.error();
  auto batch = build(archive, head, *intent, options);
  if (!batch) return batch;
  // Nothing of the batch counts before the commit: dying on the way costs tokens, never evidence.
  std::optional<Error> refusal;
  const std::size_t tokens =
      collect_tokens(archive, tsas, *batch, options.grace, warnings, refusal);
  if (tokens < archive.config().quorum) {
    Error error = refusal.value_or(too_few_active(archive.config()));
    error.code = Errc::unavailable;
    error.what = "the records were not sealed: " + error.what;
    if (error.hint.empty()) error.hint = "nothing is lost; run 'perdura seal' again later";
    return error;
  }
  if (auto done = commit(archive, *batch, options.actor); !done) return done.error();
  return batch;
}

}  // namespace

Result<SealResult> seal(Archive& archive, TsaClients& tsas, const SealOptions& options) {
  const std::unique_lock sealing(archive.sealing(), std::try_to_lock);
  if (!sealing) {
    return Error{Errc::busy, "another seal is under way", archive.folder().string(), ""};
  }
  SealResult result;
  // What is deposited from here on is for the next seal.
  const std::uint64_t wanted = archive.journal().head().records;
  while (archive.journal().head().sealed_records < wanted) {
    auto batch = seal_batch(archive, tsas, options, result.warnings);
    if (!batch) return batch.error();
    result.batches.push_back(*std::move(batch));
  }
  if (options.complete_earlier) {
    if (auto done = complete_earlier(archive, tsas, options, result); !done) return done.error();
  }
  return result;
}

Result<Ok> for_each_batch(const Archive& archive,
                          const std::function<Result<bool>(const Batch&)>& visit) {
  const Journal& journal = archive.journal();
  return journal.scan(keys::batch_prefix, 0, journal.head().size,
                      [&](std::uint64_t, ByteView value) -> Result<bool> {
                        const auto batch = decode_batch(value);
                        if (!batch) return batch.error();
                        return visit(*batch);
                      });
}

}  // namespace perdura::archive
