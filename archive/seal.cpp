#include "archive/seal.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <boost/json.hpp>

#include "archive/batch_tree.hpp"
#include "archive/keyspace.hpp"
#include "archive/row_codec.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;
using verifier::Report;
using verifier::Verdict;

constexpr std::size_t tiles_at_once = 2u << 20;  // octets of tiles put in one go
constexpr std::uint64_t intent_version = 1;

// Which entries the batch under way covers. Written first, so that a seal that died is done again
// over the same records, and its tiles are the same.
struct Intent {
  std::uint64_t batch = 0;
  std::uint64_t end = 0;
};

Result<Intent> intent_for(Archive& archive, const JournalHead& head) {
  const auto row = archive.store().get(keys::archive_partition, keys::seal_intent_key);
  if (!row) return row.error();
  if (*row) {
    RowReader in(**row);
    const std::uint64_t version = in.number();
    const Intent intent{.batch = in.number(), .end = in.number()};
    if (version == intent_version && in.done() && intent.batch == head.batches) return intent;
  }
  const Intent intent{.batch = head.batches, .end = head.size};
  auto done = archive.store().commit(
      {.partition = keys::archive_partition,
       .conditions = {{keys::seal_intent_key, *row}},
       .writes = {
           {keys::seal_intent_key,
            RowWriter().number(intent_version).number(intent.batch).number(intent.end).take()}}});
  if (!done) return done.error();
  return intent;
}

// Puts tiles as objects, several at a time.
class TilePutter {
 public:
  TilePutter(Store& store, std::uint64_t batch) : store_(store), batch_(batch) {}

  Result<Ok> take(DigestAlgorithm algorithm, unsigned level, std::uint64_t number, Bytes nodes) {
    size_ += nodes.size();
    tiles_.push_back({keys::tree_tile_object(batch_, algorithm, level, number), std::move(nodes)});
    return size_ < tiles_at_once ? Result<Ok>(Ok{}) : flush();
  }
  Result<Ok> flush() {
    if (tiles_.empty()) return Ok{};
    size_ = 0;
    return store_.put(std::exchange(tiles_, {}));
  }

 private:
  Store& store_;
  std::uint64_t batch_;
  std::vector<Object> tiles_;
  std::size_t size_ = 0;
};

// A token over `root` that the verifier accepts. Errors: those of asking; unavailable when the
// verifier finds fault with it.
Result<Bytes> stamped(const Archive& archive, const Track& track, TsaClient& tsa,
                      const Digest& root) {
  auto token = tsa.stamp(track.algorithm, root);
  if (!token) return token;
  auto anchors = archive.anchors(track);
  if (!anchors) return anchors.error();
  verifier::JudgeOptions options;
  options.anchors.certificates = *std::move(anchors);
  options.at = archive.clock().now();
  options.revocation = verifier::RevocationMode::if_present;
  options.policy = archive.policy();
  // The archive accepts no evidence that its own verifier would refuse.
  const Report report =
      verifier::TokenJudge(std::move(options)).judge(*token, archive.clock().now(), &root);
  if (report.verdict() == Verdict::passed) return token;
  const verifier::Finding* finding = report.decisive();
  return Error{Errc::unavailable,
               "its time-stamp is refused: " +
                   (finding ? verifier::in_english(finding->what) : "nothing could be checked"),
               "TSA '" + track.name + "'",
               "check that --tsa-ca names this TSA's certificate authority; the records stay "
               "unsealed and are not lost"};
}

// Asks every TSA that still owes `batch` a token. How many tokens came in.
std::size_t collect_tokens(const Archive& archive, TsaClients& tsas, Batch& batch,
                           std::vector<std::string>& warnings, std::optional<Error>& last_error) {
  const std::vector<Track>& tracks = archive.config().tracks;
  std::size_t collected = 0;
  for (BatchTrack& owed : batch.tracks) {
    const auto track = std::ranges::find(tracks, owed.name, &Track::name);
    if (!owed.token.empty() || track == tracks.end()) continue;
    const auto position = static_cast<std::size_t>(track - tracks.begin());
    auto token = stamped(archive, *track, *tsas[position], owed.root);
    if (token) {
      owed.token = *std::move(token);
      ++collected;
      continue;
    }
    warnings.push_back(to_string(token.error()));
    last_error = token.error();
  }
  return collected;
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
Result<Batch> build(Archive& archive, const JournalHead& head, const Intent& intent,
                    const SealOptions& options) {
  auto checkpoint = archive.journal().checkpoint(intent.end);
  if (!checkpoint) return checkpoint.error();
  std::set<DigestAlgorithm> algorithms;
  for (const Track& track : archive.config().tracks) algorithms.insert(track.algorithm);
  TilePutter putter(archive.store(), intent.batch);
  const auto tick = [&](std::uint64_t records) {
    if (options.progress) options.progress({records, head.records - head.sealed_records});
  };
  const auto trees = build_batch_trees(
      archive.journal(), head.sealed_size, intent.end, *checkpoint, algorithms,
      [&](DigestAlgorithm algorithm, unsigned level, std::uint64_t number, Bytes nodes) {
        return putter.take(algorithm, level, number, std::move(nodes));
      },
      tick);
  if (!trees) return trees.error();
  if (auto flushed = putter.flush(); !flushed) return flushed.error();
  Batch batch{.number = intent.batch,
              .entry = 0,
              .first = head.sealed_size,
              .end = intent.end,
              .first_record = head.sealed_records,
              .records = trees->records,
              .checkpoint = *std::move(checkpoint),
              .tracks = {}};
  for (const Track& track : archive.config().tracks) {
    batch.tracks.push_back({track.name, track.algorithm, trees->roots.at(track.algorithm), {}});
  }
  return batch;
}

// The one step that makes the batch count.
Result<Ok> commit(Archive& archive, Batch& batch, const std::string& actor) {
  Bytes salt(32);
  check(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1, "random octets");
  const JournalEntry entry{.text = seal_entry(batch, actor, archive.clock().now()),
                           .salt = std::move(salt)};
  Journal::Turn turn = archive.journal().turn();
  batch.entry = turn.next();
  JournalHead head = turn.head();
  head.derived = head.size;
  head.batches = batch.number + 1;
  head.sealed_size = batch.end;
  head.sealed_records = batch.first_record + batch.records;
  return turn.append({entry}, {{keys::batch_key(batch.entry), encode(batch)}}, head);
}

// Asks again for what TSAs owe earlier batches.
Result<Ok> complete_earlier(Archive& archive, TsaClients& tsas, SealResult& result) {
  std::vector<Batch> owed;
  const auto note = [&](const Batch& batch) -> Result<bool> {
    const bool owes = std::ranges::any_of(
        batch.tracks, [](const BatchTrack& track) { return track.token.empty(); });
    if (owes) owed.push_back(batch);
    return true;
  };
  if (auto done = for_each_batch(archive, note); !done) return done;
  for (Batch& batch : owed) {
    const Bytes before = encode(batch);
    std::optional<Error> ignored;
    if (collect_tokens(archive, tsas, batch, result.warnings, ignored) == 0) continue;
    auto done = archive.journal().turn().amend(batch.entry, keys::batch_key(batch.entry), before,
                                               encode(batch));
    if (!done) return done;
    result.completed.push_back(batch.number);
  }
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
  const std::size_t tokens = collect_tokens(archive, tsas, *batch, warnings, refusal);
  if (tokens < archive.config().quorum) {
    Error error = refusal.value_or(Error{});
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
    return Error{Errc::conflict, "another seal is under way", archive.folder().string(), ""};
  }
  SealResult result;
  if (auto done = complete_earlier(archive, tsas, result); !done) return done.error();
  // What is deposited from here on is for the next seal.
  const std::uint64_t wanted = archive.journal().head().records;
  while (archive.journal().head().sealed_records < wanted) {
    auto batch = seal_batch(archive, tsas, options, result.warnings);
    if (!batch) return batch.error();
    result.batches.push_back(*std::move(batch));
  }
  return result;
}

Result<TsaClients> open_tsas(const Archive& archive) {
  TsaClients clients;
  for (const Track& track : archive.config().tracks) {
    auto client = archive.tsa(track);
    if (!client) return client.error();
    clients.push_back(*std::move(client));
  }
  return clients;
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
