// The pieces that the verifier's page is made of.
//
// Thread safety: immutable values.
#pragma once

#include <map>
#include <string>

#include "verifier/html.hpp"
#include "verifier/proof_chain.hpp"
#include "verifier/texts.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// Time-stamps whose checks the page has told, and where: "A 2".
using ToldStamps = std::map<std::string, std::string>;

// Writes pieces in a language.
class PageParts {
 public:
  explicit PageParts(Language language) : language_(language) {}

  // The language that it writes.
  Language language() const { return language_; }
  // A text in that language.
  std::string words(const Text& text) const { return in_words(text, language_); }
  // The sentence of that name.
  std::string said(std::string_view id) const { return words(say(id)); }

  // "2041-06-01 00:00:00 UTC"
  std::string time(Time time) const;
  // A row of a table of facts: heading and value.
  void fact(Html& page, std::string_view id, const std::string& value) const;
  // The same for a value that is to be read letter by letter.
  void code_fact(Html& page, std::string_view id, const std::string& value) const;
  // A report's findings and parts, with marks; the subject is the caller's.
  void findings(Html& page, const Report& report) const;
  // A chain of proof: picture, time-stamps, certificates, algorithms, every check. Checks of a
  // time-stamp that chains share are told once.
  void chain(Html& page, const ProofChain& chain, const std::string& label, Time at,
             ToldStamps& told) const;

 private:
  void finding(Html& page, const Finding& finding) const;
  void stamps(Html& page, const ProofChain& chain) const;
  void certificates(Html& page, const ProofChain& chain) const;
  void algorithms(Html& page, const ProofChain& chain) const;
  void head(Html& page, std::initializer_list<std::string_view> ids) const;

  Language language_;
};

// "passed", "indeterminate" or "failed": the class of elements that show a verdict.
std::string_view verdict_class(Verdict verdict);

}  // namespace perdura::verifier
