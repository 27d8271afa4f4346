#include "verifier/report_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "verifier/printable.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
namespace {

std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }

bool is_told(const Finding& finding, TextDetail detail) {
  return detail == TextDetail::full || finding.verdict != Verdict::passed || finding.warning;
}

bool has_anything_told(const Report& report, TextDetail detail) {
  const auto told = [detail](const Finding& finding) { return is_told(finding, detail); };
  return std::ranges::any_of(report.findings, told) ||
         std::ranges::any_of(report.parts, [detail](const Report& part) {
           return has_anything_told(part, detail);
         });
}

class Teller {
 public:
  Teller(TextDetail detail, Language language) : detail_(detail), language_(language) {}

  std::string words(const Text& text) const { return printable(in_words(text, language_)); }
  std::string line(const Text& text, std::size_t depth) const {
    return indent(depth) + words(text) + "\n";
  }

  std::string tree(const Report& report, std::size_t depth) const {
    std::string text;
    for (const Finding& finding : report.findings) {
      if (is_told(finding, detail_)) text += one(finding, depth);
    }
    for (const Report& part : report.parts) {
      if (!has_anything_told(part, detail_)) continue;
      text += indent(depth) + words(part.subject) + ":\n" + tree(part, depth + 1);
    }
    return text;
  }

  // What the decisive finding means; nothing when all passed.
  std::string meaning(const Report& report, std::size_t depth) const {
    const Text means = meaning_of(report);
    return means.empty() ? "" : line(say("report.meaning", {{"meaning", means}}), depth);
  }

 private:
  std::string one(const Finding& finding, std::size_t depth) const {
    Text marked = finding.what;
    if (finding.warning) marked = say("report.note", {{"finding", finding.what}});
    if (finding.verdict == Verdict::failed) {
      marked = say("report.failed", {{"finding", finding.what}});
    } else if (finding.verdict == Verdict::indeterminate) {
      marked = say("report.indeterminate", {{"finding", finding.what}});
    }
    std::string text = line(marked, depth);
    std::string source = printable(detail_in_words(finding.detail, language_));
    if (!finding.rule.empty()) {
      if (!source.empty()) source += "; ";
      source += finding.rule;
    }
    if (!source.empty()) text += indent(depth + 2) + "[" + source + "]\n";
    return text;
  }

  TextDetail detail_;
  Language language_;
};

}  // namespace

std::string report_text(const Report& report, TextDetail detail, Language language) {
  return Teller(detail, language).tree(report, 0);
}

std::string record_text(const RecordResult& record, TextDetail detail, Language language) {
  const Teller teller(detail, language);
  std::string text = teller.words(record_sentence(record)) + "\n";
  text += teller.tree(record.report, 1);
  if (record.verdict != Verdict::passed) text += teller.meaning(record.report, 1);
  return text;
}

std::string summary_text(const PackageSummary& summary, TextDetail detail, Language language) {
  const Teller teller(detail, language);
  std::string text;
  if (!summary.header.archive.empty()) text += teller.line(package_sentence(summary), 0);
  text += teller.tree(summary.report, 1);
  if (summary.report.verdict() != Verdict::passed) text += teller.meaning(summary.report, 1);
  text += teller.line(counts_sentence(summary), 0);
  text += teller.line(verdict_sentence(summary.verdict), 0);
  return text;
}

std::string evidence_text(const EvidenceReport& evidence, TextDetail detail, Language language) {
  const Teller teller(detail, language);
  std::string text = teller.words(evidence_sentence(evidence)) + "\n";
  text += teller.tree(evidence.report, 1);
  if (evidence.report.verdict() != Verdict::passed) text += teller.meaning(evidence.report, 1);
  return text;
}

}  // namespace perdura::verifier
