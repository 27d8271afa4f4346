// Reports as text, for messages of failed tests; and that no language tells them in English.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <regex>
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

// Two English words in a row; "" when there are none. Names of authorities do not count.
inline std::string english_in(const std::string& words) {
  static const std::regex name("[A-Z]+=[^,:\uff1a\u3001]*");
  static const std::regex english("\\b[a-z]{2,} [a-z]{2,}\\b");
  const std::string rest = std::regex_replace(words, name, "");
  std::smatch found;
  return std::regex_search(rest, found, english) ? found.str() : "";
}

// That findings and their details are told in Japanese.
inline void expect_japanese(const Report& report) {
  for (const Finding& finding : report.findings) {
    const std::string detail = detail_in_words(finding.detail, Language::ja);
    EXPECT_EQ(english_in(detail), "") << detail;
    EXPECT_FALSE(finding.what.id.empty()) << finding.what.words;
  }
  for (const Report& part : report.parts) expect_japanese(part);
}

// "PASSED", or "FAILED HASH_FAILURE": the verdict with the first reason for it. Whatever is told is
// told in every language.
inline std::string outcome(const Report& report) {
  expect_japanese(report);
  std::string result(name(report.verdict()));
  if (report.verdict() != Verdict::passed && report.decisive() != nullptr) {
    result.append(" ").append(name(report.decisive()->sub_indication));
  }
  return result;
}

// The outcome when an algorithm was unfit and nothing shows that it was used while it was fit.
inline constexpr const char* unfit = "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE";

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
