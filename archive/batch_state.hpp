// What the evidence of each batch is worth now, and when it ends.
//
// Thread safety: one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "archive/evidence.hpp"
#include "archive/horizon.hpp"
#include "archive/lineage.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {

// The evidence that one track has of one batch.
struct BatchState {
  const Batch* batch = nullptr;
  Lineage lineage;  // empty: none
  // Of the evidence of the batch's checkpoint, which every archive timestamp of the batch covers;
  // when it is not PASSED, what decided it. Only with a judge.
  verifier::Verdict verdict = verifier::Verdict::indeterminate;
  verifier::SubIndication why = verifier::SubIndication::none;
  std::string problem;
  Horizons ends;
};

// Works out where the evidence of batches stands.
class BatchStates {
 public:
  // Without a judge nothing is judged. What is given must outlive it.
  BatchStates(const Archive& archive, std::shared_ptr<const Lineages> lineages,
              const verifier::TokenJudge* judge);

  // Errors: malformed, io.
  Result<BatchState> of(const Batch& batch, const std::string& track);

 private:
  Result<Ok> judge_checkpoint(BatchState& state);
  Result<const Horizons*> ends_of(const Link& newest);

  const Archive& archive_;
  std::shared_ptr<const Lineages> lineages_;
  const verifier::TokenJudge* judge_;
  EvidenceAssembler assembler_;
  // By the token's first octet: one that a renewal took ends all its batches alike.
  std::map<const std::uint8_t*, Horizons> ends_;
};

}  // namespace perdura::archive
