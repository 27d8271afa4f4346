// The integrity job: reads everything back and proves that the archive still is what it said it is.
//
// Every entry of the journal against its tree, every statement and document against its address and
// the statement's digests, every batch's tree against the root that its TSAs stamped, every token
// by the verifier. On all cores; memory stays flat.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/archive.hpp"

namespace perdura::archive {

// One thing that is wrong.
struct CheckProblem {
  std::string subject;  // "record 3f2a…", "batch 4, track local", "journal entry 17"
  std::string what;     // a sentence
};

// How to check.
struct CheckOptions {
  unsigned threads = 2;
  std::uint64_t problems_max = 1000;  // more are counted, not kept
  std::function<void(std::uint64_t records, std::uint64_t bytes)> progress;  // may be null
};

// What was read back, and what is wrong.
struct CheckResult {
  std::uint64_t entries = 0;
  std::uint64_t records = 0;
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;  // of documents and statements, read back
  std::uint64_t batches = 0;
  std::uint64_t unsealed = 0;  // records that no batch covers yet
  std::uint64_t problem_count = 0;
  std::vector<CheckProblem> problems;
};

// Checks the whole archive as of its present state. What is wrong is in the result; errors are what
// kept it from looking: io.
Result<CheckResult> check_archive(const Archive& archive, const CheckOptions& options);

}  // namespace perdura::archive
