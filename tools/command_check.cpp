#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "archive/integrity_check.hpp"
#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "check", "DIR",
    "Read everything back and verify it: documents, journal, trees and time-stamps.",
    "Reads beside a running deposit: it checks what was there when it began, as the disk holds\n"
    "it and not what memory still has of it, where the file system can.\n"
    "Exit codes: 0 all is well; 1 something is wrong, each thing is named; 3 could not look.\n"};

boost::json::value to_json(const archive::CheckResult& result) {
  boost::json::array problems;
  for (const archive::CheckProblem& problem : result.problems) {
    problems.push_back({{"subject", problem.subject}, {"what", problem.what}});
  }
  return {{"entries", result.entries},
          {"records", result.records},
          {"documents", result.documents},
          {"bytes", result.bytes},
          {"batches", result.batches},
          {"unsealed", result.unsealed},
          {"problemCount", result.problem_count},
          {"problems", std::move(problems)}};
}

void say(const archive::CheckResult& result) {
  for (const archive::CheckProblem& problem : result.problems) {
    std::cout << "WRONG: " << problem.subject << ": " << problem.what << "\n";
  }
  std::cout << result.records << " records (" << result.documents << " documents, "
            << human_bytes(result.bytes) << ") read back, " << result.entries
            << " journal entries and " << result.batches << " batches verified, " << result.unsealed
            << " records not sealed yet: "
            << (result.problem_count == 0 ? "all is well"
                                          : std::to_string(result.problem_count) + " problem(s)")
            << ".\n";
}

}  // namespace

int command_check(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("json", "the result as JSON")("quiet", "no progress")(
      "threads", "threads that read",
      cxxopts::value<unsigned>()->default_value(
          std::to_string(std::max(1u, std::thread::hardware_concurrency()))),
      "N");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto threads = threads_option(**parsed);
  if (!threads) return report(threads.error());
  auto archive = open_archive(**parsed, archive::OpenMode::read_once);
  if (!archive) return report(archive.error());
  Progress progress((*parsed)->count("quiet") != 0);
  archive::CheckOptions check;
  check.threads = *threads;
  check.progress = [&](std::uint64_t records, std::uint64_t bytes) {
    progress.show([&] { return std::to_string(records) + " records, " + human_bytes(bytes); });
  };
  const auto result = archive::check_archive(**archive, check);
  if (!result) return report(result.error());
  if ((*parsed)->count("json") != 0) {
    std::cout << boost::json::serialize(to_json(*result)) << "\n";
  } else {
    say(*result);
  }
  return result->problem_count == 0 ? 0 : 1;
}

}  // namespace perdura::tools
