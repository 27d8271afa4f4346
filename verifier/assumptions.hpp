// "What if": assumptions about algorithms and authorities that have fallen, as people write them.
//
//   sha256              a hash function, by any name that digest.hpp knows
//   rsa dsa ecdsa eddsa signature schemes; rsa is PKCS #1 v1.5 and PSS
//   ecc                 ecdsa and eddsa
//   ml-dsa slh-dsa      all parameter sets
//   1.2.840.…           any algorithm, by its OBJECT IDENTIFIER
//   tsa=NAME            an authority, by a part of its certificate's subject, or by the SHA-256 of
//                       the certificate in hex
//
// Each may end in @TIME: since when. Thread safety: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "verifier/policy.hpp"
#include "verifier/result.hpp"
#include "verifier/trust_anchors.hpp"

namespace perdura::verifier {

// What is assumed to have fallen.
struct Assumptions {
  std::vector<AlgorithmBreak> algorithms;
  std::vector<BrokenAuthority> authorities;
};

// Reads assumptions separated by commas and adds them to `into`; those without a time hold from
// `from` on. Errors: misuse.
Result<Ok> read_assumptions(std::string_view text, Time from, Assumptions& into);

// Lets `options` judge under the assumptions.
void assume(const Assumptions& assumptions, JudgeOptions& options);

}  // namespace perdura::verifier
