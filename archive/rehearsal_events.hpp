// What happens to an archive in a rehearsal: algorithms that fall, TSAs that go or are compromised.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verifier/policy.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Result;
using verifier::Time;

struct RehearsalEvent {
  // What happens.
  enum class Kind {
    broken,           // algorithms end
    tsa_gone,         // it never answers again
    tsa_compromised,  // its key is stolen, and that is known at once
  };
  Kind kind = Kind::broken;
  Time known;        // since when the policy, or who runs the archive, knows of it
  Time when;         // when it happens
  std::string what;  // "RSA,ECDSA broken"
  std::string tsa;   // of its track
  std::vector<verifier::AlgorithmBreak> algorithms;
  // It comes with a notice of a day, or without: documents are taken by their stated digests.
  bool sudden = false;
};

// Reads "WHEN WHAT": WHEN is a year or a time; WHAT is one of
//   NAME[,NAME…] broken              by the policy, which says so `notice_years` before
//   NAME[,NAME…] broken overnight    known a day before
//   NAME[,NAME…] broken unannounced  known when it is too late for what they protect alone
//   tsa NAME gone
//   tsa NAME compromised
// A NAME of an algorithm is as in assumptions.hpp, in any case. Errors: misuse.
Result<RehearsalEvent> parse_rehearsal_event(std::string_view text, unsigned notice_years);

// How long it takes people to notice that a TSA is gone, and to put another in its place.
constexpr int months_until_noticed = 3;

// That each event about a TSA is about one that stamps then, in a rehearsal which begins with so
// many: local, local2, and so on; one that takes another's place gets the next number. Errors:
// misuse.
Result<verifier::Ok> check_authorities(const std::vector<RehearsalEvent>& events, unsigned tracks);

// One of each kind and two hash functions: what an archive has to live through at least.
std::vector<std::string> usual_rehearsal_events();

}  // namespace perdura::archive
