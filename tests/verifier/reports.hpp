// Reports as text, for messages of failed tests.
#pragma once

#include <ostream>
#include <sstream>
#include <string>

#include "verifier/texts.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier::test {

inline void print(const Report& report, std::ostream& out, int depth = 0) {
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  out << indent << "* " << in_english(report.subject) << '\n';
  for (const Finding& finding : report.findings) {
    out << indent << "  " << name(finding.verdict) << ' ' << name(finding.sub_indication) << ' '
        << (finding.warning ? "(!) " : "") << in_english(finding.what) << " ["
        << in_english(finding.detail) << "]\n";
  }
  for (const Report& part : report.parts) print(part, out, depth + 1);
}

inline std::string text(const Report& report) {
  std::ostringstream out;
  print(report, out);
  return out.str();
}

// "PASSED", or "FAILED HASH_FAILURE": the verdict with the first reason for it.
inline std::string outcome(const Report& report) {
  std::string result(name(report.verdict()));
  if (report.verdict() != Verdict::passed && report.decisive() != nullptr) {
    result.append(" ").append(name(report.decisive()->sub_indication));
  }
  return result;
}

inline bool has_warning(const Report& report) {
  for (const Finding& finding : report.findings) {
    if (finding.warning) return true;
  }
  for (const Report& part : report.parts) {
    if (has_warning(part)) return true;
  }
  return false;
}

}  // namespace perdura::verifier::test
