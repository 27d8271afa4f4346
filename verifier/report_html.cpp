#include "verifier/report_html.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "verifier/page_style.hpp"
#include "verifier/policy.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
namespace {

constexpr std::uint64_t listed_max = 1'000;  // records of each verdict
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
    const std::size_t at = chains_.add(track.chains, track.name, track.self_asserted);
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

void ReportPage::tell(const RecordResult& record) {
  Html page;
  page.raw("<section class=\"record\">");
  page.foreign_element("h3", record.record);
  page.raw("<p class=\"").raw(verdict_class(record.verdict)).raw("\">");
  page.raw("<span class=\"mark\" aria-hidden=\"true\">").raw(mark_of(record.verdict));
  page.raw("</span>").text(parts_.words(verdict_text(record.report)));
  page.raw("</p>");
  const Text meaning = meaning_of(record.report);
  if (!meaning.empty()) {
    page.element("p", parts_.words(say("report.meaning", {{"meaning", meaning}})));
  }
  parts_.findings(page, record.report);
  page.close("section");
  listed(record.verdict).told.append(page.get());
}

void ReportPage::add(const RecordResult& record) {
  const std::string labels = chain_labels(record);
  note_open(record.report);
  Listed& kind = listed(record.verdict);
  if (++kind.count > listed_max) return;
  if (record.verdict != Verdict::passed) tell(record);
  Html row;
  row.raw("<tr><td><code>").text(record.record).raw("</code></td><td class=\"");
  row.raw(verdict_class(record.verdict)).raw("\">");
  row.text(parts_.words(verdict_text(record.verdict))).raw("</td>");
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
    parts_.fact(page, "page.file", input.name);
    if (input.octets) {
      parts_.fact(page, "page.size",
                  parts_.words(say("page.octets", {{"count", grouped(*input.octets)}})));
    }
    parts_.code_fact(page, input.is_manifest ? "page.manifest-digest" : "page.digest",
                     input.digests);
  }
}

void ReportPage::trust(Html& page) const {
  parts_.fact(page, "page.judged-as-of", parts_.time(context_.at));
  std::set<std::string> anchors;
  for (const Bytes& der : context_.judge.anchors.certificates) {
    const CertificatePtr anchor = read_certificate(der);
    if (anchor == nullptr) continue;
    const CertificateFact fact = certificate_fact(*anchor);
    if (!anchors.insert(fact.sha256).second) continue;
    parts_.fact(page, "page.trusted", fact.subject + " (SHA-256 " + fact.sha256 + ")");
  }
  if (anchors.empty()) parts_.fact(page, "page.trusted", parts_.said("page.nobody"));
  const bool required = context_.judge.revocation == RevocationMode::required;
  parts_.fact(page, "page.revocation",
              parts_.said(required ? "page.revocation-required" : "page.revocation-if-present"));
  const auto& policy = context_.judge.policy ? context_.judge.policy : AlgorithmPolicy::built_in();
  parts_.fact(page, "page.policy", policy->table().name);
}

void ReportPage::chains(Html& page) const {
  if (chains_.all().empty()) return;
  page.element("h2", parts_.said("page.chains"));
  page.element("p", parts_.said("page.chains-explained"));
  ToldStamps told;
  for (std::size_t i = 0; i < chains_.all().size(); ++i) {
    parts_.chain(page, chains_.all()[i], chain_label(i), context_.at, told);
  }
  if (chains_.left_out() != 0) {
    page.element(
        "p", parts_.words(say("page.chains-left-out", {{"count", grouped(chains_.left_out())}})));
  }
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
  page.open("pre").element("code", package ? "unzip -d case PACKAGE.zip\n"
                                             "sh check-by-hand.sh case CA.pem"
                                           : "openssl dgst -sha256 DOCUMENT\n"
                                             "openssl asn1parse -inform DER -in EVIDENCE.ers");
  page.close("pre").open("table class=\"facts\"").open("tbody");
  parts_.fact(page, "page.program", "perdura-verify " + context_.version);
  parts_.code_fact(page, "page.program-digest", context_.program_sha256);
  parts_.fact(page, "page.made", parts_.time(context_.made));
  page.close("tbody").close("table");
}

void ReportPage::records_head(Html& page) const {
  page.raw("<table class=\"records\"><thead><tr>");
  for (const char* id : {"page.record", "page.result", "page.documents", "page.existed-since",
                         "page.chains-column"}) {
    page.element("th scope=\"col\"", parts_.said(id));
  }
  page.raw("</tr></thead><tbody>\n");
}

Result<Ok> ReportPage::records(std::ostream& out) {
  if (listed_[0].count + listed_[1].count != 0) {
    out << Html().element("h2", parts_.said("page.records-not-passed")).take();
    for (Listed& kind : listed_) {
      if (auto copied = kind.told.copy_to(out); !copied) return copied;
    }
  }
  Html table;
  table.element("h2", parts_.said("page.records"))
      .element("p", parts_.said("page.records-explained"));
  records_head(table);
  out << table.take();
  for (Listed& kind : listed_) {
    if (auto copied = kind.rows.copy_to(out); !copied) return copied;
  }
  out << "</tbody></table>\n";
  constexpr std::array<const char*, 3> more = {"page.more-failed", "page.more-indeterminate",
                                               "page.more-passed"};
  for (std::size_t i = 0; i < more.size(); ++i) {
    if (listed_[i].count <= listed_max) continue;
    const std::string count = grouped(listed_[i].count - listed_max);
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
  chains(rest);
  rest.element("h2", parts_.said("page.package-as-a-whole"));
  parts_.findings(rest, summary.report);
  not_checked(rest, true, summary.own_log_key);
  again(rest, true);
  rest.raw("</main></body></html>\n");
  out << rest.take();
  return Ok{};
}

Result<Ok> ReportPage::finish(const EvidenceReport& evidence, std::ostream& out) {
  note_open(evidence.report);
  chains_.add(evidence.chains, "", false);
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
  chains(page);
  page.element("h2", parts_.said("page.all-checks"));
  parts_.findings(page, evidence.report);
  not_checked(page, false, false);
  again(page, false);
  page.raw("</main></body></html>\n");
  out << page.take();
  return Ok{};
}

}  // namespace perdura::verifier
