#include "archive/rehearsal_verdict.hpp"

#include <algorithm>

#include "archive/calendar.hpp"
#include "archive/export.hpp"
#include "archive/local_tsa.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::archive {
namespace {

using verifier::PackageOptions;
using verifier::RecordResult;
using verifier::Verdict;

// What decides that a record did not pass.
std::string why(const RecordResult& record) {
  const verifier::Finding* finding = record.report.decisive();
  if (finding == nullptr) return "nothing could be checked";
  return std::string(verifier::name(finding->sub_indication)) + ": " +
         verifier::in_english(finding->what);
}

class LifeJudge {
 public:
  explicit LifeJudge(const Rehearsal& rehearsal)
      : rehearsal_(rehearsal), archive_(rehearsal.archive()) {}

  Result<RehearsedVerdict> run() {
    RehearsedVerdict verdict;
    std::map<std::string, std::string> lost;  // record to why
    const auto package = rehearsal_.options().folder / "all-records.zip";
    if (auto written = write_package(package, {}); !written) return written.error();
    const auto options = options_at(rehearsal_.end());
    if (!options) return options.error();
    const auto summary = verifier::verify_package(package, *options, [&](RecordResult record) {
      if (record.verdict != Verdict::passed) lost[record.record] = why(record);
    });
    if (!summary) return summary.error();
    verdict.records = summary->records;
    verdict.passed = summary->passed;
    if (summary->report.verdict() != Verdict::passed) {
      const verifier::Finding* finding = summary->report.decisive();
      verdict.package_problem = finding ? verifier::in_english(finding->what) : "nothing checked";
    }
    if (lost.empty()) return verdict;
    if (auto found = find_years(); !found) return found.error();
    sum(lost, verdict);
    return verdict;
  }

 private:
  // These deposits; none: all.
  Result<Ok> write_package(const std::filesystem::path& path,
                           std::vector<std::uint64_t> deposits) const {
    ExportOptions options;
    options.records = std::move(deposits);
    options.exported_by = "rehearsal";
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    const auto written = export_package(archive_, path, options);
    if (!written) return written.error();
    return Ok{};
  }

  // As a person would verify at `at`.
  Result<PackageOptions> options_at(Time at) const {
    auto judge = judge_options(archive_);
    if (!judge) return judge.error();
    PackageOptions options;
    options.judge = *std::move(judge);
    options.judge.at = at;
    options.judge.revocation = verifier::RevocationMode::required;
    options.judge.policy = rehearsal_.policy_at_end();
    options.judge.detail = verifier::ReportDetail::brief;
    options.log_key = archive_.journal().key().vkey();
    options.threads = rehearsal_.options().threads;
    for (const auto& [name, when] : rehearsal_.compromised()) {
      if (at < when) continue;
      auto list = status_list(*archive_.config().track(name), at);
      if (!list) return list.error();
      options.judge.extra_crls.push_back(*std::move(list));
    }
    return options;
  }

  // What the CA of a track's last TSA certificate says about it.
  Result<Bytes> status_list(const Track& track, Time at) const {
    const auto tsa = LocalTsa::open(archive_.folder() / track.folder, archive_.clock());
    if (!tsa) return tsa.error();
    const auto authority = (*tsa)->authority();
    auto status = authority->status_of(authority->signer().certificate, at);
    verifier::check(status.has_value(), "a CA knows the certificate that it issued");
    return std::move(status->crl);
  }

  // The year at whose end each batch could be proven last, by its first record.
  Result<Ok> find_years() {
    std::map<std::uint64_t, std::uint64_t> first;  // batch to a deposit of it
    auto visited = for_each_batch(archive_, [&](const Batch& batch) -> Result<bool> {
      batches_.push_back(batch);
      return true;
    });
    if (!visited) return visited;
    auto deposits = for_each_record(
        archive_, {}, [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
          const std::uint64_t batch = batch_of(index);
          batch_of_record_[row.statement.address.hex()] = batch;
          if (first.emplace(batch, index).second) chosen_.push_back(index);
          return true;
        });
    if (!deposits) return deposits;
    const auto package = rehearsal_.options().folder / "one-record-a-batch.zip";
    if (auto written = write_package(package, chosen_); !written) return written;
    const Time start = rehearsal_.options().start;
    for (unsigned year = 1; year <= rehearsal_.options().years; ++year) {
      const auto options = options_at(plus_months(start, static_cast<int>(year) * 12) + -1);
      if (!options) return options.error();
      const int number = year_of(options->judge.at);
      const auto summary = verifier::verify_package(package, *options, [&](RecordResult record) {
        if (record.verdict != Verdict::passed) return;
        last_year_[batch_of_record_.at(record.record)] = number;
      });
      if (!summary) return summary.error();
    }
    return Ok{};
  }

  std::uint64_t batch_of(std::uint64_t deposit) const {
    const auto batch = std::ranges::upper_bound(batches_, deposit, {}, &Batch::end);
    return batch == batches_.end() ? batches_.size() : batch->number;
  }

  void sum(const std::map<std::string, std::string>& lost, RehearsedVerdict& verdict) {
    std::map<std::string, RehearsedLoss> by_cause;
    for (const auto& [record, cause] : lost) {
      RehearsedLoss& loss = by_cause[cause];
      loss.why = cause;
      ++loss.records;
      const auto known = batch_of_record_.find(record);
      const auto year =
          known == batch_of_record_.end() ? last_year_.end() : last_year_.find(known->second);
      ++loss.lost_after[year == last_year_.end() ? 0 : year->second];
    }
    for (auto& [cause, loss] : by_cause) verdict.losses.push_back(std::move(loss));
  }

  const Rehearsal& rehearsal_;
  const Archive& archive_;
  std::vector<Batch> batches_;
  std::vector<std::uint64_t> chosen_;  // one deposit of each batch
  std::map<std::string, std::uint64_t> batch_of_record_;
  std::map<std::uint64_t, int> last_year_;  // by batch
};

}  // namespace

Result<RehearsedVerdict> judge_rehearsal(const Rehearsal& rehearsal) {
  return LifeJudge(rehearsal).run();
}

}  // namespace perdura::archive
