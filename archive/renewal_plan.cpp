#include "archive/renewal_plan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "archive/group_members.hpp"
#include "archive/stamp.hpp"

namespace perdura::archive {
namespace {

using verifier::Verdict;

constexpr const char* as_asked = "as asked";

// In order of preference among equals.
constexpr std::array digests_in_order = {DigestAlgorithm::sha512,   DigestAlgorithm::sha3_256,
                                         DigestAlgorithm::sha384,   DigestAlgorithm::sha3_512,
                                         DigestAlgorithm::sha3_384, DigestAlgorithm::sha256};

// Sorts the batches of one track into renewals.
class TrackPlanner {
 public:
  TrackPlanner(const Archive& archive, const Lineages& lineages, const Track& track,
               const RenewalWish& wish, RenewalPlan& plan)
      : archive_(archive), lineages_(lineages), track_(track), wish_(wish), plan_(plan) {}

  Result<Ok> take(BatchStates& states) {
    for (const Batch& batch : lineages_.batches()) {
      const auto state = states.of(batch, track_.name);
      if (!state) return state.error();
      sort(*state);
    }
    if (!initial_.batches.empty()) {
      initial_.kind = RenewalKind::initial;
      initial_.algorithm = seal_algorithm(archive_, lineages_, track_);
      add(std::move(initial_));
    }
    for (auto& [algorithm, planned] : time_stamp_) {
      planned.kind = RenewalKind::time_stamp;
      planned.algorithm = algorithm;
      add(std::move(planned));
    }
    return add_hash_tree();
  }

 private:
  void sort(const BatchState& state) {
    if (state.lineage.empty()) {
      if (track_.active()) note(initial_, state, "the track has no time-stamp of them", nullptr);
      return;
    }
    if (state.verdict == Verdict::failed) return sort_failed(state);
    const Horizon* hash = state.ends.hash ? &*state.ends.hash : nullptr;
    const Horizon* other = state.ends.earliest_renewable();
    const DigestAlgorithm algorithm = state.lineage.back().front().algorithm();
    if (wish_.force == RenewalKind::hash_tree || (!wish_.force && due(hash))) {
      note(hash_tree_, state, due(hash) ? ends_by(*hash) : as_asked, hash);
      replaced_ = algorithm;
    } else if (wish_.force == RenewalKind::time_stamp || (!wish_.force && due(other))) {
      note(time_stamp_[algorithm], state, due(other) ? ends_by(*other) : as_asked, other);
    }
  }

  // A revoked TSA's evidence can start anew; what fails for another reason is for people to look
  // at.
  void sort_failed(const BatchState& state) {
    const bool anew = track_.active() && state.why == verifier::SubIndication::revoked;
    plan_.warnings.push_back("batch " + std::to_string(state.batch->number) + ", track " +
                             track_.name + ": " + state.problem +
                             (anew ? " It is stamped anew." : " It is not renewed."));
    if (anew) note(initial_, state, "a TSA was revoked, so its time-stamps prove nothing", nullptr);
  }

  bool due(const Horizon* horizon) const {
    return horizon != nullptr && horizon->end < archive_.clock().now() + wish_.margin_s;
  }
  static std::string ends_by(const Horizon& horizon) {
    return horizon.cause + " ends " + to_string(horizon.end);
  }

  static void note(PlannedRenewal& planned, const BatchState& state, std::string why,
                   const Horizon* horizon) {
    planned.batches.push_back(state.batch->number);
    if (planned.why.empty()) planned.why = std::move(why);
    if (horizon == nullptr || (planned.ends && *planned.ends <= horizon->end)) return;
    planned.ends = horizon->end;
    if (planned.why != as_asked) planned.why = ends_by(*horizon);
  }

  Result<Ok> add_hash_tree() {
    if (hash_tree_.batches.empty()) return Ok{};
    hash_tree_.kind = RenewalKind::hash_tree;
    const auto algorithm = wish_.algorithm ? wish_.algorithm
                                           : fittest_digest(*archive_.policy(),
                                                            archive_.clock().now() + wish_.margin_s,
                                                            replaced_, wish_.from_digests);
    if (!algorithm) {
      return Error{Errc::misuse, "by the policy no hash function is fit to renew with",
                   "track " + track_.name,
                   "get a newer policy ('perdura policy use DIR FILE'), or name one with --hash"};
    }
    hash_tree_.algorithm = *algorithm;
    add(std::move(hash_tree_));
    return Ok{};
  }

  void add(PlannedRenewal planned) {
    planned.track = track_.name;
    plan_.renewals.push_back(std::move(planned));
  }

  const Archive& archive_;
  const Lineages& lineages_;
  const Track& track_;
  const RenewalWish& wish_;
  RenewalPlan& plan_;
  PlannedRenewal initial_;
  PlannedRenewal hash_tree_;
  std::optional<DigestAlgorithm> replaced_;               // by the hash-tree renewal
  std::map<DigestAlgorithm, PlannedRenewal> time_stamp_;  // by the chains' hash function
};

}  // namespace

Result<RenewalPlan> plan_renewals(const Archive& archive,
                                  const std::shared_ptr<const Lineages>& lineages,
                                  const RenewalWish& wish) {
  auto options = judge_options(archive);
  if (!options) return options.error();
  const verifier::TokenJudge judge(*std::move(options));
  BatchStates states(archive, lineages, &judge);
  RenewalPlan plan;
  bool found = !wish.track;
  for (const Track& track : archive.config().tracks) {
    if (wish.track && track.name != *wish.track) continue;
    found = true;
    auto taken = TrackPlanner(archive, *lineages, track, wish, plan).take(states);
    if (!taken) return taken.error();
  }
  if (found) return plan;
  return Error{Errc::misuse, "there is no track '" + *wish.track + "'", archive.folder().string(),
               "'perdura tsa list' shows them"};
}

DigestAlgorithm seal_algorithm(const Archive& archive, const Lineages& lineages,
                               const Track& track) {
  const DigestAlgorithm usual = lineages.newest_algorithm(track.name).value_or(track.algorithm);
  const auto policy = archive.policy();
  const Time now = archive.clock().now();
  const auto end = policy->end_of(usual);
  if (!end || now < *end) return usual;
  return fittest_digest(*policy, now, usual, true)
      .value_or(fittest_digest(*policy, now, usual, false).value_or(usual));
}

std::optional<DigestAlgorithm> fittest_digest(const verifier::AlgorithmPolicy& policy, Time until,
                                              std::optional<DigestAlgorithm> but_not,
                                              bool must_be_stated) {
  std::optional<DigestAlgorithm> best;
  const auto rank = [&](DigestAlgorithm algorithm) {
    constexpr Time never{std::numeric_limits<std::int64_t>::max()};
    return std::pair(may_be_stated(algorithm), policy.end_of(algorithm).value_or(never));
  };
  for (const DigestAlgorithm algorithm : digests_in_order) {
    const auto end = policy.end_of(algorithm);
    if (algorithm == but_not || (end && *end <= until)) continue;
    if (must_be_stated && !may_be_stated(algorithm)) continue;
    if (!best || rank(algorithm) > rank(*best)) best = algorithm;
  }
  return best;
}

}  // namespace perdura::archive
