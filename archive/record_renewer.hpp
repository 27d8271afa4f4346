// One leaf's part of a hash-tree renewal (RFC 4998 section 5.2, steps 2 to 4).
//
// Thread safety: one thread at a time; one for each worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "archive/hash_tree_renewal.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {

// A leaf of a batch: the deposit at a journal entry with its row as stored; no deposit: the
// checkpoint.
struct LeafToRenew {
  std::optional<std::uint64_t> deposit;
  Bytes row;
};

// What became of one.
struct RenewedLeaf {
  RenewedMembers members;   // empty: the record is to be set aside
  std::string record;       // its identifier
  std::string why;          // when it is set aside
  std::uint64_t bytes = 0;  // octets of documents that were read
};

// Reads what a hash-tree renewal covers back and hashes it anew. A record that the renewal before
// had set aside is read in any case, and rejoins when it is what the evidence from before that says
// and this evidence still stands.
class RecordRenewer {
 public:
  RecordRenewer(const Archive& archive, std::shared_ptr<const Lineages> lineages,
                const verifier::TokenJudge& judge, const HashTreeTask& task);
  RecordRenewer(const Archive&, std::shared_ptr<const Lineages>, const verifier::TokenJudge&,
                HashTreeTask&&) = delete;  // it is referred to

  // Errors: io, malformed (a row, an old tree): what is wrong with more than this one record.
  Result<RenewedLeaf> renew(const Batch& batch, const LeafToRenew& leaf);

 private:
  Result<RenewedLeaf> renew_record(const Batch& batch, std::uint64_t deposit,
                                   const DepositRow& row);
  Result<DataObjects> objects_of(const DepositRow& row, const std::string& text, bool by_digests,
                                 std::uint64_t& bytes);
  Result<std::optional<std::string>> join(const Batch& batch, std::uint64_t leaf,
                                          const DataObjects& objects, verifier::GroupProof proof,
                                          RenewedMembers& members);
  void follow(const Batch& batch);

  const Archive& archive_;
  std::shared_ptr<const Lineages> lineages_;
  const verifier::TokenJudge& judge_;
  const HashTreeTask& task_;
  ContentReader reader_;
  EvidenceAssembler assembler_;
  verifier::Hasher hasher_;
  const Batch* batch_ = nullptr;  // what the members below are about
  Lineage lineage_;
  std::vector<DigestAlgorithm> algorithms_;  // of all its chains, and the new one
  std::vector<std::uint64_t> set_aside_;     // records that its newest chain was made without
};

}  // namespace perdura::archive
