#include "tests/verifier/evidence_maker.hpp"

#include <algorithm>

#include "tests/verifier/reports.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::verifier::test {

Bytes EvidenceMaker::archive_timestamp(std::vector<Digest> first, int siblings,
                                       DigestAlgorithm algorithm, const std::string& time) {
  Hasher hasher(algorithm);
  Digest current = combine(hasher, first);
  ReducedHashtree tree{std::move(first)};
  for (int i = 0; i < siblings; ++i) {
    const Digest sibling = hash(algorithm, as_bytes(std::to_string(i) + ". sibling"));
    tree.push_back({sibling});
    current = node_hash(hasher, current, sibling);
  }
  tokens_.push_back(authority_.stamp(algorithm, current, time));
  return write_archive_timestamp(algorithm, tree, tokens_.back());
}

std::vector<Digest> EvidenceMaker::hashes(DigestAlgorithm algorithm) const {
  std::vector<Digest> result;
  for (const std::string& document : documents_) {
    result.push_back(hash(algorithm, as_bytes(document)));
  }
  return result;
}

EvidenceMaker& EvidenceMaker::stamp_at(const std::string& time, DigestAlgorithm algorithm,
                                       int siblings) {
  algorithms_ = {algorithm};
  chains_ = {{archive_timestamp(hashes(algorithm), siblings, algorithm, time)}};
  return *this;
}

EvidenceMaker& EvidenceMaker::renew_at(const std::string& time, int siblings) {
  const DigestAlgorithm algorithm = algorithms_.back();
  chains_.back().push_back(
      archive_timestamp({hash(algorithm, tokens_.back())}, siblings, algorithm, time));
  return *this;
}

EvidenceMaker& EvidenceMaker::renew_tree_at(const std::string& time, DigestAlgorithm algorithm,
                                            bool sorted) {
  Hasher hasher(algorithm);
  const Digest sequence = hash(algorithm, write_archive_timestamp_sequence(chains_));
  std::vector<Digest> leaves;
  for (const Digest& digest : hashes(algorithm)) {
    leaves.push_back(sorted ? node_hash(hasher, digest, sequence)
                            : renewed_leaf(hasher, digest, sequence));
  }
  algorithms_.push_back(algorithm);
  chains_.push_back({archive_timestamp(std::move(leaves), 1, algorithm, time)});
  return *this;
}

std::vector<DataObject> EvidenceMaker::objects() const {
  std::vector<DataObject> result;
  for (const std::string& document : documents_) {
    DataObject object{document, {}};
    for (const DigestAlgorithm algorithm : algorithms_) {
      object.digests.emplace_back(algorithm, hash(algorithm, as_bytes(document)));
    }
    result.push_back(std::move(object));
  }
  return result;
}

std::string judge_octets(ByteView octets, const std::vector<DataObject>& objects, GroupProof proof,
                         const TokenJudge& judge, Report* report) {
  const auto record = parse_evidence_record(octets);
  if (!record) return "MALFORMED";
  EvidenceReport judged = judge_evidence_record(*record, objects, proof, judge);
  std::string result = outcome(judged.report);
  if (report != nullptr) *report = std::move(judged.report);
  return result;
}

}  // namespace perdura::verifier::test
