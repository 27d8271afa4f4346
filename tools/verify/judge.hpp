// What perdura-verify does: judges what the options name and prints the report to standard output.
//
// Errors mean that there is no verdict. Thread safety: one thread.
#pragma once

#include "tools/verify/options.hpp"
#include "verifier/result.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"

namespace perdura::tools::verify {

// A package: the first operand.
verifier::Result<verifier::Verdict> judge_package(const Options& options,
                                                  verifier::JudgeOptions judge);

// An evidence record, for the documents and digests given.
verifier::Result<verifier::Verdict> judge_evidence(const Options& options,
                                                   verifier::JudgeOptions judge);

}  // namespace perdura::tools::verify
