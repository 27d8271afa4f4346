// Judges RFC 4998 evidence records: §3.3, §4.3, §5.3, with both kinds of renewal.
//
// What is shown when the verdict is PASSED: every data object given existed, as it is now, at the
// time of the first time-stamp, and each time-stamp was covered by the next while it was still
// good. Not shown: that no record is missing (that is the journal's), or what the data means.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/evidence_links.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/time.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_token.hpp"
#include "verifier/xml.hpp"

namespace perdura::verifier {

// The hash value of a document in canonical form.
struct CanonicalDigest {
  Canonicalization method;
  DigestAlgorithm algorithm;
  Digest digest;
};

// A document, by its hash values: one for each algorithm that digest_algorithms(record) names.
struct DataObject {
  Text name;  // as the report shall call it
  std::vector<std::pair<DigestAlgorithm, Digest>> digests;
  // Of a document that is XML, besides: its hash values in canonical form, for RFC 6283 alone.
  std::vector<CanonicalDigest> canonical_digests = {};
};

// The hash value of `object`; null when it was not given in this algorithm.
const Digest* digest_of(const DataObject& object, DigestAlgorithm algorithm);

// What is to be shown about several objects.
enum class GroupProof {
  single_objects,  // each one is covered; others may be beside it
  whole_group,     // besides, the first list of the first archive timestamp holds no other
};

// Chains of evidence, oldest first, and the time-stamps of each.
using JudgedChains = std::vector<std::vector<std::shared_ptr<const JudgedToken>>>;

// One of several pieces of evidence that were judged together.
struct JudgedPiece {
  Text name;
  JudgedChains chains;
  Verdict verdict = Verdict::indeterminate;  // of the piece, whatever its time-stamps' are
};

// The verdict, and since when the objects are shown to have existed.
struct EvidenceReport {
  Report report;  // subject "evidence record"; parts: chains, and time-stamps in them
  // The latest moment that the first time-stamp can stand for; only when the verdict is PASSED.
  std::optional<Time> existed_since;
  // The time-stamps of the evidence as they were judged; empty for a file that holds pieces of
  // evidence, which are those below.
  JudgedChains chains = {};
  std::vector<JudgedPiece> pieces = {};
};

// Judges what has the shape of an RFC 4998 evidence record and is linked by `links`.
EvidenceReport judge_linked_evidence(const EvidenceRecord& record, const EvidenceLinks& links,
                                     std::span<const DataObject> objects, GroupProof proof,
                                     const TokenJudge& judge);

// Judges `record` for `objects` as of judge.options().at. Thread safety: any thread.
EvidenceReport judge_evidence_record(const EvidenceRecord& record,
                                     std::span<const DataObject> objects, GroupProof proof,
                                     const TokenJudge& judge);

// What is said of `count` time-stamps that are left out of account, since they are of after the
// moment that was chosen.
Finding stamped_later(std::size_t count, Time at);
// What is said where no other time-stamp is left.
Finding nothing_stamped_yet(Time at);

// The same for what somebody has: as a whole group; and, unless it must be `complete` and when that
// fails, as objects that are covered beside others, which a warning says.
EvidenceReport judge_objects(const EvidenceRecord& record, std::span<const DataObject> objects,
                             bool complete, const TokenJudge& judge);

}  // namespace perdura::verifier
