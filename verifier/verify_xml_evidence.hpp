// Judges RFC 6283 (XMLERS) evidence records: §3.3 and §4.3, by the rules that they share with
// RFC 4998's and their own for what renewals hash.
#pragma once

#include <span>

#include "verifier/verify_evidence.hpp"
#include "verifier/xml_evidence_record.hpp"

namespace perdura::verifier {

// Judges `record` for `objects` as of options.at. Thread safety: any thread.
EvidenceReport judge_xml_evidence(const XmlEvidenceRecord& record,
                                  std::span<const DataObject> objects, GroupProof proof,
                                  const JudgeOptions& options);

}  // namespace perdura::verifier
