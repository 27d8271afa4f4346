// ★ Seal: pending records become a batch, under one RFC 4998 hash tree and one token from each TSA.
//
// Killed at any instant, it can be run again: what a seal covers is fixed by an intent written
// first, everything before the last commit is the same when done again, and the last commit makes
// the whole batch count. Memory: one tile a level of the tree, whatever the number of records.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/batch.hpp"
#include "archive/renew.hpp"
#include "archive/stamp.hpp"

namespace perdura::archive {

// How far a seal has come, for a progress display.
struct SealProgress {
  std::uint64_t records = 0;  // leaves hashed
  std::uint64_t total = 0;
};

// How to seal.
struct SealOptions {
  std::string actor;                                  // who seals, as authenticated
  std::function<void(const SealProgress&)> progress;  // may be null
  // Whether to ask again for what TSAs owe earlier batches, and what these lack of status data.
  bool complete_earlier = true;
  // How long the other TSAs are waited for once the quorum has stamped.
  std::chrono::milliseconds grace{5000};
};

// What a seal did.
struct SealResult {
  // What was sealed; nothing when nothing was pending, two when a seal that had died was finished
  // first.
  std::vector<Batch> batches;
  std::vector<std::uint64_t> completed;  // earlier batches that got a token they had been owed
  std::vector<RenewalOutcome> made_up;   // the renewals that gave it to them, or could not
  std::vector<std::string> warnings;     // a sentence for each TSA that did not stamp, and why
};

// Seals every record that is not sealed yet, together with the journal's checkpoint; each token is
// judged by the verifier before it is kept. All TSAs are asked at once, and with the settings'
// quorum of tokens the batch is sealed after a short grace: who is slow holds up nothing. What a
// TSA owes is asked for again at the next seal, after what is pending then. Errors: unavailable
// (fewer than the quorum stamped: the records stay unsealed, none is lost), conflict (another seal
// is under way), io.
Result<SealResult> seal(Archive& archive, TsaClients& tsas, const SealOptions& options);

// Visits the batches, oldest first, until `visit` returns false. Errors: malformed, io.
Result<Ok> for_each_batch(const Archive& archive,
                          const std::function<Result<bool>(const Batch&)>& visit);

}  // namespace perdura::archive
