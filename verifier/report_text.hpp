// Reports in plain words, for people who are no experts. Text from the evidence is made safe for a
// terminal: control characters and those that reverse the direction of writing are shown as
// \u{...}.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "verifier/texts.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {

// How much is told.
enum class TextDetail {
  brief,  // the verdict, and what is wrong or should be known
  full,   // every check
};

// The tree of findings, one a line, indented; ends with LF unless empty.
std::string report_text(const Report& report, TextDetail detail, Language language = Language::en);

// One record: "Record 3f2a…: PASSED. Unaltered since …", then what is wrong or, with full, all.
std::string record_text(const RecordResult& record, TextDetail detail,
                        Language language = Language::en);

// What was found about the package as a whole, with counts and what the verdict means.
std::string summary_text(const PackageSummary& summary, TextDetail detail,
                         Language language = Language::en);

// The same for one evidence record judged by itself.
std::string evidence_text(const EvidenceReport& evidence, TextDetail detail,
                          Language language = Language::en);

}  // namespace perdura::verifier
