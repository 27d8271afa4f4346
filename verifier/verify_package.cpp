#include "verifier/verify_package.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "verifier/bag.hpp"
#include "verifier/findings.hpp"
#include "verifier/ordered_pipeline.hpp"
#include "verifier/verify_record.hpp"

namespace perdura::verifier {
namespace {

constexpr unsigned threads_max = 64;
constexpr std::size_t window_per_thread = 16;
constexpr std::size_t parts_max = 1000;  // reports of batches that are kept
constexpr std::size_t package_findings_max = 1000;
constexpr std::size_t roots_max = 100'000;  // of checkpoints that are compared

// What judging one group of files yielded: exactly one of the three.
struct GroupOutcome {
  std::optional<RecordResult> record;
  std::optional<std::pair<BatchResult, Report>> batch;
  std::vector<Finding> findings;  // of a single file
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

bool is_record(const FileGroup& group) { return group.folder.starts_with(package_name::records); }

GroupOutcome judge_group(const FileGroup& group, FileHasher& files, const PackageContext& context) {
  GroupOutcome outcome;
  outcome.files = group.files.size();
  if (is_record(group)) {
    outcome.record = judge_record(group, files, context);
    outcome.bytes = outcome.record->bytes;
  } else if (!group.folder.empty()) {
    Report report;
    const BatchResult result = judge_batch(group, files, context, report, outcome.bytes);
    outcome.batch.emplace(result, std::move(report));
  } else {
    for (const ManifestEntry& entry : group.files) {
      const bool known = entry.name == package_name::header ||
                         entry.name == package_name::newest_checkpoint ||
                         entry.name.starts_with(package_name::trust);
      const auto size = known ? judge_listed(files, entry, entry.name, outcome.findings)
                              : judge_uncovered(files, entry, entry.name, outcome.findings);
      outcome.bytes += size.value_or(0);
    }
  }
  return outcome;
}

class PackageChecks {
 public:
  PackageChecks(const PackageSource& source, const PackageOptions& options,
                const TokenJudge& tokens, const RecordSink& sink)
      : source_(source), options_(options), sink_(sink), tokens_(tokens) {
    summary_.report.subject = say("subject.package");
  }

  Result<PackageSummary> run() {
    const auto start = std::chrono::steady_clock::now();
    const TagFiles tags = judge_tag_files(source_);
    for (const Finding& finding : tags.findings) add(finding);
    auto reader = source_.reader();
    if (!reader) return reader.error();
    read_header(**reader);
    if (auto known = choose_log_key(); !known) return known.error();
    auto manifest = BagManifest::open(source_, tags);
    if (manifest) {
      for (const Finding& finding : manifest->findings()) add(finding);
      const PackageContext context = context_for(manifest->unlisted(), **reader);
      if (auto judged = judge_groups(*manifest, context); !judged) return judged.error();
      report_unlisted(*manifest);
      check_counts(tags.payload_oxum);
    } else {
      add(failed(manifest.error().code == Errc::not_found ? SubIndication::missing_data
                                                          : SubIndication::format_failure,
                 say("package.no-manifest"), to_string(manifest.error()),
                 "RFC 8493 section 2.1.3"));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    summary_.seconds = took.count();
    summary_.verdict = std::max(summary_.report.verdict(), worst_record_);
    return std::move(summary_);
  }

 private:
  void add(Finding finding) {
    if (summary_.report.findings.size() < package_findings_max) {
      summary_.report.findings.push_back(std::move(finding));
    }
  }

  void read_header(PackageReader& reader) {
    const auto octets = read_whole(reader, package_name::header, package_header_size_max);
    if (!octets) {
      add(failed(SubIndication::missing_data, say("package.no-header"), to_string(octets.error()),
                 package_rule));
      return;
    }
    auto header = parse_package_header(as_text(*octets));
    if (header) {
      summary_.header = *std::move(header);
      has_header_ = true;
      return;
    }
    const bool newer = header.error().code == Errc::unsupported;
    add(newer ? undecided(SubIndication::unsupported_algorithm, say("package.header-newer"),
                          to_string(header.error()), package_rule)
              : failed(SubIndication::format_failure, say("package.header-unreadable"),
                       to_string(header.error()), package_rule));
  }

  // The key that was given, or else the package's own. Errors: misuse.
  Result<Ok> choose_log_key() {
    if (options_.log_key) {
      auto log = NoteVerifier::from_vkey(*options_.log_key);
      if (!log) {
        return Error{Errc::misuse, log.error().what, "log key",
                     "it looks like archive.example.org+1a2b3c4d+base64"};
      }
      log_ = *std::move(log);
      return Ok{};
    }
    if (!has_header_) return Ok{};
    auto log = NoteVerifier::from_vkey(summary_.header.log_key);
    if (!log) {
      add(failed(SubIndication::format_failure, say("package.log-key-unreadable"),
                 to_string(log.error()), package_rule));
      return Ok{};
    }
    log_ = *std::move(log);
    summary_.own_log_key = true;
    add(warned(say("package.own-log-key"), summary_.header.log_key, package_rule));
    return Ok{};
  }

  PackageContext context_for(const UnlistedFiles& unlisted, PackageReader& reader) {
    PackageContext context{
        tokens_, log_ ? &*log_ : nullptr, unlisted, summary_.header.tracks, std::nullopt, {}};
    const auto octets = read_whole(reader, package_name::newest_checkpoint, note_size_max);
    if (!octets) {
      add(undecided(SubIndication::no_poe, say("package.no-newest-checkpoint"),
                    to_string(octets.error()), package_rule));
      return context;
    }
    const std::string note(as_text(*octets));
    auto checkpoint =
        log_ ? parse_signed_checkpoint(note, *log_) : parse_checkpoint_unverified(note);
    if (!checkpoint) {
      const bool denied = checkpoint.error().code == Errc::denied;
      add(failed(denied ? SubIndication::signature_failure : SubIndication::format_failure,
                 denied ? say("package.newest-checkpoint-not-signed")
                        : say("package.newest-checkpoint-unreadable"),
                 to_string(checkpoint.error()), "c2sp.org/tlog-checkpoint"));
      return context;
    }
    context.newest = *checkpoint;
    if (log_) compare(*checkpoint);
    if (!log_) {
      add(undecided(SubIndication::no_trust_anchor, say("journal.key-unknown"), "", package_rule));
    } else {
      add(passed(say("package.newest-checkpoint-signed"),
                 checkpoint->origin + ", " + std::to_string(checkpoint->size) + " entries",
                 "c2sp.org/signed-note"));
    }
    return context;
  }

  unsigned threads() const {
    const unsigned wanted =
        options_.threads != 0 ? options_.threads : std::thread::hardware_concurrency();
    return std::clamp(wanted, 1u, threads_max);
  }

  Result<Ok> judge_groups(const BagManifest& manifest, PackageContext context) {
    using Pipeline = OrderedPipeline<FileGroup, GroupOutcome>;
    std::vector<std::shared_ptr<FileHasher>> hashers;
    for (unsigned i = 0; i < threads(); ++i) {
      auto reader = source_.reader();
      if (!reader) return reader.error();
      hashers.push_back(std::make_shared<FileHasher>(*std::move(reader)));
    }
    const auto make_work = [&](unsigned i) -> Pipeline::Work {
      return [files = hashers[i], &context](FileGroup& group) {
        return judge_group(group, *files, context);
      };
    };
    unvisited_ = &manifest.unlisted();
    bool records_began = false;
    Pipeline pipeline(threads(), threads() * window_per_thread, make_work,
                      [&](GroupOutcome outcome) { take(std::move(outcome), context); });
    const auto judged = manifest.for_each_group([&](FileGroup group) -> Result<Ok> {
      // Records are judged by the journal: "data/journal/" sorts before "data/records/".
      if (is_record(group) && !std::exchange(records_began, true)) pipeline.drain();
      visited_unlisted(group.folder);
      pipeline.push(std::move(group));
      return Ok{};
    });
    pipeline.drain();
    return judged;
  }

  void visited_unlisted(const std::string& folder) {
    if (folder.empty()) return;
    if (const auto at = unvisited_->find(folder); at != unvisited_->end()) {
      reported_unlisted_.insert(at->first);
    }
  }

  void take(GroupOutcome outcome, PackageContext& context) {
    summary_.files += outcome.files;
    summary_.bytes += outcome.bytes;
    for (Finding& finding : outcome.findings) add(std::move(finding));
    if (outcome.batch) {
      auto& [result, report] = *outcome.batch;
      ++batches_;
      const bool told = result.verdict != Verdict::passed || batches_ <= 10;
      if (told && summary_.report.parts.size() < parts_max) {
        summary_.report.parts.push_back(std::move(report));
      }
      worst_record_ = std::max(worst_record_, result.verdict);
      if (result.checkpoint) compare(*result.checkpoint);
      context.batches[result.batch] = result;
    }
    if (outcome.record) {
      ++summary_.records;
      const Verdict verdict = outcome.record->verdict;
      ++(verdict == Verdict::passed   ? summary_.passed
         : verdict == Verdict::failed ? summary_.failed
                                      : summary_.indeterminate);
      worst_record_ = std::max(worst_record_, verdict);
      for (const Checkpoint& checkpoint : outcome.record->checkpoints) compare(checkpoint);
      sink_(*std::move(outcome.record));
    }
    if (options_.progress) {
      options_.progress({summary_.records, summary_.bytes, summary_.header.records});
    }
  }

  // Two signed checkpoints of one size and different roots: the journal forked (RFC 9162 section
  // 2.1.4: each is the beginning of all later ones).
  void compare(const Checkpoint& checkpoint) {
    if (roots_.size() >= roots_max && !roots_.contains(checkpoint.size)) return;
    const auto [known, fresh] = roots_.emplace(checkpoint.size, checkpoint.root);
    if (fresh || known->second == checkpoint.root) return;
    add(failed(SubIndication::journal_failure, say("journal.forked"),
               std::to_string(checkpoint.size) + " entries, roots " + known->second.hex() +
                   " and " + checkpoint.root.hex(),
               "RFC 9162 section 2.1.4"));
  }

  // Files that no line of the manifest names, outside of the folders that were judged.
  void report_unlisted(const BagManifest& manifest) {
    for (const auto& folder : manifest.unlisted()) {
      if (reported_unlisted_.contains(folder.first)) continue;
      for (const std::string& name : folder.second) {
        add(failed(SubIndication::missing_data, say("package.file-not-listed", {{"file", name}}),
                   "", "RFC 8493 section 3"));
      }
    }
    if (manifest.unlisted_count() == 0 && manifest.findings().empty()) {
      add(passed(say("package.exactly-listed-files"), std::to_string(manifest.files()) + " files",
                 "RFC 8493 section 3"));
    }
  }

  // What the package says about its own size, when nothing else explains a difference.
  void check_counts(const std::string& payload_oxum) {
    if (has_header_ && summary_.header.records != summary_.records) {
      add(failed(
          SubIndication::missing_data,
          say("package.record-count-differs", {{"stated", std::to_string(summary_.header.records)},
                                               {"found", std::to_string(summary_.records)}}),
          "", package_rule));
    }
    const std::string oxum = std::to_string(summary_.bytes) + "." + std::to_string(summary_.files);
    const bool sound = std::max(summary_.report.verdict(), worst_record_) != Verdict::failed;
    if (sound && !payload_oxum.empty() && payload_oxum != oxum) {
      add(failed(SubIndication::missing_data, say("package.oxum-differs"),
                 "Payload-Oxum " + payload_oxum + ", found " + oxum, "RFC 8493 section 2.2.2"));
    }
  }

  const PackageSource& source_;
  const PackageOptions& options_;
  const RecordSink& sink_;
  const TokenJudge& tokens_;
  PackageSummary summary_;
  std::optional<NoteVerifier> log_;
  bool has_header_ = false;
  std::uint64_t batches_ = 0;
  Verdict worst_record_ = Verdict::passed;  // of records and batches
  const UnlistedFiles* unvisited_ = nullptr;
  std::set<std::string, std::less<>> reported_unlisted_;
  std::unordered_map<std::uint64_t, Digest> roots_;  // of the journal's signed checkpoints, by size
};

}  // namespace

Result<PackageSummary> verify_package(const std::filesystem::path& path,
                                      const PackageOptions& options, const RecordSink& sink) {
  const auto source = open_package_source(path);
  if (!source) return source.error();
  return verify_package(**source, options, sink);
}

Result<PackageSummary> verify_package(const PackageSource& source, const PackageOptions& options,
                                      const RecordSink& sink) {
  JudgeOptions judge = options.judge;
  judge.detail = ReportDetail::brief;  // very many records: what passed is told in brief
  return verify_package(source, options, TokenJudge(std::move(judge)), sink);
}

Result<PackageSummary> verify_package(const PackageSource& source, const PackageOptions& options,
                                      const TokenJudge& tokens, const RecordSink& sink) {
  const auto reader = source.reader();
  if (!reader) return reader.error();
  if (!(*reader)->number("bagit.txt")) {
    return Error{Errc::malformed, "is no package: there is no bagit.txt at its top", "package",
                 "give the folder that holds bagit.txt, or the zip as it was exported"};
  }
  if (!source.odd_name().empty()) {
    return Error{Errc::malformed, source.odd_name(), "package", ""};
  }
  return PackageChecks(source, options, tokens, sink).run();
}

}  // namespace perdura::verifier
