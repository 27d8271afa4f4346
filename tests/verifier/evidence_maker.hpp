// Makes evidence records in memory: trees, both renewals, at any time.
#pragma once

#include <string>
#include <vector>

#include "tests/verifier/test_tsa.hpp"
#include "verifier/evidence_record_writer.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier::test {

// A record under way: its documents, and the chains made so far.
class EvidenceMaker {
 public:
  EvidenceMaker(const Authority& authority, std::vector<std::string> documents)
      : authority_(authority), documents_(std::move(documents)) {}

  // A first time-stamp over the documents as a group, with `siblings` other leaves above it.
  EvidenceMaker& stamp_at(const std::string& time, DigestAlgorithm algorithm, int siblings = 2);
  // Covers the newest time-stamp.
  EvidenceMaker& renew_at(const std::string& time, int siblings = 1);
  // Starts a chain with another hash function, that covers documents and sequence; `sorted` as in
  // the RFC's figure 4.
  EvidenceMaker& renew_tree_at(const std::string& time, DigestAlgorithm algorithm,
                               bool sorted = false);

  Bytes record() const { return write_evidence_record(algorithms_, chains_); }
  std::vector<DataObject> objects() const;
  const std::vector<std::vector<Bytes>>& chains() const { return chains_; }
  std::vector<Digest> hashes(DigestAlgorithm algorithm) const;

  // The archive timestamp over a first list and further siblings, stamped by the authority.
  Bytes archive_timestamp(std::vector<Digest> first, int siblings, DigestAlgorithm algorithm,
                          const std::string& time);

 private:
  const Authority& authority_;
  std::vector<std::string> documents_;
  std::vector<DigestAlgorithm> algorithms_;
  std::vector<std::vector<Bytes>> chains_;
  std::vector<Bytes> tokens_;
};

// The verdict on a record's octets with sub-indication; "MALFORMED" when they do not parse.
std::string judge_octets(ByteView record, const std::vector<DataObject>& objects, GroupProof proof,
                         const TokenJudge& judge, Report* report = nullptr);

}  // namespace perdura::verifier::test
