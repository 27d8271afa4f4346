#include "verifier/report_html.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "verifier/page_style.hpp"
#include "verifier/policy.hpp"
#include "verifier/report_shape.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
namespace {

constexpr std::uint64_t records_listed_max = 1'000;  // records of each verdict
constexpr std::uint64_t told_max = 30;       // failed ones, and kinds of undecided ones, in full
constexpr std::size_t names_max = 20;        // of records that are told together
constexpr std::size_t open_max = 200;        // different things that were not shown
constexpr const char* passed_mark = "\u2713";
constexpr const char* failed_mark = "\u2717";

std::string_view mark_of(Verdict verdict) {
  return verdict == Verdict::passed ? passed_mark : verdict == Verdict::failed ? failed_mark : "?";
}

}  // namespace

ReportPage::ReportPage(PageContext context)
    : context_(std::move(context)), parts_(context_.language) {}

std::string ReportPage::chain_labels(const RecordResult& record) {
  std::string labels;
  for (const TrackResult& track : record.tracks) {
    const std::size_t at =
        chains_.add(track.chains, track.name, track.self_asserted, track.verdict);
    if (at == ProofChains::none) continue;
    labels += (labels.empty() ? "" : " ") + chain_label(at);
  }
  return labels;
}

void ReportPage::note_open(const Report& report) {
  for (const Finding& finding : report.findings) {
    if (finding.verdict != Verdict::indeterminate && !finding.warning) continue;
    const std::string key(finding.what.id.empty() ? std::string_view(finding.what.words)
                                                  : finding.what.id);
    const auto known = open_.find(key);
    if (known != open_.end()) {
      ++known->second.times;
    } else if (open_.size() < open_max) {
      open_[key] = {finding, 1};
    }
  }
  for (const Report& part : report.parts) note_open(part);
}

ReportPage::Listed& ReportPage::listed(Verdict verdict) {
  return listed_[verdict == Verdict::failed ? 0 : verdict == Verdict::indeterminate ? 1 : 2];
}

void ReportPage::note_bad(const RecordResult& record) {
  Report rest = without_passed(record.report);
  // Failed ones are told one by one, with the values that differ; of others the reasons will do.
  const bool failed = record.verdict == Verdict::failed;
  if (!failed) rest = flattened(rest);
  const std::string key = failed ? "0" + record.record : "1" + std::string(shape_of(rest));
  const auto known = told_.find(key);
  if (known == told_.end()) {
    std::uint64_t& count = failed ? failed_told_ : undecided_told_;
    if (count == told_max) {
      ++not_told_;
      return;
    }
    ++count;
    told_[key] = {record.verdict, {record.record}, 1, std::move(rest)};
    return;
  }
  Told& told = known->second;
  ++told.count;
  if (told.records.size() < names_max) told.records.push_back(record.record);
  told.report = in_common(std::move(told.report), rest);
}

void ReportPage::tell(Html& page, const Told& told) const {
  page.raw("<section class=\"record\">");
  if (told.count == 1) {
    page.foreign_element("h3", told.records.front());
  } else {
    page.element("h3", parts_.words(say("page.records-alike", {{"count", grouped(told.count)}})));
  }
  page.raw("<p class=\"").raw(verdict_class(told.verdict)).raw("\">");
  page.raw("<span class=\"mark\" aria-hidden=\"true\">").raw(mark_of(told.verdict));
  page.raw("</span>").text(parts_.words(verdict_text(told.report))).raw("</p>");
  const Text meaning = meaning_of(told.report);
  if (!meaning.empty()) {
    page.element("p", parts_.words(say("report.meaning", {{"meaning", meaning}})));
  }
  parts_.findings(page, told.report);
  if (told.count > 1) {
    std::string names;
    for (const std::string& name : told.records) names += (names.empty() ? "" : ", ") + name;
    if (told.count > told.records.size()) names += ", \u2026";
    page.raw("<p class=\"names\">").foreign(names).raw("</p>");
  }
  page.close("section");
}

void ReportPage::not_passed(Html& page) const {
  if (told_.empty()) return;
  page.element("h2", parts_.said("page.records-not-passed"));
  page.element("p", parts_.said("page.records-not-passed-explained"));
  for (const auto& one : told_) tell(page, one.second);
  if (not_told_ == 0) return;
  page.element("p", parts_.words(say("page.left-out", {{"count", grouped(not_told_)}})));
}

void ReportPage::add(const RecordResult& record) {
  const std::string labels = chain_labels(record);
  note_open(record.report);
  if (record.verdict != Verdict::passed) note_bad(record);
  Listed& kind = listed(record.verdict);
  if (++kind.count > records_listed_max) return;
  Html row;
  row.raw("<tr><td><code>").text(record.record).raw("</code></td>");
  parts_.verdict_cell(row, record.verdict);
  row.element("td", std::to_string(record.documents));
  row.element("td", record.existed_since ? parts_.time(*record.existed_since) : "");
  row.element("td", labels).raw("</tr>\n");
  kind.rows.append(row.get());
}

void ReportPage::begin(Html& page, Verdict verdict, const Text& sentence,
                       const Text& meaning) const {
  page.raw("<!DOCTYPE html>\n<html lang=\"").raw(name(context_.language)).raw("\"><head>");
  page.raw(
      "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">");
  page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
  const std::string subject = context_.inputs.empty() ? "" : context_.inputs.front().name;
  page.element("title", parts_.said("page.title") + " \u2013 " + subject);
  page.raw("<style>").raw(page_style()).raw("</style></head><body><header>");
  page.element("h1", parts_.said("page.title"));
  page.raw("<p class=\"soft\">").foreign(subject).raw("</p></header><main>\n");
  page.raw("<div class=\"verdict ").raw(verdict_class(verdict)).raw("\"><strong>");
  page.raw("<span class=\"mark\" aria-hidden=\"true\">").raw(mark_of(verdict)).raw("</span> ");
  page.text(parts_.words(verdict_text(verdict))).raw("</strong>");
  page.element("p", parts_.words(sentence));
  if (!meaning.empty()) {
    page.element("p", parts_.words(say("report.meaning", {{"meaning", meaning}})));
  }
  page.raw("</div>\n");
}

void ReportPage::inputs(Html& page) const {
  for (const PageInput& input : context_.inputs) {
    if (input.name.empty()) {
      parts_.code_fact(page, "page.digest-given", input.digests);
      continue;
    }
    parts_.fact(page, "page.file", input.name);
    if (input.octets) {
      parts_.fact(page, "page.size",
                  parts_.words(say("page.octets", {{"count", grouped(*input.octets)}})));
    }
    if (input.digests.empty()) continue;  // a folder
    parts_.code_fact(page, input.is_manifest ? "page.manifest-digest" : "page.digest",
                     input.digests);
  }
}

void ReportPage::trust(Html& page) const {
  parts_.fact(page, "page.judged-as-of", parts_.time(context_.at));
  Html anchors;
  std::set<std::string> known;
  for (const Bytes& der : context_.judge.anchors.certificates) {
    const CertificatePtr anchor = read_certificate(der);
    if (anchor == nullptr) continue;
    const CertificateFact fact = certificate_fact(*anchor);
    if (!known.insert(fact.sha256).second) continue;
    anchors.open("div").foreign(fact.subject).raw(" <span class=\"soft\">SHA-256 <code>");
    anchors.text(fact.sha256).raw("</code></span>").close("div");
  }
  page.open("tr").element("th scope=\"row\"", parts_.said("page.trusted")).open("td");
  if (known.empty()) page.text(parts_.said("page.nobody"));
  page.raw(anchors.get()).close("td").close("tr");
  const bool required = context_.judge.revocation == RevocationMode::required;
  parts_.fact(page, "page.revocation",
              parts_.said(required ? "page.revocation-required" : "page.revocation-if-present"));
  const auto& policy = context_.judge.policy ? context_.judge.policy : AlgorithmPolicy::built_in();
  parts_.fact(page, "page.policy", policy->table().name);
}

void ReportPage::not_checked(Html& page, bool package, bool own_log_key) const {
  page.element("h2", parts_.said("page.not-checked")).open("ul");
  page.element("li", parts_.said("page.not-checked-truth"));
  if (package) page.element("li", parts_.said("page.not-checked-depositor"));
  page.element("li", parts_.said("page.not-checked-missing"));
  if (own_log_key) page.element("li", parts_.said("page.not-checked-log-key"));
  const auto& all = chains_.all();
  if (std::ranges::any_of(all, [](const ProofChain& chain) { return chain.self_asserted; })) {
    page.element("li", parts_.said("page.self-asserted"));
  }
  page.close("ul");
  if (open_.empty()) return;
  page.element("p", parts_.said("page.open-points")).open("ul class=\"findings\"");
  for (const auto& one : open_) {
    page.raw("<li class=\"").raw(one.second.finding.warning ? "note" : "indeterminate").raw("\">");
    page.raw("<span class=\"mark\" aria-hidden=\"true\">");
    page.raw(one.second.finding.warning ? "!" : "?").raw("</span>");
    page.foreign(parts_.words(one.second.finding.what));
    page.foreign_element("span class=\"detail\"",
                         parts_.words(say("page.times", {{"count", grouped(one.second.times)},
                                                         {"rule", one.second.finding.rule}})));
    page.close("li");
  }
  page.close("ul");
}

void ReportPage::again(Html& page, bool package) const {
  page.element("h2", parts_.said("page.again"));
  page.element("p", parts_.said("page.again-program"));
  page.open("pre").foreign_element("code", context_.command).close("pre");
  page.element("p", parts_.said("page.again-by-hand"));
  page.open("pre").open("code");
  page.text(package ? "unzip -d case PACKAGE.zip" : "openssl dgst -sha256 DOCUMENT").raw("\n");
  page.text(package ? "sh check-by-hand.sh case CA.pem"
                    : "openssl asn1parse -inform DER -in EVIDENCE.ers");
  page.close("code");
  page.close("pre").open("table class=\"facts\"").open("tbody");
  parts_.fact(page, "page.program", "perdura-verify " + context_.version);
  parts_.code_fact(page, "page.program-digest", context_.program_sha256);
  parts_.fact(page, "page.made", parts_.time(context_.made));
  page.close("tbody").close("table");
}

Result<Ok> ReportPage::records(std::ostream& out) {
  Html table;
  not_passed(table);
  table.element("h2", parts_.said("page.records"))
      .element("p", parts_.said("page.records-explained"));
  parts_.head(
      table, "records",
      {"page.record", "page.result", "page.documents", "page.existed-since", "page.chains-column"});
  out << table.take();
  for (Listed& kind : listed_) {
    if (auto copied = kind.rows.copy_to(out); !copied) return copied;
  }
  out << "</tbody></table>\n";
  constexpr std::array<const char*, 3> more = {"page.more-failed", "page.more-indeterminate",
                                               "page.more-passed"};
  for (std::size_t i = 0; i < more.size(); ++i) {
    if (listed_[i].count <= records_listed_max) continue;
    const std::string count = grouped(listed_[i].count - records_listed_max);
    out << Html().element("p", parts_.words(say(more[i], {{"count", count}}))).take();
  }
  return Ok{};
}

Result<Ok> ReportPage::finish(const PackageSummary& summary, std::ostream& out) {
  note_open(summary.report);
  Html page;
  begin(page, summary.verdict, verdict_sentence(summary.verdict), meaning_of(summary.report));
  page.element("h2", parts_.said("page.what-was-checked")).raw("<table class=\"facts\"><tbody>");
  inputs(page);
  if (!summary.header.archive.empty()) {
    parts_.fact(page, "page.package", parts_.words(package_sentence(summary)));
  }
  parts_.fact(page, "page.counts", parts_.words(counts_sentence(summary)));
  trust(page);
  parts_.fact(page, "page.log-key",
              parts_.said(context_.log_key_given ? "page.log-key-given" : "page.log-key-own"));
  page.raw("</tbody></table>\n");
  out << page.take();
  if (auto told = records(out); !told) return told;
  Html rest;
  const PageChains chains(parts_, chains_, context_.at);
  chains.write(rest);
  chains.checks(rest);
  rest.element("h2", parts_.said("page.package-as-a-whole"));
  Report whole = summary.report;
  for (Report& part : whole.parts) {  // batches of the journal
    if (part.verdict() != Verdict::failed) part = flattened(part);
  }
  parts_.findings(rest, whole);
  not_checked(rest, true, summary.own_log_key);
  again(rest, true);
  rest.raw("</main></body></html>\n");
  out << rest.take();
  return Ok{};
}

Result<Ok> ReportPage::finish(const EvidenceReport& evidence, std::ostream& out) {
  note_open(evidence.report);
  chains_.add(evidence.chains, "", false, evidence.report.verdict());
  for (const JudgedPiece& piece : evidence.pieces) {
    chains_.add(piece.chains, parts_.words(piece.name), false, piece.verdict);
  }
  const Verdict verdict = evidence.report.verdict();
  Html page;
  begin(page, verdict, evidence_sentence(evidence), meaning_of(evidence.report));
  page.element("h2", parts_.said("page.what-was-checked")).raw("<table class=\"facts\"><tbody>");
  inputs(page);
  if (evidence.existed_since) {
    parts_.fact(page, "page.existed-since", parts_.time(*evidence.existed_since));
  }
  trust(page);
  page.raw("</tbody></table>\n");
  PageChains(parts_, chains_, context_.at).write(page);
  page.element("h2", parts_.said("page.all-checks"));
  parts_.findings(page, evidence.report);
  not_checked(page, false, false);
  again(page, false);
  page.raw("</main></body></html>\n");
  out << page.take();
  return Ok{};
}

}  // namespace perdura::verifier
