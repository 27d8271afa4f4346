#include "verifier/page_parts.hpp"

#include <algorithm>

#include "verifier/proof_picture.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
namespace {

std::string_view step_id(ProofStep step) {
  switch (step) {
    case ProofStep::first:
      return "page.step-first";
    case ProofStep::time_stamp_renewal:
      return "page.step-time-stamp-renewal";
    case ProofStep::hash_tree_renewal:
      break;
  }
  return "page.step-hash-tree-renewal";
}

// "A 1, A 2"
std::string numbers(const std::vector<std::size_t>& stamps) {
  std::string text;
  for (const std::size_t stamp : stamps) {
    text += (text.empty() ? "" : ", ") + std::to_string(stamp + 1);
  }
  return text;
}

// The facts of a chain's stamps, each once by its `key`, with the stamps that it is of.
template <typename Fact>
std::vector<std::pair<const Fact*, std::vector<std::size_t>>> with_stamps(
    const ProofChain& chain, std::vector<Fact> ProofStamp::*facts, std::string Fact::*key) {
  std::vector<std::pair<const Fact*, std::vector<std::size_t>>> all;
  for (std::size_t i = 0; i < chain.stamps.size(); ++i) {
    for (const Fact& fact : chain.stamps[i].*facts) {
      const auto same = [&](const auto& known) { return known.first->*key == fact.*key; };
      auto at = std::ranges::find_if(all, same);
      if (at == all.end()) at = all.insert(all.end(), {&fact, {}});
      at->second.push_back(i);
    }
  }
  return all;
}

}  // namespace

std::string_view verdict_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::indeterminate:
      return "indeterminate";
    case Verdict::failed:
      break;
  }
  return "failed";
}

std::string PageParts::time(Time time) const {
  const std::string written = verifier::to_string(time);
  return words(
      say("page.time", {{"date", written.substr(0, 10)}, {"clock", written.substr(11, 8)}}));
}

void PageParts::fact(Html& page, std::string_view id, const std::string& value) const {
  page.open("tr").element("th scope=\"row\"", said(id)).foreign_element("td", value).close("tr");
}

void PageParts::code_fact(Html& page, std::string_view id, const std::string& value) const {
  page.open("tr").element("th scope=\"row\"", said(id)).open("td");
  page.foreign_element("code", value).close("td").close("tr");
}

void PageParts::head(Html& page, std::initializer_list<std::string_view> ids) const {
  page.open("table").open("thead").open("tr");
  for (const std::string_view id : ids) page.element("th scope=\"col\"", said(id));
  page.close("tr").close("thead").open("tbody");
}

void PageParts::finding(Html& page, const Finding& finding) const {
  const std::string_view kind = finding.warning ? "note" : verdict_class(finding.verdict);
  const char* mark = finding.verdict == Verdict::failed          ? "\u2717"
                     : finding.verdict == Verdict::indeterminate ? "?"
                     : finding.warning                           ? "!"
                                                                 : "\u2713";
  page.raw("<li class=\"").raw(kind).raw("\"><span class=\"mark\" aria-hidden=\"true\">").raw(mark);
  page.raw("</span>");
  Text told = finding.what;
  if (finding.warning) told = say("report.note", {{"finding", finding.what}});
  if (finding.verdict == Verdict::failed) told = say("report.failed", {{"finding", finding.what}});
  if (finding.verdict == Verdict::indeterminate) {
    told = say("report.indeterminate", {{"finding", finding.what}});
  }
  page.foreign(words(told));
  std::string detail = words(finding.detail);
  if (!finding.rule.empty()) detail += (detail.empty() ? "" : "; ") + finding.rule;
  if (!detail.empty()) page.foreign_element("span class=\"detail\"", detail);
  page.close("li");
}

void PageParts::findings(Html& page, const Report& report) const {
  if (report.findings.empty() && report.parts.empty()) return;
  page.open("ul class=\"findings\"");
  for (const Finding& one : report.findings) finding(page, one);
  for (const Report& part : report.parts) {
    page.open("li").raw("<span class=\"mark\" aria-hidden=\"true\">\u00b7</span>");
    page.foreign_element("span class=\"label\"", words(part.subject));
    findings(page, part);
    page.close("li");
  }
  page.close("ul");
}

void PageParts::stamps(Html& page, const ProofChain& chain) const {
  head(page, {"page.number", "page.time-of-stamp", "page.kind", "page.authority",
              "page.relied-on-until", "page.result"});
  for (std::size_t i = 0; i < chain.stamps.size(); ++i) {
    const ProofStamp& stamp = chain.stamps[i];
    page.open("tr").element("td", std::to_string(i + 1));
    page.element("td", stamp.gen_time ? time(*stamp.gen_time) : said("page.unknown"));
    page.open("td").text(said(step_id(stamp.step)));
    if (!stamp.hash_function.empty()) page.raw("<br>").text(stamp.hash_function);
    page.close("td").open("td").foreign(stamp.authority);
    page.raw("<br><span class=\"soft\">").text(said("page.serial-number")).raw(" <code>");
    page.text(stamp.serial_number).raw("</code></span>").close("td");
    page.element("td", time(stamp.until));
    page.raw("<td class=\"").raw(verdict_class(stamp.verdict)).raw("\">");
    page.text(words(verdict_text(stamp.verdict))).close("td").close("tr");
  }
  page.close("tbody").close("table");
}

void PageParts::certificates(Html& page, const ProofChain& chain) const {
  const auto all = with_stamps(chain, &ProofStamp::certificates, &CertificateFact::sha256);
  if (all.empty()) return;
  page.element("h4", said("page.certificates"));
  head(page, {"page.subject", "page.issuer", "page.valid", "page.key", "page.stamps"});
  for (const auto& [fact, used] : all) {
    page.open("tr").open("td").foreign(fact->subject).raw("<br><span class=\"soft\">");
    page.text(said("page.serial-number")).raw(" <code>").text(fact->serial_number);
    page.raw("</code><br>SHA-256 <code>").text(fact->sha256).raw("</code></span>").close("td");
    page.foreign_element("td", fact->issuer);
    page.open("td").text(time(fact->not_before)).raw("<br>").text(time(fact->not_after));
    page.close("td").element("td", fact->key).element("td", numbers(used)).close("tr");
  }
  page.close("tbody").close("table");
}

void PageParts::algorithms(Html& page, const ProofChain& chain) const {
  const auto all = with_stamps(chain, &ProofStamp::algorithms, &AlgorithmFact::name);
  if (all.empty()) return;
  page.element("h4", said("page.algorithms"));
  head(page, {"page.algorithm", "page.fit-until", "page.stamps"});
  for (const auto& [fact, used] : all) {
    page.open("tr").foreign_element("td", fact->name).open("td");
    page.text(!fact->known ? said("page.not-in-policy")
              : fact->end  ? time(*fact->end)
                           : said("page.no-end-known"));
    page.close("td").element("td", numbers(used)).close("tr");
  }
  page.close("tbody").close("table");
}

void PageParts::chain(Html& page, const ProofChain& chain, const std::string& label, Time at,
                      ToldStamps& told) const {
  page.raw("<section id=\"chain-").raw(label).raw("\">");
  page.foreign_element(
      "h3", words(chain.track.empty()
                      ? say("page.chain", {{"chain", label}})
                      : say("page.chain-of-track", {{"chain", label}, {"track", chain.track}})));
  page.element("p class=\"soft\"",
               words(say("page.chain-records", {{"count", grouped(chain.records)}})));
  if (chain.self_asserted) page.element("p", said("page.self-asserted"));
  const std::string picture = proof_picture(chain, label, at, language_);
  if (!picture.empty()) {
    page.open("figure").raw(picture).element("figcaption", said("page.picture-legend"));
    page.close("figure");
  }
  stamps(page, chain);
  certificates(page, chain);
  algorithms(page, chain);
  page.element("h4", said("page.checks-of-time-stamps"));
  for (std::size_t i = 0; i < chain.stamps.size(); ++i) {
    const ProofStamp& stamp = chain.stamps[i];
    const std::string number = std::to_string(i + 1);
    page.element("p class=\"label\"", words(say("subject.time-stamp", {{"number", number}})));
    const std::string same = stamp.authority + '|' + stamp.serial_number + '|' + stamp.imprint +
                             '|' + verifier::to_string(stamp.until);
    const auto [known, is_new] = told.emplace(same, label + " " + number);
    if (is_new || stamp.verdict != Verdict::passed) {
      findings(page, stamp.report);
    } else {
      page.element("p class=\"soft\"", words(say("page.checks-told", {{"where", known->second}})));
    }
  }
  page.close("section");
}

}  // namespace perdura::verifier
