// Records for a rehearsal: made up from a seed, or copied out of an archive.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>

#include "archive/archive.hpp"
#include "archive/deposit.hpp"

namespace perdura::archive {

// Yields the i-th record, from 0.
using RecordMaker = std::function<Result<RecordInput>(std::uint64_t)>;

// Small made-up reports in text and JSON, one or two documents each: the same for the same seed.
RecordMaker made_up_records(std::uint64_t seed);

// `sample` records of `from`, chosen by the seed, in their order; all when there are no more. Each
// is read and verified when it is asked for; documents over 64 MiB are refused.
struct CopiedRecords {
  std::uint64_t count = 0;
  RecordMaker make;  // `from` must outlive it
};
// Errors: malformed, io.
Result<CopiedRecords> copied_records(const Archive& from, std::uint64_t sample, std::uint64_t seed);

}  // namespace perdura::archive
