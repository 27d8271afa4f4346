// A rehearsal as people and programs read it.
//
// Thread safety: pure functions.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "archive/rehearsal.hpp"
#include "archive/rehearsal_verdict.hpp"

namespace perdura::tools {

// The years that one archive lived through, and what it can prove at their end.
struct RehearsedLife {
  std::vector<archive::RehearsedYear> years;
  archive::RehearsedVerdict verdict;
  verifier::Time end;
};

// What is rehearsed, and the head of the table of years.
std::string heading_text(const archive::RehearsalOptions& options);
// A row of the table, and below it what happened and what was renewed.
std::string year_text(const archive::RehearsedYear& year);
// What passed; what is lost, by cause and year.
std::string verdict_text(const RehearsedLife& life);
// Both lives; `renewed` may be null.
boost::json::object rehearsal_json(const RehearsedLife* renewed, const RehearsedLife& other);

}  // namespace perdura::tools
