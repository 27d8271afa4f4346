// What perdura-verify does: judges what the options name and prints the report to standard output.
//
// Errors mean that there is no verdict. Thread safety: one thread.
#pragma once

#include "tools/verify/options.hpp"
#include "verifier/evidence_file.hpp"
#include "verifier/package_source.hpp"
#include "verifier/result.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::tools::verify {

// Whatever --evidence, or else the operands, turn out to be; their content decides.
verifier::Result<verifier::Verdict> judge_given(const Options& options,
                                                verifier::JudgeOptions judge);

// A package: the only operand, whose files are `source` when it was opened already; may be null.
verifier::Result<verifier::Verdict> judge_package(const Options& options,
                                                  const verifier::PackageSource* source,
                                                  verifier::JudgeOptions judge);

// A piece of evidence that is not a package, and the documents that it shall be about.
struct Given {
  std::string evidence;  // the file
  verifier::EvidenceKind kind = verifier::EvidenceKind::other;
  std::vector<std::string> documents;
};

// An evidence record of either syntax, for the documents and digests given.
verifier::Result<verifier::EvidenceReport> judge_evidence(const Given& given,
                                                          const Options& options,
                                                          const verifier::JudgeOptions& judge);
// A time-stamp, or time-stamped data.
verifier::Result<verifier::EvidenceReport> judge_time_stamp(const Given& given,
                                                            const Options& options,
                                                            const verifier::JudgeOptions& judge);
// A CMS object with evidence in it.
verifier::Result<verifier::EvidenceReport> judge_cms_file(const Given& given,
                                                          const Options& options,
                                                          const verifier::JudgeOptions& judge);

// `inspect FILE`: shows what a file holds, and judges nothing.
verifier::Result<verifier::Ok> inspect(const Options& options);

}  // namespace perdura::tools::verify
