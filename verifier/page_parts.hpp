// The pieces that the verifier's page is made of.
//
// Thread safety: immutable values.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "verifier/html.hpp"
#include "verifier/texts.hpp"
#include "verifier/time.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// Writes pieces in a language.
class PageParts {
 public:
  explicit PageParts(Language language) : language_(language) {}

  // The language that it writes.
  Language language() const { return language_; }
  // A text in that language.
  std::string words(const Text& text) const { return in_words(text, language_); }
  // A detail of a finding, or what else experts read.
  std::string detail(const Text& text) const { return detail_in_words(text, language_); }
  // The sentence of that name.
  std::string said(std::string_view id) const { return words(say(id)); }

  // "2041-06-01 00:00:00 UTC"
  std::string time(Time time) const;
  // A row of a table of facts: heading and value.
  void fact(Html& page, std::string_view id, const std::string& value) const;
  // The same for a value that is to be read letter by letter.
  void code_fact(Html& page, std::string_view id, const std::string& value) const;
  // A report's findings and parts, with marks; the subject is the caller's. Parts in a row that say
  // the same, and did not fail, are told once, without the values in which they differ.
  void findings(Html& page, const Report& report) const;
  // Opens a table and its body, with a row of headings.
  void head(Html& page, std::string_view table_class,
            std::initializer_list<std::string_view> ids) const;
  // A cell that shows a verdict.
  void verdict_cell(Html& page, Verdict verdict) const;

 private:
  void finding(Html& page, const Finding& finding) const;
  void part(Html& page, const std::string& subject, const Report& report) const;

  Language language_;
};

// "passed", "indeterminate" or "failed": the class of elements that show a verdict.
std::string_view verdict_class(Verdict verdict);

}  // namespace perdura::verifier
