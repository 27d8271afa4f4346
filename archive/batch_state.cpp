#include "archive/batch_state.hpp"

#include "archive/group_members.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::archive {

using verifier::Verdict;

BatchStates::BatchStates(const Archive& archive, std::shared_ptr<const Lineages> lineages,
                         const verifier::TokenJudge* judge)
    : archive_(archive),
      lineages_(lineages),
      judge_(judge),
      assembler_(archive, std::move(lineages)) {}

Result<BatchState> BatchStates::of(const Batch& batch, const std::string& track) {
  BatchState state;
  state.batch = &batch;
  state.lineage = lineages_->of(batch, track);
  if (state.lineage.empty()) return state;
  if (judge_ != nullptr) {
    if (auto judged = judge_checkpoint(state); !judged) return judged.error();
  }
  const auto ends = ends_of(state.lineage.back().back());
  if (!ends) return ends.error();
  state.ends = **ends;
  return state;
}

Result<Ok> BatchStates::judge_checkpoint(BatchState& state) {
  const MembersOf members = checkpoint_members(*state.batch);
  const auto chains = assembler_.chains_of(*state.batch, state.lineage, 0, members);
  if (!chains) return chains.error();
  const Bytes encoded = chains->evidence_record();
  const auto record = verifier::parse_evidence_record(encoded);
  if (!record) return record.error();
  DataObjects checkpoint{{"the journal's checkpoint", {}}};
  for (const DigestAlgorithm algorithm : chains->algorithms) {
    const auto values = members(algorithm);
    if (!values) return values.error();
    checkpoint.front().digests.emplace_back(algorithm, values->front());
  }
  const auto judged = verifier::judge_evidence_record(
      *record, checkpoint, verifier::GroupProof::single_objects, *judge_);
  state.verdict = judged.report.verdict();
  const verifier::Finding* finding = judged.report.decisive();
  if (state.verdict != Verdict::passed && finding != nullptr) {
    state.why = finding->sub_indication;
    state.problem = verifier::in_english(finding->what);
  }
  return Ok{};
}

Result<const Horizons*> BatchStates::ends_of(const Link& newest) {
  const std::uint8_t* const key = newest.token().data();
  if (const auto known = ends_.find(key); known != ends_.end()) return &known->second;
  auto ends = horizons(newest.token(), newest.algorithm(), *archive_.policy());
  if (!ends) return ends.error();
  return &ends_.emplace(key, *std::move(ends)).first->second;
}

}  // namespace perdura::archive
