#include <iostream>

#include "tools/verify/inputs.hpp"
#include "tools/verify/judge.hpp"
#include "tools/verify/page.hpp"
#include "tools/verify/progress_line.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/report_words.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

constexpr std::uint64_t records_told_one_by_one = 20;  // without --verbose

// Prints each record's report as it comes, and the package's at the end.
class Printer {
 public:
  explicit Printer(const Options& options)
      : options_(options), detail_(options.verbose ? TextDetail::full : TextDetail::brief) {}

  bool wants(const RecordResult& record) const {
    if (options_.quiet) return false;
    if (record.verdict != Verdict::passed || options_.json || options_.verbose) return true;
    return told_ < records_told_one_by_one;
  }
  void print(const RecordResult& record) {
    told_ += record.verdict == Verdict::passed ? 1 : 0;
    std::cout << (options_.json ? record_json(record) + "\n"
                                : record_text(record, detail_, options_.language));
  }
  void print(const PackageSummary& summary) const {
    if (options_.quiet) return;
    if (!options_.json && summary.passed > told_) {
      std::cout << in_words(say("report.more-passed", {{"count", grouped(summary.passed - told_)}}),
                            options_.language)
                << "\n";
    }
    std::cout << (options_.json ? summary_json(summary) + "\n"
                                : summary_text(summary, detail_, options_.language));
  }

 private:
  const Options& options_;
  TextDetail detail_;
  std::uint64_t told_ = 0;  // of those that passed
};

}  // namespace

Result<Verdict> judge_package(const Options& options, const PackageSource* source,
                              JudgeOptions judge) {
  if (options.operands.size() != 1) return misuse("name one package", "");
  if (!options.digests.empty() || options.complete) {
    return misuse("--digest and --complete go with evidence for documents", "");
  }
  std::optional<ReportPage> page;
  if (options.html) {
    auto context = package_page(options, judge);
    if (!context) return context.error();
    page.emplace(*std::move(context));
  }
  PackageOptions package;
  package.judge = std::move(judge);
  package.threads = options.threads;
  package.log_key = options.log_key;
  ProgressLine line(!options.quiet);
  package.progress = [&](const PackageProgress& progress) { line.show(progress); };
  Printer printer(options);
  const RecordSink sink = [&](const RecordResult& record) {
    if (page) page->add(record);
    if (!printer.wants(record)) return;
    line.clear();
    printer.print(record);
  };
  const auto summary = source != nullptr ? verify_package(*source, package, sink)
                                         : verify_package(options.operands.front(), package, sink);
  line.clear();
  if (!summary) return summary.error();
  printer.print(*summary);
  if (page) {
    const auto written =
        write_page(options, [&](std::ostream& out) { return page->finish(*summary, out); });
    if (!written) return written.error();
  }
  return summary->verdict;
}

}  // namespace perdura::tools::verify
