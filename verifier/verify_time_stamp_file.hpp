// Judges files that hold RFC 3161 time-stamps by themselves, RFC 5544 TimeStampedData among them.
//
// What is shown when the verdict is PASSED: the document existed, as it is now, at the time of the
// first time-stamp, and each time-stamp was covered by the next while it was still good.
#pragma once

#include <span>
#include <vector>

#include "verifier/time_stamp_file.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {

// The hash function in which documents must be hashed to be judged against `file`: that of the
// first time-stamp. Empty when that can't be read.
std::vector<DigestAlgorithm> digest_algorithms(const TimeStampFile& file);

// Judges a file without an evidence record for `objects`, which may be none when the data is
// inside; what is given then must be that data. As of options.at. Thread safety: any thread.
EvidenceReport judge_time_stamp_file(const TimeStampFile& file, std::span<const DataObject> objects,
                                     const JudgeOptions& options);

}  // namespace perdura::verifier
