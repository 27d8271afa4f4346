#include "archive/renewal_plan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "archive/record_renewer.hpp"
#include "archive/stamp.hpp"

namespace perdura::archive {
namespace {

using verifier::SubIndication;
using verifier::Verdict;

constexpr const char* as_asked = "as asked";

// In order of preference among equals.
constexpr std::array digests_in_order = {DigestAlgorithm::sha512,   DigestAlgorithm::sha3_256,
                                         DigestAlgorithm::sha384,   DigestAlgorithm::sha3_512,
                                         DigestAlgorithm::sha3_384, DigestAlgorithm::sha256};

// Sorts the batches of one track into renewals.
class TrackPlanner {
 public:
  TrackPlanner(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
               const verifier::TokenJudge& judge, const Track& track, const RenewalWish& wish,
               RenewalPlan& plan)
      : archive_(archive),
        shared_lineages_(lineages),
        judge_(judge),
        track_(track),
        wish_(wish),
        plan_(plan) {}

  Result<Ok> take(BatchStates& states) {
    states_ = &states;
    for (const Batch& batch : lineages_.batches()) {
      const auto state = states.of(batch, track_.name);
      if (!state) return state.error();
      if (auto sorted = sort(*state); !sorted) return sorted;
    }
    warn_of_failed();
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
  Result<Ok> sort(const BatchState& state) {
    if (state.lineage.empty()) {
      if (track_.active()) note(initial_, state, "the track has no time-stamp of them", nullptr);
      return Ok{};
    }
    if (state.verdict == Verdict::failed) return sort_failed(state);
    const auto anew = better_anew(state);
    if (!anew) return anew.error();
    if (*anew) {
      note(initial_, state, "their evidence here ended, on another track it did not", nullptr);
      return Ok{};
    }
    const auto whole = whole_again(state);
    if (!whole) return whole.error();
    sort_by_ends(state, *whole);
    return Ok{};
  }

  // How many of the batch's records were set aside and could be renewed now. Of the others a
  // warning says why not.
  Result<std::size_t> whole_again(const BatchState& state) {
    if (!wish_.rejoin) return std::size_t{0};
    const std::vector<std::uint64_t> set_aside = set_aside_of(*state.batch, state.lineage);
    if (set_aside.empty()) return std::size_t{0};
    const HashTreeTask task{.id = {},
                            .track = track_.name,
                            .algorithm = state.lineage.back().front().algorithm(),
                            .from_digests = false,
                            .batches = {}};
    RecordRenewer renewer(archive_, shared_lineages_, judge_, task);
    std::size_t whole = 0;
    for (const std::uint64_t deposit : set_aside) {
      const auto row = archive_.journal().row(deposit, keyspace::deposit_key(deposit));
      if (!row) return row.error();
      const auto renewed = renewer.renew(*state.batch, {deposit, row->value_or(Bytes())});
      if (!renewed) return renewed.error();
      if (!renewed->members.empty()) {
        ++whole;
      } else {
        ++plan_.stay_set_aside;
        plan_.warnings.push_back("track " + track_.name + ": record " + renewed->record +
                                 " stays set aside: " + renewed->why);
      }
    }
    return whole;
  }

  void sort_by_ends(const BatchState& state, std::size_t whole_again) {
    const Horizon* hash = state.ends.hash ? &*state.ends.hash : nullptr;
    const Horizon* other = state.ends.earliest_renewable();
    const DigestAlgorithm algorithm = state.lineage.back().front().algorithm();
    if (wish_.force == RenewalKind::hash_tree || (!wish_.force && due(hash))) {
      note(hash_tree_, state, due(hash) ? ends_by(*hash) : as_asked, hash);
      replaced_ = algorithm;
    } else if (whole_again > 0) {
      note(hash_tree_, state, std::to_string(whole_again) + " of its records are whole again",
           nullptr);
    } else if (wish_.force == RenewalKind::time_stamp || (!wish_.force && due(other))) {
      note(time_stamp_[algorithm], state, due(other) ? ends_by(*other) : as_asked, other);
    } else if (stamped_by_retired(state)) {
      note(time_stamp_[algorithm], state, "the authority that stamped them is retired", nullptr);
    }
  }

  // Whether nothing covers the evidence that was made after its authority was retired. That one may
  // be revoked at any time, or its key be somebody else's: only what was covered before then holds.
  bool stamped_by_retired(const BatchState& state) const {
    if (!track_.retired) return false;
    return state.ends.stamped <= *track_.retired;
  }

  // Whether the evidence ended unrenewed, and so proves nothing on this track for ever, while
  // another track still tells since when the batch exists. Where none does, what there is is
  // carried on.
  Result<bool> better_anew(const BatchState& state) {
    const bool ended = state.why == SubIndication::crypto_failure ||
                       state.why == SubIndication::crypto_failure_no_poe ||
                       state.why == SubIndication::out_of_bounds_no_poe ||
                       state.why == SubIndication::revocation_out_of_bounds_no_poe;
    if (state.verdict != Verdict::indeterminate || !ended || !track_.active() || wish_.force) {
      return false;
    }
    return proven_elsewhere(state);
  }

  // Whether another track's evidence of the batch holds.
  Result<bool> proven_elsewhere(const BatchState& state) {
    for (const Track& other : archive_.config().tracks) {
      if (other.name == track_.name) continue;
      const auto of_other = states_->of(*state.batch, other.name);
      if (!of_other) return of_other.error();
      if (!of_other->lineage.empty() && of_other->verdict == Verdict::passed) return true;
    }
    return false;
  }

  // A revoked TSA's evidence can start anew; where that TSA is retired, another track's evidence
  // has taken its place. What fails for another reason is for people to look at.
  Result<Ok> sort_failed(const BatchState& state) {
    const bool revoked =
        state.why == SubIndication::revoked || state.why == SubIndication::revoked_no_poe;
    const bool anew = track_.active() && revoked;
    if (revoked && !anew) {
      const auto elsewhere = proven_elsewhere(state);
      if (!elsewhere) return elsewhere.error();
      if (*elsewhere) return Ok{};
    }
    Failed& failed = failed_[state.problem];
    ++failed.batches;
    failed.anew = anew;
    if (anew) note(initial_, state, "a TSA was revoked, so its time-stamps prove nothing", nullptr);
    return Ok{};
  }

  // One sentence a problem, however many batches have it.
  void warn_of_failed() {
    for (const auto& [problem, failed] : failed_) {
      if (!failed.anew) plan_.not_renewed += failed.batches;
      plan_.warnings.push_back("track " + track_.name + ", " + std::to_string(failed.batches) +
                               (failed.batches == 1 ? " batch: " : " batches: ") + problem +
                               (failed.anew ? " Stamped anew." : " Not renewed."));
    }
  }

  bool due(const Horizon* horizon) const {
    return horizon != nullptr && horizon->end < archive_.clock().now() + wish_.margin_s;
  }
  static std::string ends_by(const Horizon& horizon) {
    // What the policy does not know was never fit.
    if (horizon.end.seconds <= 0) return horizon.cause + " is not fit by the policy";
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
    const auto fittest = [&](bool stated) {
      return fittest_digest(archive_, archive_.clock().now() + wish_.margin_s, replaced_, stated,
                            of_other_tracks());
    };
    auto algorithm = wish_.algorithm;
    // Where none is to be left, records that rejoin keep to the track's.
    if (!algorithm && !replaced_) algorithm = seal_algorithm(archive_, lineages_, track_);
    if (!algorithm && wish_.from_digests) algorithm = fittest(true);
    if (!algorithm) algorithm = fittest(false);
    if (!algorithm) {
      return Error{Errc::misuse, "by the policy no hash function is fit to renew with",
                   "track " + track_.name,
                   "get a newer policy ('perdura policy use DIR FILE'), or name one with --hash"};
    }
    if (wish_.from_digests && !is_stated(archive_.config(), *algorithm)) {
      plan_.warnings.push_back("track " + track_.name + ": statements do not fix " +
                               std::string(name(*algorithm)) +
                               " digests, so documents are read all the same");
    }
    hash_tree_.algorithm = *algorithm;
    add(std::move(hash_tree_));
    return Ok{};
  }

  // The hash functions of the other tracks that stamp, as they are after what is planned.
  std::set<DigestAlgorithm> of_other_tracks() const {
    std::set<DigestAlgorithm> all;
    for (const Track& other : archive_.config().tracks) {
      if (other.name == track_.name || !other.active()) continue;
      DigestAlgorithm algorithm = seal_algorithm(archive_, lineages_, other);
      for (const PlannedRenewal& planned : plan_.renewals) {
        if (planned.track != other.name || planned.kind != RenewalKind::hash_tree) continue;
        algorithm = planned.algorithm;
      }
      all.insert(algorithm);
    }
    return all;
  }

  void add(PlannedRenewal planned) {
    planned.track = track_.name;
    plan_.renewals.push_back(std::move(planned));
  }

  const Archive& archive_;
  const std::shared_ptr<const Lineages>& shared_lineages_;
  const Lineages& lineages_ = *shared_lineages_;
  const verifier::TokenJudge& judge_;
  const Track& track_;
  const RenewalWish& wish_;
  RenewalPlan& plan_;
  BatchStates* states_ = nullptr;
  struct Failed {
    std::size_t batches = 0;
    bool anew = false;
  };
  std::map<std::string, Failed> failed_;  // by what is wrong
  PlannedRenewal initial_;
  PlannedRenewal hash_tree_;
  std::optional<DigestAlgorithm> replaced_;               // by the hash-tree renewal
  std::map<DigestAlgorithm, PlannedRenewal> time_stamp_;  // by the chains' hash function
};

}  // namespace

Result<RenewalPlan> plan_renewals(const Archive& archive,
                                  const std::shared_ptr<const Lineages>& lineages,
                                  const RenewalWish& wish, const FreshStatus& since) {
  auto options = judge_options(archive);
  if (!options) return options.error();
  options->accompanying_crls = since.crls;
  options->accompanying_ocsp_responses = since.ocsp_responses;
  const verifier::TokenJudge judge(*std::move(options));
  BatchStates states(archive, lineages, &judge);
  RenewalPlan plan;
  bool found = !wish.track;
  for (const Track& track : archive.config().tracks) {
    if (wish.track && track.name != *wish.track) continue;
    found = true;
    auto taken = TrackPlanner(archive, lineages, judge, track, wish, plan).take(states);
    if (!taken) return taken.error();
  }
  if (found) return plan;
  return Error{Errc::misuse, "there is no track '" + *wish.track + "'", archive.folder().string(),
               "'perdura tsa list' shows them"};
}

DigestAlgorithm seal_algorithm(const Archive& archive, const Lineages& lineages,
                               const Track& track) {
  const DigestAlgorithm usual = lineages.newest_algorithm(track.name).value_or(track.algorithm);
  const Time now = archive.clock().now();
  const auto end = archive.policy()->end_of(usual);
  if (!end || now < *end) return usual;
  return fittest_digest(archive, now, usual, true)
      .value_or(fittest_digest(archive, now, usual, false).value_or(usual));
}

std::optional<DigestAlgorithm> fittest_digest(const Archive& archive, Time until,
                                              std::optional<DigestAlgorithm> but_not,
                                              bool must_be_stated,
                                              const std::set<DigestAlgorithm>& others) {
  const auto policy = archive.policy();
  const auto stated = [&](DigestAlgorithm one) { return is_stated(archive.config(), one); };
  std::optional<DigestAlgorithm> best;
  const auto rank = [&](DigestAlgorithm algorithm) {
    constexpr Time never{std::numeric_limits<std::int64_t>::max()};
    return std::tuple(!others.contains(algorithm), stated(algorithm),
                      policy->end_of(algorithm).value_or(never));
  };
  for (const DigestAlgorithm algorithm : digests_in_order) {
    const auto end = policy->end_of(algorithm);
    if (algorithm == but_not || (end && *end <= until)) continue;
    if (must_be_stated && !stated(algorithm)) continue;
    if (!best || rank(algorithm) > rank(*best)) best = algorithm;
  }
  return best;
}

}  // namespace perdura::archive
