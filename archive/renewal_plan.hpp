// What is to be renewed, and how: decided from the evidence's ends and verdicts, before anything is
// asked of a TSA or written.
//
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/batch_state.hpp"
#include "archive/lineage.hpp"
#include "archive/validation_data.hpp"

namespace perdura::archive {

// Which renewals are wanted.
struct RenewalWish {
  // Evidence that ends within this time, in seconds, is renewed.
  std::int64_t margin_s = std::int64_t{366} * 86400;
  // Renews all evidence in this way, whether it ends soon or not (initial: never).
  std::optional<RenewalKind> force;
  // The hash function of hash-tree renewals; nothing: the fittest by the policy.
  std::optional<DigestAlgorithm> algorithm;
  // Hash-tree renewals take documents by the digests that their statements fix.
  bool from_digests = false;
  // Also renews the hash trees of batches some of whose records were set aside and are whole again:
  // these are read.
  bool rejoin = false;
  std::optional<std::string> track;  // this one alone
};

// One renewal to be made.
struct PlannedRenewal {
  RenewalKind kind = RenewalKind::time_stamp;
  std::string track;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  std::vector<std::uint64_t> batches;  // numbers, ascending
  std::string why;                     // a sentence
  std::optional<Time> ends;            // when the first of that evidence would end
};

// What is to be renewed, and how.
struct RenewalPlan {
  std::vector<PlannedRenewal> renewals;
  std::vector<std::string> warnings;  // evidence that can't be renewed as it is, and why
  std::uint64_t not_renewed = 0;      // batches, a track each, whose evidence is wrong
  // Records, a track each, that were to rejoin and can't; a warning says of each why.
  std::uint64_t stay_set_aside = 0;
};

// `since`: what CAs have said since about TSAs. Errors: misuse (no such track, no fit hash
// function), malformed, io.
Result<RenewalPlan> plan_renewals(const Archive& archive,
                                  const std::shared_ptr<const Lineages>& lineages,
                                  const RenewalWish& wish, const FreshStatus& since = {});

// The hash function of a track's trees from now on: that of its newest hash-tree renewal, else of
// its settings; another one when the policy calls that unfit as of now.
DigestAlgorithm seal_algorithm(const Archive& archive, const Lineages& lineages,
                               const Track& track);

// The fittest hash function for trees that shall hold beyond `until`: one that `others` are not, so
// that no two tracks end by the same one; among these one that statements fix, then the one whose
// end is latest. Nothing when none is fit.
std::optional<DigestAlgorithm> fittest_digest(const Archive& archive, Time until,
                                              std::optional<DigestAlgorithm> but_not,
                                              bool must_be_stated,
                                              const std::set<DigestAlgorithm>& others = {});

}  // namespace perdura::archive
