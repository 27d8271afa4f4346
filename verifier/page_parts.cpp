#include "verifier/page_parts.hpp"

#include "verifier/report_shape.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
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

void PageParts::head(Html& page, std::string_view table_class,
                     std::initializer_list<std::string_view> ids) const {
  page.raw("<table class=\"").raw(table_class).raw("\"><thead><tr>");
  for (const std::string_view id : ids) page.element("th scope=\"col\"", said(id));
  page.raw("</tr></thead><tbody>\n");
}

void PageParts::verdict_cell(Html& page, Verdict verdict) const {
  page.raw("<td class=\"").raw(verdict_class(verdict)).raw("\">");
  page.text(words(verdict_text(verdict))).close("td");
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
  std::string detail = this->detail(finding.detail);
  if (!finding.rule.empty()) detail += (detail.empty() ? "" : "; ") + finding.rule;
  if (!detail.empty()) page.foreign_element("span class=\"detail\"", detail);
  page.close("li");
}

void PageParts::part(Html& page, const std::string& subject, const Report& report) const {
  page.open("li").raw("<span class=\"mark\" aria-hidden=\"true\">\u00b7</span>");
  page.foreign_element("span class=\"label\"", subject);
  findings(page, report);
  page.close("li");
}

void PageParts::findings(Html& page, const Report& report) const {
  if (report.findings.empty() && report.parts.empty()) return;
  page.open("ul class=\"findings\"");
  for (const Finding& one : report.findings) finding(page, one);
  for (std::size_t i = 0; i < report.parts.size();) {
    const std::size_t first = i;
    Report common = report.parts[i++];
    std::string subject = words(common.subject);
    if (common.verdict() != Verdict::failed) {
      const std::string shape = shape_of(common);
      while (i < report.parts.size() && shape_of(report.parts[i]) == shape) {
        common = in_common(std::move(common), report.parts[i++]);
      }
    }
    if (i - first > 1) subject += " \u2013 " + words(report.parts[i - 1].subject);
    part(page, subject, common);
  }
  page.close("ul");
}

}  // namespace perdura::verifier
