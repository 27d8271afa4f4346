// The integrity job's part about renewals: that what they keep still leads to what was stamped.
//
// Thread safety: as each says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {

// Judges the evidence of records whose trees were renewed, record by record: what no tree of the
// journal's rows shows. One thread at a time; one for each worker.
class RenewedEvidenceCheck {
 public:
  RenewedEvidenceCheck(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
                       const verifier::TokenJudge& judge);

  // Says of which batch the next records are; null: of none.
  void follow(const Batch* batch);
  // The hash functions in which their documents are to be read.
  const std::vector<DigestAlgorithm>& algorithms() const { return algorithms_; }
  // What is wrong with a record's evidence: a sentence each.
  std::vector<std::string> problems(const DepositRow& row, const DataObjects& objects);

 private:
  std::shared_ptr<const Lineages> lineages_;
  const verifier::TokenJudge& judge_;
  EvidenceAssembler assembler_;
  const Batch* batch_ = nullptr;
  std::vector<std::pair<std::string, Lineage>> renewed_;  // by track: those with several chains
  std::vector<DigestAlgorithm> algorithms_{DigestAlgorithm::sha256};
};

// What is wrong with a renewal's own tree, and with the trees of a hash-tree renewal: a sentence
// each. Any thread.
std::vector<std::string> renewal_problems(const Archive& archive, const Lineages& lineages,
                                          const Renewal& renewal);

}  // namespace perdura::archive
