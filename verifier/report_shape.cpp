#include "verifier/report_shape.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "verifier/result.hpp"

namespace perdura::verifier {
namespace {

constexpr const char* differs = "\u2026";

void describe(const Text& text, std::string& shape) {
  shape += text.id.empty() ? '"' + text.words : std::string(text.id);
  shape += '\n';
}

void describe(const Finding& finding, std::string& shape) {
  shape += static_cast<char>('0' + static_cast<int>(finding.verdict) + (finding.warning ? 3 : 0));
  shape += name(finding.sub_indication);
  shape += ' ';
  describe(finding.what, shape);
}

void describe(const Report& report, std::string& shape) {
  describe(report.subject, shape);
  for (const Finding& finding : report.findings) describe(finding, shape);
  for (const Report& part : report.parts) {
    shape += '(';
    describe(part, shape);
    shape += ')';
  }
}

bool same(const Text& one, const Text& other) {
  return one.id == other.id && one.words == other.words &&
         std::ranges::equal(one.parameters, other.parameters,
                            [](const Parameter& a, const Parameter& b) {
                              return a.name == b.name && same(a.value, b.value);
                            });
}

void keep_common(Text& one, const Text& other) {
  if (one.id != other.id || one.parameters.size() != other.parameters.size()) {
    one = differs;
    return;
  }
  if (one.words != other.words) one.words = differs;
  for (std::size_t i = 0; i < one.parameters.size(); ++i) {
    keep_common(one.parameters[i].value, other.parameters[i].value);
  }
}

void keep_common(Finding& one, const Finding& other) {
  keep_common(one.what, other.what);
  if (!same(one.detail, other.detail)) one.detail = Text();
  if (one.rule != other.rule) one.rule.clear();
}

void flatten(const Report& report, Report& flat, std::map<std::string, std::size_t>& known) {
  for (const Finding& finding : report.findings) {
    std::string shape;
    describe(finding, shape);
    const auto [at, is_new] = known.emplace(std::move(shape), flat.findings.size());
    if (is_new) {
      flat.findings.push_back(finding);
    } else {
      keep_common(flat.findings[at->second], finding);
    }
  }
  for (const Report& part : report.parts) flatten(part, flat, known);
}

}  // namespace

std::string shape_of(const Report& report) {
  std::string shape;
  describe(report, shape);
  return shape;
}

Report in_common(Report one, const Report& other) {
  check(one.findings.size() == other.findings.size() && one.parts.size() == other.parts.size(),
        "reports that are put together have the same shape");
  keep_common(one.subject, other.subject);
  for (std::size_t i = 0; i < one.findings.size(); ++i) {
    keep_common(one.findings[i], other.findings[i]);
  }
  for (std::size_t i = 0; i < one.parts.size(); ++i) {
    one.parts[i] = in_common(std::move(one.parts[i]), other.parts[i]);
  }
  return one;
}

Report without_passed(const Report& report) {
  Report rest{report.subject, {}, {}};
  std::ranges::copy_if(
      report.findings, std::back_inserter(rest.findings),
      [](const Finding& finding) { return finding.verdict != Verdict::passed || finding.warning; });
  for (const Report& part : report.parts) {
    Report kept = without_passed(part);
    if (!kept.findings.empty() || !kept.parts.empty()) rest.parts.push_back(std::move(kept));
  }
  return rest;
}

Report flattened(const Report& report) {
  Report flat{report.subject, {}, {}};
  std::map<std::string, std::size_t> known;
  flatten(report, flat, known);
  return flat;
}

}  // namespace perdura::verifier
