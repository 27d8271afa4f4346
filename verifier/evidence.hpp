// An evidence record in either syntax, RFC 4998 or RFC 6283, with the octets that it was read from.
//
// Thread safety: immutable; any thread.
#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/xml_evidence_record.hpp"

namespace perdura::verifier {

// How a document must be hashed to be judged.
struct HashingPlan {
  std::vector<DigestAlgorithm> algorithms;
  // When the document is XML, in these forms too, by each algorithm.
  std::vector<Canonicalization> canonicalizations;
};

// A document that is at hand, hashed as `plan` asks. In canonical form only when it is XML.
DataObject hash_document(std::string name, ByteView octets, const HashingPlan& plan);

// An evidence record, whatever its syntax.
class Evidence {
 public:
  // Finds out the syntax. Errors: those of parsing.
  static Result<Evidence> parse(Bytes octets);

  // Algorithms as digest_algorithms(record) has them. Errors: unsupported, malformed.
  Result<HashingPlan> hashing_plan() const;

  // Judges it for `objects` as a group. Unless they must be `complete`, what fails as a group
  // passes with a warning when others are missing beside what was given.
  EvidenceReport judge(std::span<const DataObject> objects, bool complete,
                       const JudgeOptions& options) const;
  // Judges it for `objects`, each by itself.
  EvidenceReport judge_each(std::span<const DataObject> objects, const JudgeOptions& options) const;

 private:
  using Record = std::variant<EvidenceRecord, XmlEvidenceRecord>;
  Evidence(std::shared_ptr<const Bytes> octets, Record record)
      : octets_(std::move(octets)), record_(std::move(record)) {}
  EvidenceReport judge_as(std::span<const DataObject> objects, GroupProof proof,
                          const JudgeOptions& options) const;

  std::shared_ptr<const Bytes> octets_;  // what an RFC 4998 record views
  Record record_;
};

}  // namespace perdura::verifier
