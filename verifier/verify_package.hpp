// Judges a whole package: a zip or a folder, of any size, in flat memory and on all cores.
//
// Every record is judged by itself: a bad one is named, with the document and the reason, and the
// others stay what they are. What concerns the package as a whole (the bag, the journal) is in the
// summary. Nothing in a package is trusted: anchors and, if wanted, the journal's key are given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verifier/checkpoint.hpp"
#include "verifier/package.hpp"
#include "verifier/package_source.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {

// How far judging is.
struct PackageProgress {
  std::uint64_t records = 0;        // judged
  std::uint64_t bytes = 0;          // of payload, read and hashed
  std::uint64_t records_total = 0;  // as package.json claims
};

// How a package is to be judged.
struct PackageOptions {
  JudgeOptions judge;
  // The journal's public key. Without it the package's own is used, and the report says so.
  std::optional<std::string> log_key;
  unsigned threads = 0;  // 0: as many as there are cores
  // Called now and then from the thread that called verify_package(); may be empty.
  std::function<void(const PackageProgress&)> progress;
};

// A piece of evidence that held, in short.
struct TrackResult {
  std::string name;
  Verdict verdict = Verdict::indeterminate;
  std::optional<Time> existed_since;
  std::string tsa;  // subject of the certificate that signed the first time-stamp; may be empty
  bool self_asserted = false;
  JudgedChains chains;  // as they were judged; empty when they could not be
};

// What judging one record yielded.
struct RecordResult {
  std::string record;  // its identifier: the name of its folder
  Report report;       // subject "record <id>"
  Verdict verdict = Verdict::indeterminate;
  // The latest moment at which the record is shown to have existed: the earliest over its tracks;
  // only when PASSED.
  std::optional<Time> existed_since;
  std::vector<TrackResult> tracks;
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;              // of all its files
  std::vector<Checkpoint> checkpoints;  // signed ones that it holds, of the journal
};

// What judging the package yielded, but for the records, which went to the sink.
struct PackageSummary {
  PackageHeader header;      // as the package claims; empty when it could not be read
  bool own_log_key = false;  // the journal was judged with the package's own key
  Report report;             // the bag and the journal; subject "package"
  std::uint64_t records = 0;
  std::uint64_t passed = 0;
  std::uint64_t indeterminate = 0;
  std::uint64_t failed = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  // The worst of the package's and of all records'.
  Verdict verdict = Verdict::indeterminate;
};

// Takes the records' results in the order of the package; called from the thread that called
// verify_package(), never twice at a time.
using RecordSink = std::function<void(RecordResult)>;

// Judges the package at `path`. Errors, which mean that there is no verdict: not_found, io, denied,
// malformed (neither a zip nor a folder that holds a bag, or unsafe: names that leave the folder,
// links, duplicates), too_large, misuse (the log key is not one).
Result<PackageSummary> verify_package(const std::filesystem::path& path,
                                      const PackageOptions& options, const RecordSink& sink);

// The same for a package whose files are at hand already.
Result<PackageSummary> verify_package(const PackageSource& source, const PackageOptions& options,
                                      const RecordSink& sink);

// The same by `tokens`, in the place of options.judge: a token that it judged before, of another
// package, is not judged again.
Result<PackageSummary> verify_package(const PackageSource& source, const PackageOptions& options,
                                      const TokenJudge& tokens, const RecordSink& sink);

}  // namespace perdura::verifier
