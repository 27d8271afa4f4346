#include <stdlib.h>

#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "archive/calendar.hpp"
#include "archive/files.hpp"
#include "archive/rehearsal.hpp"
#include "archive/rehearsal_verdict.hpp"
#include "tools/command_line.hpp"
#include "tools/rehearsal_text.hpp"
#include "verifier/policy_reader.hpp"

namespace perdura::tools {
namespace {

namespace fs = std::filesystem;

const CommandText text{
    "rehearse", "",
    "Let an archive live through decades under a simulated clock, and verify what it can prove "
    "then.",
    "The archive is made up, or holds copies of records of --from, and lies in a folder that goes\n"
    "away again. Its time-stamp authorities are local ones whose certificates last 6 years, their\n"
    "CAs' 15. In every quarter records are deposited, sealed and renewed by what 'perdura renew'\n"
    "runs; at the end every record is exported and judged by the verifier. Then the same years\n"
    "are lived with renewal off, to show what would have been lost.\n\n"
    "--event replaces the usual events by others; it may be given often. WHAT is one of:\n"
    "  NAME[,NAME...] broken              known --notice years before, by the policy\n"
    "  NAME[,NAME...] broken overnight    known a day before\n"
    "  NAME[,NAME...] broken unannounced  known when it is too late\n"
    "  tsa NAME gone                      never answers again; replaced three months later\n"
    "  tsa NAME compromised               revoked (keyCompromise) and replaced at once\n"
    "Algorithms are named as in perdura-verify --assume-broken: RSA, ECDSA, EdDSA, SHA-256, ...\n"
    "Authorities are local, local2, ...; one that takes another's place gets the next number.\n\n"
    "Examples:\n"
    "  perdura rehearse\n"
    "  perdura rehearse --years 30 --event '2035 RSA,ECDSA broken' --event '2040 SHA-256 broken'\n"
    "  perdura rehearse --from ARCHIVE --sample 500 --keep /srv/rehearsal\n\n"
    "Exit codes: 0 no record is lost; 1 some are; 3 misuse.\n"};

// A folder of its own under the system's for temporary files, which goes away with this; or the one
// that was named, which stays.
class RehearsalFolder {
 public:
  static Result<std::unique_ptr<RehearsalFolder>> make(const std::optional<std::string>& keep) {
    std::unique_ptr<RehearsalFolder> folder(new RehearsalFolder);
    if (keep) {
      folder->path_ = *keep;
      return folder;
    }
    std::string name = (fs::temp_directory_path() / "perdura-rehearsal-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return archive::system_error(errno, name, "cannot make a folder");
    }
    folder->path_ = name;
    folder->temporary_ = true;
    return folder;
  }
  RehearsalFolder(const RehearsalFolder&) = delete;
  RehearsalFolder& operator=(const RehearsalFolder&) = delete;
  ~RehearsalFolder() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  RehearsalFolder() = default;
  fs::path path_;
  bool temporary_ = false;
};

Result<std::vector<archive::RehearsalEvent>> events_of(const cxxopts::ParseResult& parsed,
                                                       const archive::RehearsalOptions& options) {
  const bool usual = parsed.count("event") == 0;
  const auto texts =
      usual ? archive::usual_rehearsal_events() : parsed["event"].as<std::vector<std::string>>();
  const Time end = archive::plus_months(options.start, static_cast<int>(options.years) * 12);
  std::vector<archive::RehearsalEvent> events;
  for (const std::string& one : texts) {
    if (one.empty()) continue;  // --event '': none
    auto event = archive::parse_rehearsal_event(one, parsed["notice"].as<unsigned>());
    if (!event) return event.error();
    const bool in_time = options.start <= event->when && event->when < end;
    const bool stamps = event->tsa != "local2" || options.tracks > 1;
    if (usual && (!in_time || !stamps)) continue;
    events.push_back(*std::move(event));
  }
  return events;
}

Result<archive::RehearsalOptions> options_of(const cxxopts::ParseResult& parsed) {
  archive::RehearsalOptions options;
  const auto start = time_option(parsed, "start");
  if (!start) return start.error();
  options.start = start->value_or(*verifier::parse_time("2026-01-01"));
  options.years = parsed["years"].as<unsigned>();
  options.records = parsed["records"].as<std::uint64_t>();
  options.tracks = parsed["tracks"].as<unsigned>();
  options.turn_months = parsed["every"].as<unsigned>();
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  auto events = events_of(parsed, options);
  if (!events) return events.error();
  options.events = *std::move(events);
  if (const auto file = option(parsed, "policy")) {
    const auto octets = archive::read_file(*file, verifier::policy_limits::size);
    if (!octets) return octets.error();
    auto policy = verifier::read_policy(*octets);
    if (!policy) return policy.error();
    options.policy = std::make_shared<const verifier::AlgorithmPolicy>(std::move(policy->table));
  }
  return options;
}

// One life and what it came to.
Result<RehearsedLife> live(archive::RehearsalOptions options, bool show, Progress& progress) {
  auto rehearsal = archive::Rehearsal::begin(std::move(options));
  if (!rehearsal) return rehearsal.error();
  RehearsedLife life;
  for (;;) {
    const auto lived = (*rehearsal)->live_a_year();
    if (!lived) return lived.error();
    if (!*lived) break;
    life.years.push_back((*rehearsal)->years().back());
    if (show) std::cout << year_text(life.years.back()) << std::flush;
    progress.show([&] { return std::to_string(life.years.back().year) + " lived through"; });
  }
  progress.show([] { return std::string("verifying every record"); });
  auto verdict = archive::judge_rehearsal(**rehearsal);
  if (!verdict) return verdict.error();
  life.verdict = *std::move(verdict);
  life.end = (*rehearsal)->end();
  return life;
}

int run(archive::RehearsalOptions options, const RehearsalFolder& folder, bool renewal, bool json,
        Progress& progress) {
  if (!json) std::cout << heading_text(options);
  std::optional<RehearsedLife> renewed;
  if (renewal) {
    options.folder = folder / "renewed";
    auto life = live(options, !json, progress);
    if (!life) return report(life.error());
    renewed = *std::move(life);
    if (!json) std::cout << verdict_text(*renewed) << std::flush;
  }
  options.renewing = false;
  options.folder = folder / "not-renewed";
  auto other = live(options, !json && !renewal, progress);
  if (!other) return report(other.error());
  if (json) {
    std::cout << boost::json::serialize(rehearsal_json(renewed ? &*renewed : nullptr, *other))
              << "\n";
  } else {
    std::cout << "\nWith renewal off:\n" << verdict_text(*other);
  }
  const archive::RehearsedVerdict& judged = renewed ? renewed->verdict : other->verdict;
  return judged.lost() == 0 && judged.package_problem.empty() ? 0 : 1;
}

}  // namespace

int command_rehearse(int argc, char** argv) {
  CommandOptions options(text);
  const auto number = [](const char* usual) {
    return cxxopts::value<std::uint64_t>()->default_value(usual);
  };
  const auto small = [](const char* usual) {
    return cxxopts::value<unsigned>()->default_value(usual);
  };
  const auto value = [] { return cxxopts::value<std::string>(); };
  options.add()("years", "how long", small("50"), "N")(
      "records", "how many are deposited, evenly over the years", number("10000"), "N")(
      "seed", "of made-up records, and of the choice from an archive", number("1"), "N")(
      "tracks", "how many authorities stamp side by side; with one, it is all that there is",
      small("2"), "N")("event", "what happens when: 'YEAR WHAT'; '' for none",
                       cxxopts::value<std::vector<std::string>>(), "EVENT")(
      "notice", "how many years before policies say that an algorithm ends", small("3"), "YEARS")(
      "every", "months between two seals", small("3"), "MONTHS")(
      "renewal", "on, or off: live without renewal only", value()->default_value("on"), "on|off")(
      "start", "when it begins", value()->default_value("2026-01-01"), "TIME")(
      "policy", "RFC 5698 policy to go by, but for the events", value(), "FILE")(
      "from", "copy records from this archive, which is only read", value(), "ARCHIVE")(
      "sample", "how many of its records", number("1000"), "N")(
      "keep", "keep both archives in this folder", value(), "DIR")(
      "passphrase-file", "of the archive's keys", value(), "FILE")("json", "the result as JSON")(
      "quiet", "no progress");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto wanted = options_of(**parsed);
  if (!wanted) return report(wanted.error());
  const std::string renewal = (**parsed)["renewal"].as<std::string>();
  if (renewal != "on" && renewal != "off") {
    return report({Errc::misuse, "renewal is on or off", "--renewal", ""});
  }
  const std::uint64_t seed = (**parsed)["seed"].as<std::uint64_t>();
  wanted->make = archive::made_up_records(seed);
  std::unique_ptr<archive::Archive> from;
  if (const auto path = option(**parsed, "from")) {
    auto opened = open_archive_at(*path, **parsed, archive::OpenMode::read_only);
    if (!opened) return report(opened.error());
    from = *std::move(opened);
    auto copied = archive::copied_records(*from, (**parsed)["sample"].as<std::uint64_t>(), seed);
    if (!copied) return report(copied.error());
    wanted->records = copied->count;
    wanted->make = std::move(copied->make);
  }
  const auto folder = RehearsalFolder::make(option(**parsed, "keep"));
  if (!folder) return report(folder.error());
  Progress progress((*parsed)->count("quiet") != 0);
  return run(*std::move(wanted), **folder, renewal == "on", (*parsed)->count("json") != 0,
             progress);
}

}  // namespace perdura::tools
