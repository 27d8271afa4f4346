// ★ Renew: evidence gets a further archive timestamp before it ends (RFC 4998 section 5).
//
// Timestamp renewal: one tree over the newest tokens of every batch that needs it, one token a
// track. Hash-tree renewal: the documents again, with a new hash function. Initial: batches that a
// track has no evidence of, or none that still counts. Each renewal is one commit: evidence from
// before is what counts until then. Killed at any instant it can be run again; a hash-tree renewal
// goes on where it was. Tracks are renewed each for itself: one failing TSA holds up nothing, and
// a slow one is left for last.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "archive/hash_tree_renewal.hpp"
#include "archive/renewal_plan.hpp"
#include "archive/stamp.hpp"

namespace perdura::archive {

struct RenewOptions {
  std::string actor;  // who renews, as authenticated
  RenewalWish wish;
  HashTreeOptions hash_tree;
  // How long a TSA is waited for while other renewals are to be made; it is asked again, and then
  // waited for, after these.
  std::chrono::milliseconds patience{10'000};
  // Told before each renewal what it is. May be null.
  std::function<void(const PlannedRenewal&)> begin;
};

// What became of a planned renewal.
struct RenewalOutcome {
  PlannedRenewal planned;
  std::optional<Error> error;       // nothing was changed on this track
  std::vector<SetAside> set_aside;  // hash-tree: records that no longer match, found this time
  std::uint64_t set_aside_count = 0;
  std::optional<Time> stamped;        // the token's time
  std::optional<Horizon> ends;        // of the new evidence
  std::vector<std::string> warnings;  // status information that could not be had
};

// What a renewal did.
struct RenewResult {
  std::vector<RenewalOutcome> outcomes;
  std::vector<std::string> warnings;
  std::uint64_t not_renewed = 0;     // as in the plan
  std::uint64_t stay_set_aside = 0;  // as in the plan
};

// Renews what `options.wish` wants; a hash-tree renewal that died is finished first. Errors:
// misuse, conflict (another renewal is under way), malformed, io; what one track's renewal came to
// is in the result.
Result<RenewResult> renew(Archive& archive, TsaClients& tsas, const RenewOptions& options);

// What renew() would do, and nothing else; TSAs' CAs are asked what has been revoked since. Errors:
// as renew().
Result<RenewalPlan> planned_renewals(const Archive& archive, TsaClients& tsas,
                                     const RenewalWish& wish);

// Stamps, for every active track not in `silent`, the batches that it has no evidence of: those
// that a TSA owes, and those from before the track. Warnings say which TSA still does not answer.
// The renewing lock must be held. Errors: malformed, io.
Result<RenewResult> make_up(Archive& archive, TsaClients& tsas, const std::string& actor,
                            const std::set<std::string>& silent);

}  // namespace perdura::archive
