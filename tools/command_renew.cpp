#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "archive/confirm.hpp"
#include "archive/tsa_acts.hpp"
#include "archive/upkeep.hpp"
#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

using archive::RenewalKind;

const CommandText text{
    "renew", "DIR",
    "Give evidence a further time-stamp before certificates, keys or hash functions end.",
    "Without options: renews what ends within --margin, and nothing else; run it daily. An\n"
    "authority of the archive's own that ends by then gets a new key first. Evidence that\n"
    "ends by a certificate or a signature algorithm is covered by a new time-stamp, one for all\n"
    "batches of a track. Evidence that ends by its hash function has its documents read again and\n"
    "hashed anew. Killed at any instant, it can be run again and goes on where it was.\n\n"
    "Examples:\n"
    "  perdura renew ARCHIVE --dry-run              what would be renewed, and why\n"
    "  perdura renew ARCHIVE                        what is due\n"
    "  perdura renew ARCHIVE --hash-tree --hash sha3-256\n"
    "                                               leave a hash function at once\n"
    "  perdura renew ARCHIVE --hash-tree --from-digests\n"
    "                                               the same in minutes, from the digests that\n"
    "                                               statements hold; then run 'renew --confirm'\n\n"
    "Exit codes: 0 done, or nothing was due; 1 records were set aside, or with --rejoin stay so,\n"
    "since they are not what the evidence says, or evidence is wrong and was not renewed; 2 a TSA\n"
    "does not answer, run it again; 3 misuse.\n"};

std::string in_words(const archive::PlannedRenewal& planned) {
  const std::string batches = std::to_string(planned.batches.size()) +
                              (planned.batches.size() == 1 ? " batch" : " batches");
  const std::string with = " with " + std::string(verifier::name(planned.algorithm));
  switch (planned.kind) {
    case RenewalKind::initial:
      return "track " + planned.track + ": first time-stamp for " + batches;
    case RenewalKind::time_stamp:
      return "track " + planned.track + ": time-stamp renewal of " + batches;
    case RenewalKind::hash_tree:
      break;
  }
  return "track " + planned.track + ": hash-tree renewal of " + batches + with;
}

boost::json::object to_json(const archive::PlannedRenewal& planned) {
  boost::json::object object{{"kind", archive::name(planned.kind)},
                             {"track", planned.track},
                             {"digest", verifier::name(planned.algorithm)},
                             {"batches", planned.batches.size()},
                             {"why", planned.why}};
  if (planned.ends) object["ends"] = to_string(*planned.ends);
  return object;
}

boost::json::object to_json(const archive::RenewalOutcome& outcome) {
  boost::json::object object = to_json(outcome.planned);
  object["done"] = !outcome.error;
  if (outcome.error) object["error"] = to_string(*outcome.error);
  if (outcome.stamped) object["stamped"] = to_string(*outcome.stamped);
  if (outcome.ends) {
    object["evidenceEnds"] = to_string(outcome.ends->end);
    object["cause"] = outcome.ends->cause;
  }
  boost::json::array set_aside;
  for (const archive::SetAside& one : outcome.set_aside) {
    set_aside.push_back({{"record", one.record}, {"why", one.why}});
  }
  object["setAside"] = std::move(set_aside);
  object["setAsideCount"] = outcome.set_aside_count;
  return object;
}

void say(const archive::RenewalOutcome& outcome) {
  std::cout << in_words(outcome.planned) << " (" << outcome.planned.why << "): ";
  if (outcome.error) {
    std::cout << "NOT DONE: " << to_string(*outcome.error) << "\n";
    return;
  }
  std::cout << "done";
  if (outcome.stamped) std::cout << ", time-stamped " << to_string(*outcome.stamped);
  if (outcome.ends) {
    std::cout << "; holds until " << to_string(outcome.ends->end) << " (" << outcome.ends->cause
              << ")";
  }
  std::cout << "\n";
  for (const archive::SetAside& one : outcome.set_aside) {
    std::cout << "  SET ASIDE: record " << one.record << ": " << one.why << "\n";
  }
  if (outcome.set_aside_count > 0) {
    std::cout << "  bring their documents back, then run 'perdura renew --rejoin'\n";
  }
  if (outcome.set_aside_count > outcome.set_aside.size()) {
    std::cout << "  and " << outcome.set_aside_count - outcome.set_aside.size()
              << " more that were set aside before\n";
  }
}

Result<archive::RenewalWish> wish_of(const cxxopts::ParseResult& parsed) {
  archive::RenewalWish wish;
  const unsigned months = parsed["margin"].as<unsigned>();
  if (months > 1200) {
    return Error{Errc::misuse, "a margin of more than 100 years", "--margin", ""};
  }
  wish.margin_s = std::int64_t{months} * 30 * 86400 + std::int64_t{months} * 86400 / 2;
  if (parsed.count("time-stamps") != 0) wish.force = RenewalKind::time_stamp;
  if (parsed.count("hash-tree") != 0) wish.force = RenewalKind::hash_tree;
  if (parsed.count("time-stamps") != 0 && parsed.count("hash-tree") != 0) {
    return Error{Errc::misuse, "--time-stamps and --hash-tree exclude each other", "renew", ""};
  }
  if (const auto hash = option(parsed, "hash")) {
    wish.algorithm = verifier::digest_algorithm_from_name(*hash);
    if (!wish.algorithm) {
      return Error{Errc::misuse, "there is no hash function '" + *hash + "'", "--hash",
                   "use sha256, sha384, sha512, sha3-256, sha3-384 or sha3-512"};
    }
  }
  wish.rejoin = parsed.count("rejoin") != 0;
  wish.from_digests = parsed.count("from-digests") != 0;
  wish.track = option(parsed, "track");
  return wish;
}

int show_plan(const archive::Archive& archive, const archive::RenewalWish& wish, bool json) {
  auto tsas = archive::open_tsas(archive);
  if (!tsas) return report(tsas.error());
  const auto rolled_over = archive::tsas_due_for_roll_over(archive, wish.margin_s);
  if (!rolled_over) return report(rolled_over.error());
  const auto plan = archive::planned_renewals(archive, *tsas, wish);
  if (!plan) return report(plan.error());
  for (const std::string& warning : plan->warnings) warn(warning);
  for (const std::string& track : *rolled_over) {
    if (!json) std::cout << "track " << track << ": its own authority would get a new key\n";
  }
  boost::json::array planned;
  for (const archive::PlannedRenewal& one : plan->renewals) {
    if (json) {
      planned.push_back(to_json(one));
    } else {
      std::cout << in_words(one) << ": " << one.why << "\n";
    }
  }
  if (json) {
    std::cout << boost::json::serialize(
                     boost::json::object{{"planned", std::move(planned)},
                                         {"rolledOver", boost::json::value_from(*rolled_over)}})
              << "\n";
  } else if (plan->renewals.empty()) {
    std::cout << "Nothing is due.\n";
  }
  return plan->not_renewed + plan->stay_set_aside > 0 ? 1 : 0;
}

// Says how far a hash-tree renewal is, and how long it will go on.
class RenewalProgress {
 public:
  RenewalProgress(Progress& progress, std::uint64_t total) : progress_(progress), total_(total) {}
  void show(std::uint64_t records, std::uint64_t bytes) {
    progress_.show([&] {
      const double seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
      std::string line = std::to_string(records) + " of " + std::to_string(total_) + " records, " +
                         human_bytes(bytes);
      if (records > 0 && total_ >= records && seconds > 1) {
        const double left =
            seconds / static_cast<double>(records) * static_cast<double>(total_ - records);
        line += ", about " + std::to_string(static_cast<std::uint64_t>(left) + 1) + " s left";
      }
      return line;
    });
  }

 private:
  Progress& progress_;
  std::uint64_t total_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

int run(archive::Archive& archive, const archive::RenewalWish& wish, bool json, bool quiet,
        unsigned threads) {
  Progress progress(quiet);
  RenewalProgress shown(progress, archive.journal().head().sealed_records);
  archive::UpkeepOptions upkeep_options;
  upkeep_options.seal = false;
  archive::RenewOptions& options = upkeep_options.renew;
  options.actor = local_actor();
  options.wish = wish;
  options.hash_tree.threads = threads;
  options.hash_tree.progress = [&](std::uint64_t records, std::uint64_t bytes) {
    shown.show(records, bytes);
  };
  options.begin = [&](const archive::PlannedRenewal& planned) {
    progress.show([&] { return in_words(planned); });
  };
  const auto kept_up = archive::upkeep(archive, upkeep_options);
  if (!kept_up) return report(kept_up.error());
  for (const std::string& warning : kept_up->warnings) warn(warning);
  for (const std::string& track : kept_up->rolled_over) {
    if (!json) std::cout << "track " << track << ": its own authority got a new key\n";
  }
  const archive::RenewResult* result = &kept_up->renewed;
  int code = result->not_renewed + result->stay_set_aside > 0 ? 1 : 0;
  boost::json::array outcomes;
  for (const archive::RenewalOutcome& outcome : result->outcomes) {
    if (json) {
      outcomes.push_back(to_json(outcome));
    } else {
      say(outcome);
    }
    if (outcome.set_aside_count > 0) code = 1;
  }
  for (const archive::RenewalOutcome& outcome : result->outcomes) {
    if (!outcome.error) continue;
    if (const int why = report(*outcome.error); code == 0) code = why;
  }
  if (json) {
    std::cout << boost::json::serialize(
                     boost::json::object{{"renewals", std::move(outcomes)},
                                         {"notRenewed", result->not_renewed},
                                         {"staySetAside", result->stay_set_aside}})
              << "\n";
  } else if (result->outcomes.empty()) {
    std::cout << (code != 0 ? "Nothing was renewed.\n" : "Nothing was due.\n");
  }
  return code;
}

int run_confirm(archive::Archive& archive, bool json, bool quiet, unsigned threads) {
  Progress progress(quiet);
  archive::ConfirmOptions options;
  options.actor = local_actor();
  options.threads = threads;
  options.progress = [&](std::uint64_t records, std::uint64_t bytes) {
    progress.show([&] {
      return std::to_string(records) + " records confirmed, " + human_bytes(bytes) + " read";
    });
  };
  const auto result = archive::confirm_renewals(archive, options);
  if (!result) return report(result.error());
  if (json) {
    boost::json::array altered;
    for (const archive::SetAside& one : result->altered) {
      altered.push_back({{"record", one.record}, {"why", one.why}});
    }
    std::cout << boost::json::serialize(boost::json::object{{"renewals", result->renewals},
                                                            {"records", result->records},
                                                            {"altered", std::move(altered)}})
              << "\n";
  } else if (result->renewals == 0) {
    std::cout << "There is nothing to confirm.\n";
  } else {
    for (const archive::SetAside& one : result->altered) {
      std::cout << "ALTERED: record " << one.record << ": " << one.why << "\n";
    }
    std::cout << result->records << " records of " << result->renewals
              << " renewal(s) from digests were read: "
              << (result->altered.empty() ? "each document is what its digests said"
                                          : std::to_string(result->altered.size()) + " altered")
              << ".\n";
  }
  return result->altered.empty() ? 0 : 1;
}

}  // namespace

int command_renew(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  add_clock_option(options);
  options.add()("dry-run", "say what would be renewed, and why; change nothing")(
      "margin", "renew what ends within so many months; too small a margin leaves no time to mend",
      cxxopts::value<unsigned>()->default_value("12"),
      "MONTHS")("track", "of this track alone", cxxopts::value<std::string>(), "NAME")(
      "time-stamps", "renew all time-stamps, due or not")(
      "hash-tree", "renew all hash trees, due or not: every document is read again")(
      "hash", "the new hash function; default: the fittest by the policy",
      cxxopts::value<std::string>(), "ALGORITHM")(
      "from-digests",
      "take documents by the digests that statements fix, without reading them: fast, but what is "
      "stored is only confirmed by 'renew --confirm'")(
      "rejoin",
      "also read what was set aside, and renew the hash trees of its batches where it is again "
      "what "
      "the evidence says: after documents were brought back")(
      "confirm",
      "read every document whose digests were taken so, and say which are not what was "
      "fixed")("json", "the result as JSON")("quiet", "no progress")(
      "threads", "threads that read documents",
      cxxopts::value<unsigned>()->default_value(
          std::to_string(std::max(1u, std::thread::hardware_concurrency()))),
      "N");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto wish = wish_of(**parsed);
  if (!wish) return report(wish.error());
  const auto threads = threads_option(**parsed);
  if (!threads) return report(threads.error());
  const bool dry = (*parsed)->count("dry-run") != 0;
  auto archive = dry ? open_archive(**parsed, archive::OpenMode::read_only)
                     : open_archive_by_the_clock(**parsed);
  if (!archive) return report(archive.error());
  const bool json = (*parsed)->count("json") != 0;
  if ((*parsed)->count("confirm") != 0 && !dry) {
    return run_confirm(**archive, json, (*parsed)->count("quiet") != 0, *threads);
  }
  if (dry) return show_plan(**archive, *wish, json);
  return run(**archive, *wish, json, (*parsed)->count("quiet") != 0, *threads);
}

}  // namespace perdura::tools
