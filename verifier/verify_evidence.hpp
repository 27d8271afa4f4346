// Judges RFC 4998 evidence records: §3.3, §4.3, §5.3, with both kinds of renewal.
//
// What is shown when the verdict is PASSED: every data object given existed, as it is now, at the
// time of the first time-stamp, and each time-stamp was covered by the next while it was still
// good. Not shown: that no record is missing (that is the journal's), or what the data means.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/time.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {

// A document, by its hash values: one for each algorithm that digest_algorithms(record) names.
struct DataObject {
  Text name;  // as the report shall call it
  std::vector<std::pair<DigestAlgorithm, Digest>> digests;
};

// What is to be shown about several objects.
enum class GroupProof {
  single_objects,  // each one is covered; others may be beside it
  whole_group,     // besides, the first list of the first archive timestamp holds no other
};

// The verdict, and since when the objects are shown to have existed.
struct EvidenceReport {
  Report report;  // subject "evidence record"; parts: chains, and time-stamps in them
  // The latest moment that the first time-stamp can stand for; only when the verdict is PASSED.
  std::optional<Time> existed_since;
};

// Judges `record` for `objects` as of judge.options().at. Thread safety: any thread.
EvidenceReport judge_evidence_record(const EvidenceRecord& record,
                                     std::span<const DataObject> objects, GroupProof proof,
                                     const TokenJudge& judge);

}  // namespace perdura::verifier
