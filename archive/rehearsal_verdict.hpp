// What a rehearsed archive can prove: every record, judged by the real verifier from an exported
// package, with what a verifying person would have.
//
// Thread safety: one thread at a time.
#pragma once

#include <map>
#include <string>

#include "archive/rehearsal.hpp"

namespace perdura::archive {

// Records that can't be proven any more, by one cause.
struct RehearsedLoss {
  std::string why;  // the verifier's sub-indication and sentence
  std::uint64_t records = 0;
  // How many of them were provable last in which year; 0: in none.
  std::map<int, std::uint64_t> lost_after;
};

// What all records came to.
struct RehearsedVerdict {
  std::uint64_t records = 0;
  std::uint64_t passed = 0;
  std::string package_problem;  // what is wrong with the package as a whole; may be empty
  std::vector<RehearsedLoss> losses;

  std::uint64_t lost() const { return records - passed; }
};

// Exports all records into the rehearsal's folder and judges them as of its end: trusting the CAs
// of all its TSAs, by the policy of the end, with the status lists that the CAs issue then and the
// journal's own key. Where records are lost, one record of each batch, which stands for all of it
// since they share their time-stamps, is judged at each year's end. Errors: those of exporting and
// of judging.
Result<RehearsedVerdict> judge_rehearsal(const Rehearsal& rehearsal);

}  // namespace perdura::archive
