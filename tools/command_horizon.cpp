#include <boost/json.hpp>
#include <iostream>

#include "archive/batch_state.hpp"
#include "tools/command_line.hpp"
#include "tools/horizon_picture.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "horizon", "DIR",
    "Show when the evidence of each track ends unless it is renewed, and what ends it.",
    "Certificates end by their dates, algorithms by the policy ('perdura policy show').\n"
    "Exit codes: 0 nothing ends within --margin; 1 something does, or a time-stamp is missing: "
    "run\n"
    "'perdura renew'; 3 could not look.\n"};

// Batches of a track whose evidence ends at the same time by the same cause; and those of which a
// track that stamps has no stamp yet.
Result<std::vector<HorizonRow>> rows_of(const archive::Archive& archive) {
  const auto lineages = archive::Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  archive::BatchStates states(archive, *lineages, nullptr);
  std::vector<HorizonRow> rows;
  for (const archive::Track& track : archive.config().tracks) {
    for (const archive::Batch& batch : (*lineages)->batches()) {
      auto state = states.of(batch, track.name);
      if (!state) return state.error();
      if (!state->lineage.empty() || track.active()) add(rows, track.name, batch, *state);
    }
  }
  return rows;
}

boost::json::value to_json(const std::vector<HorizonRow>& rows, Time now, Time due) {
  boost::json::array array;
  for (const HorizonRow& row : rows) {
    boost::json::object object{{"track", row.track},
                               {"batches", row.batches},
                               {"firstBatch", row.first_batch},
                               {"lastBatch", row.last_batch},
                               {"timeStamps", row.time_stamps},
                               {"missing", row.missing()},
                               {"due", row.is_due(due)}};
    if (!row.missing()) object["digest"] = row.digest;
    for (const auto& end : row.ends) {
      object[std::string(archive::name(end.kind)) + "Ends"] = to_string(end.end);
    }
    if (const archive::Horizon* end = row.earliest()) {
      object["ends"] = to_string(end->end);
      object["kind"] = archive::name(end->kind);
      object["cause"] = end->cause;
    }
    array.push_back(std::move(object));
  }
  return {{"now", to_string(now)}, {"dueBefore", to_string(due)}, {"evidence", std::move(array)}};
}

}  // namespace

int command_horizon(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("margin", "what ends within so many months makes the exit code 1",
                cxxopts::value<unsigned>()->default_value("12"), "MONTHS")(
      "svg", "write the picture as SVG to this file", cxxopts::value<std::string>(), "FILE")(
      "json", "as one JSON object, for monitoring");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  const auto rows = rows_of(**archive);
  if (!rows) return report(rows.error());
  const Time now = (*archive)->clock().now();
  const Time due = now + std::int64_t{(**parsed)["margin"].as<unsigned>()} * 86400 * 61 / 2;
  if (const auto file = option(**parsed, "svg")) {
    if (auto written = write_picture(*file, *rows, now, due); !written) {
      return report(written.error());
    }
  }
  if ((*parsed)->count("json") != 0) {
    std::cout << boost::json::serialize(to_json(*rows, now, due)) << "\n";
  } else {
    print_table(std::cout, *rows, now, due);
  }
  return any_due(*rows, due) ? 1 : 0;
}

}  // namespace perdura::tools
