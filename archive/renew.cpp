#include "archive/renew.hpp"

#include <algorithm>

#include "archive/renewal_act.hpp"
#include "archive/renewal_intent.hpp"
#include "archive/renewal_status.hpp"

namespace perdura::archive {
namespace {

// Hash-tree renewals that died come first, as they were begun.
Result<Ok> add_resumable(const Archive& archive, const Lineages& lineages, const RenewalWish& wish,
                         RenewalPlan& plan) {
  for (const Track& track : archive.config().tracks) {
    if (wish.track && track.name != *wish.track) continue;
    auto task = resumable_renewal(archive, lineages, track.name);
    if (!task) return task.error();
    if (!*task) continue;
    std::erase_if(plan.renewals,
                  [&](const PlannedRenewal& planned) { return planned.track == track.name; });
    plan.renewals.insert(plan.renewals.begin(), {.kind = RenewalKind::hash_tree,
                                                 .track = track.name,
                                                 .algorithm = (**task).algorithm,
                                                 .batches = (**task).batches,
                                                 .why = "it was begun and did not end",
                                                 .ends = {}});
  }
  return Ok{};
}

// Several steps may ask for the same.
void add_warnings_once(const std::vector<std::string>& more, std::vector<std::string>& warnings) {
  for (const std::string& warning : more) {
    if (std::ranges::find(warnings, warning) == warnings.end()) warnings.push_back(warning);
  }
}

// What became of one; what befell it as a whole is its error.
RenewalOutcome made(Archive& archive, TsaClients& tsas, const PlannedRenewal& planned,
                    const RenewOptions& options,
                    std::optional<std::chrono::milliseconds> patience) {
  if (options.begin) options.begin(planned);
  // Each sees what the one before it did.
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  auto outcome = lineages ? make_renewal(archive, tsas, *lineages, planned, options, patience)
                          : Result<RenewalOutcome>(lineages.error());
  if (outcome) return *std::move(outcome);
  RenewalOutcome failed;
  failed.planned = planned;
  failed.error = outcome.error();
  return failed;
}

// In the order of the plan, but that what waits for a slow TSA is made after the others.
void run(Archive& archive, TsaClients& tsas, const RenewalPlan& plan, const RenewOptions& options,
         RenewResult& result) {
  using std::chrono::steady_clock;
  std::vector<const PlannedRenewal*> left_for_last;
  const auto keep = [&](RenewalOutcome outcome) {
    add_warnings_once(outcome.warnings, result.warnings);
    result.outcomes.push_back(std::move(outcome));
  };
  for (const PlannedRenewal& planned : plan.renewals) {
    if (plan.renewals.size() == 1) {
      keep(made(archive, tsas, planned, options, std::nullopt));
      continue;
    }
    const auto begun = steady_clock::now();
    RenewalOutcome outcome = made(archive, tsas, planned, options, options.patience);
    if (outcome.error && outcome.error->code == Errc::unavailable &&
        steady_clock::now() - begun >= options.patience) {
      left_for_last.push_back(&planned);
    } else {
      keep(std::move(outcome));
    }
  }
  for (const PlannedRenewal* planned : left_for_last) {
    keep(made(archive, tsas, *planned, options, std::nullopt));
  }
}

// The same for who renews and who only asks what would be renewed.
Result<RenewalPlan> plan(const Archive& archive, TsaClients& tsas,
                         const std::shared_ptr<const Lineages>& lineages, const RenewalWish& wish) {
  const FreshStatus since = present_status(*lineages, tsas);
  auto plan = plan_renewals(archive, lineages, wish, since);
  if (!plan) return plan;
  if (auto added = add_resumable(archive, *lineages, wish, *plan); !added) return added.error();
  add_warnings_once(since.warnings, plan->warnings);
  return plan;
}

}  // namespace

Result<RenewalPlan> planned_renewals(const Archive& archive, TsaClients& tsas,
                                     const RenewalWish& wish) {
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  return plan(archive, tsas, *lineages, wish);
}

Result<RenewResult> renew(Archive& archive, TsaClients& tsas, const RenewOptions& options) {
  const std::unique_lock renewing(archive.renewing(), std::try_to_lock);
  if (!renewing) {
    return Error{Errc::busy, "another renewal is under way", archive.folder().string(), ""};
  }
  RenewResult result;
  auto completed = complete_open_tokens(archive, tsas, result.warnings);
  if (!completed) return completed.error();
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  for (const Track& track : archive.config().tracks) {
    auto forgotten = forget_stale_renewal(archive, **lineages, track.name);
    if (!forgotten) return forgotten.error();
  }
  const auto planned = plan(archive, tsas, *lineages, options.wish);
  if (!planned) return planned.error();
  add_warnings_once(planned->warnings, result.warnings);
  result.not_renewed = planned->not_renewed;
  result.stay_set_aside = planned->stay_set_aside;
  run(archive, tsas, *planned, options, result);
  return result;
}

Result<RenewResult> make_up(Archive& archive, TsaClients& tsas, const std::string& actor,
                            const std::set<std::string>& silent) {
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  RenewalPlan plan;
  for (const Track& track : archive.config().tracks) {
    if (!track.active() || silent.contains(track.name)) continue;
    PlannedRenewal owed{.kind = RenewalKind::initial,
                        .track = track.name,
                        .algorithm = seal_algorithm(archive, **lineages, track),
                        .batches = {},
                        .why = "the track has no time-stamp of them",
                        .ends = {}};
    for (const Batch& batch : (*lineages)->batches()) {
      if ((*lineages)->of(batch, track.name).empty()) owed.batches.push_back(batch.number);
    }
    if (!owed.batches.empty()) plan.renewals.push_back(std::move(owed));
  }
  RenewOptions options;
  options.actor = actor;
  RenewResult result;
  run(archive, tsas, plan, options, result);
  return result;
}

}  // namespace perdura::archive
