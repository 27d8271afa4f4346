#include <boost/json.hpp>
#include <iostream>

#include "archive/seal.hpp"
#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "seal", "DIR",
    "Time-stamp all records that are not sealed yet, and the journal, under one hash tree.",
    "Every TSA of the archive is asked, at once, for one token over the whole batch; each token "
    "is\n"
    "verified in full before it is kept. Once as many as the quorum have stamped, the others are\n"
    "waited for five seconds more: what a slow or silent one owes is asked for again at the next\n"
    "seal. Killed at any moment, seal can simply be run again. Run it at least daily.\n\n"
    "Exit codes: 0 sealed, or nothing to seal; 2 no TSA stamped: the records stay unsealed, not "
    "lost.\n"};

void say(const archive::SealResult& result) {
  for (const std::uint64_t batch : result.completed) {
    std::cout << "Batch " << batch << " got a time-stamp that it had been owed.\n";
  }
  if (result.batches.empty()) std::cout << "Nothing to seal.\n";
  for (const archive::Batch& batch : result.batches) {
    std::size_t stamped = 0;
    for (const archive::BatchTrack& track : batch.tracks) stamped += !track.token.empty();
    std::cout << "Sealed batch " << batch.number << ": " << batch.records << " records, " << stamped
              << " of " << batch.tracks.size() << " time-stamps.\n";
  }
}

boost::json::object to_json(const archive::Batch& batch) {
  boost::json::array tracks;
  for (const archive::BatchTrack& track : batch.tracks) {
    tracks.push_back({{"name", track.name},
                      {"digest", verifier::name(track.algorithm)},
                      {"root", track.root.hex()},
                      {"stamped", !track.token.empty()}});
  }
  return {{"number", batch.number}, {"records", batch.records}, {"tracks", std::move(tracks)}};
}

boost::json::value to_json(const archive::SealResult& result) {
  boost::json::array batches;
  for (const archive::Batch& batch : result.batches) batches.push_back(to_json(batch));
  return {{"batches", std::move(batches)},
          {"completed", boost::json::value_from(result.completed)},
          {"warnings", boost::json::value_from(result.warnings)}};
}

}  // namespace

int command_seal(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  add_clock_option(options);
  options.add()("json", "the result as JSON")("quiet", "no progress");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto archive = open_archive_by_the_clock(**parsed);
  if (!archive) return report(archive.error());
  auto tsas = archive::open_tsas(**archive);
  if (!tsas) return report(tsas.error());
  Progress progress((*parsed)->count("quiet") != 0);
  const archive::SealOptions seal_options{.actor = local_actor(),
                                          .progress = [&](const archive::SealProgress& at) {
                                            progress.show([&] {
                                              return "hashing " + std::to_string(at.records) +
                                                     " of " + std::to_string(at.total) + " records";
                                            });
                                          }};
  const auto result = archive::seal(**archive, *tsas, seal_options);
  if (!result) return report(result.error());
  for (const std::string& warning : result->warnings) warn(warning);
  if ((*parsed)->count("json") != 0) {
    std::cout << boost::json::serialize(to_json(*result)) << "\n";
  } else {
    say(*result);
  }
  return 0;
}

}  // namespace perdura::tools
