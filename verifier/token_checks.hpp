// The checks that make up judging one time-stamp token, in the order of RFC 3161 §2.2.
// verify_token.hpp offers them with a cache; nobody else needs this. Thread safety: pure functions.
#pragma once

#include <span>
#include <vector>

#include "verifier/certificate_path.hpp"
#include "verifier/policy.hpp"
#include "verifier/token_facts.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {

// The options' certificates, read.
struct TrustMaterial {
  std::vector<CertificatePtr> anchors;
  std::vector<CertificatePtr> extras;
};

// What judging a token yielded.
struct CheckedToken {
  Report report;
  TokenFacts facts;
};

// Judges a token that parsed, as of token.reference(). The first finding says what it stamps.
CheckedToken check_token(const JudgedToken& token, const TrustMaterial& trust,
                         const JudgeOptions& options);

// Adds an INDETERMINATE finding when the algorithm was unfit, at `made` already or by `reference`.
// Whether it added none.
bool judge_fitness(const Fitness& fitness, const std::string& algorithm, Time made, Time reference,
                   Report& report);

}  // namespace perdura::verifier
