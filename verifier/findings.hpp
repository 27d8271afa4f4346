// Short ways to make the four kinds of Finding. Thread safety: pure functions.
#pragma once

#include <string>
#include <utility>

#include "verifier/verdict.hpp"

namespace perdura::verifier {

// The rules that are our own formats.
inline constexpr const char* package_rule = "formats/package.md";
inline constexpr const char* journal_rule = "formats/journal.md";

// Checked, and as it should be.
inline Finding passed(Text what, Text detail, std::string rule) {
  return {Verdict::passed,   SubIndication::none, std::move(what),
          std::move(detail), std::move(rule),     false};
}

// As it should be, but the reader should know.
inline Finding warned(Text what, Text detail, std::string rule) {
  return {Verdict::passed,   SubIndication::none, std::move(what),
          std::move(detail), std::move(rule),     true};
}

// Wrong.
inline Finding failed(SubIndication why, Text what, Text detail, std::string rule) {
  return {Verdict::failed, why, std::move(what), std::move(detail), std::move(rule), false};
}

// Not to be decided with what is at hand.
inline Finding undecided(SubIndication why, Text what, Text detail, std::string rule) {
  return {Verdict::indeterminate, why, std::move(what), std::move(detail), std::move(rule), false};
}

}  // namespace perdura::verifier
