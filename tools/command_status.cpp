#include <boost/json.hpp>
#include <iostream>
#include <map>
#include <set>

#include "archive/batch_state.hpp"
#include "archive/confirm.hpp"
#include "archive/renewal_plan.hpp"
#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

using verifier::DigestAlgorithm;

const CommandText text{
    "status", "DIR",
    "Show the archive's state: records, bytes in and stored, unsealed, batches, TSAs, horizon.",
    "'Evidence ends' is when the oldest evidence of a track stops being provable unless "
    "renewed.\n"};

// What the batches say of one track.
struct TrackState {
  std::uint64_t stamped = 0;
  std::uint64_t owed = 0;
  DigestAlgorithm digest{};              // of what is sealed from now on
  std::set<DigestAlgorithm> of_batches;  // of the newest chains
  std::size_t set_aside = 0;             // records that these were made without
  std::optional<archive::Horizon> horizon;
};

Result<std::map<std::string, TrackState>> track_states(const archive::Archive& archive) {
  const auto lineages = archive::Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  archive::BatchStates of(archive, *lineages, nullptr);
  std::map<std::string, TrackState> states;
  for (const archive::Track& track : archive.config().tracks) {
    TrackState& state = states[track.name];
    state.digest = archive::seal_algorithm(archive, **lineages, track);
    for (const archive::Batch& batch : (*lineages)->batches()) {
      const auto evidence = of.of(batch, track.name);
      if (!evidence) return evidence.error();
      if (evidence->lineage.empty()) {
        if (track.active()) ++state.owed;
        continue;
      }
      ++state.stamped;
      state.of_batches.insert(evidence->lineage.back().front().algorithm());
      state.set_aside += archive::set_aside_of(batch, evidence->lineage).size();
      const archive::Horizon* end = evidence->ends.earliest();
      if (end != nullptr && (!state.horizon || end->end < state.horizon->end)) {
        state.horizon = *end;
      }
    }
  }
  return states;
}

boost::json::array names_of(const std::set<DigestAlgorithm>& algorithms) {
  boost::json::array names;
  for (const DigestAlgorithm algorithm : algorithms) names.emplace_back(verifier::name(algorithm));
  return names;
}

// That of the track, and those that batches have and it has no longer.
std::string hash_functions(const TrackState& state) {
  std::string said(verifier::name(state.digest));
  for (const DigestAlgorithm algorithm : state.of_batches) {
    if (algorithm == state.digest) continue;
    said += " (some batches still " + std::string(verifier::name(algorithm)) + ")";
  }
  return said;
}

boost::json::object to_json(const archive::Archive& archive,
                            const std::map<std::string, TrackState>& states,
                            std::uint64_t unconfirmed) {
  const archive::JournalHead head = archive.journal().head();
  boost::json::array tracks;
  for (const archive::Track& track : archive.config().tracks) {
    const TrackState& of = states.at(track.name);
    boost::json::object out{{"name", track.name},
                            {"digest", verifier::name(of.digest)},
                            {"batchDigests", names_of(of.of_batches)},
                            {"url", track.url},
                            {"selfAsserted", track.url.empty()},
                            {"stamped", of.stamped},
                            {"owed", of.owed},
                            {"setAside", of.set_aside}};
    if (of.horizon) {
      out["evidenceEnds"] = to_string(of.horizon->end);
      out["cause"] = of.horizon->cause;
    }
    tracks.push_back(std::move(out));
  }
  return {{"archive", archive.config().origin},
          {"logKey", archive.journal().key().vkey()},
          {"records", head.records},
          {"unsealed", head.records - head.sealed_records},
          {"bytesIn", head.bytes_in},
          {"contents", head.contents},
          {"bytesStored", head.bytes_stored},
          {"journalEntries", head.size},
          {"batches", head.batches},
          {"unconfirmedRenewals", unconfirmed},
          {"tracks", std::move(tracks)}};
}

void say(const archive::Archive& archive, const std::map<std::string, TrackState>& states,
         std::uint64_t unconfirmed) {
  const archive::JournalHead head = archive.journal().head();
  std::cout << "Archive        " << archive.config().origin << "\n"
            << "Records        " << head.records
            << ", of which not sealed yet: " << head.records - head.sealed_records << "\n"
            << "Bytes in       " << human_bytes(head.bytes_in) << "\n"
            << "Bytes stored   " << human_bytes(head.bytes_stored) << " in " << head.contents
            << " contents\n"
            << "Journal        " << head.size << " entries, key " << archive.journal().key().vkey()
            << "\n"
            << "Batches        " << head.batches << "\n";
  if (unconfirmed > 0) {
    std::cout << "To confirm     " << unconfirmed
              << " renewals were made from digests: run 'perdura renew --confirm'\n";
  }
  for (const archive::Track& track : archive.config().tracks) {
    const TrackState& state = states.at(track.name);
    std::cout << "Track " << track.name << ", " << hash_functions(state) << ", "
              << (track.url.empty() ? "the archive's own authority (self-asserted)" : track.url)
              << ": " << state.stamped << " batches stamped, " << state.owed << " owed";
    if (state.horizon) {
      std::cout << "; evidence ends " << to_string(state.horizon->end) << " ("
                << state.horizon->cause << ")";
    }
    std::cout << "\n";
    if (state.set_aside == 0) continue;
    std::cout << "  SET ASIDE: " << state.set_aside
              << " records no longer were what their evidence says when hash trees were renewed; "
                 "what\n  they had before still counts, and ends unrenewed: run 'perdura check', "
                 "bring their\n  documents back, then run 'perdura renew --rejoin'\n";
  }
}

}  // namespace

int command_status(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("json", "as one JSON object");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  const auto states = track_states(**archive);
  if (!states) return report(states.error());
  const auto unconfirmed = archive::unconfirmed_renewals(**archive);
  if (!unconfirmed) return report(unconfirmed.error());
  if ((*parsed)->count("json") != 0) {
    std::cout << boost::json::serialize(to_json(**archive, *states, *unconfirmed)) << "\n";
  } else {
    say(**archive, *states, *unconfirmed);
  }
  return 0;
}

}  // namespace perdura::tools
