#include "verifier/evidence.hpp"

#include <algorithm>

#include "verifier/evidence_file.hpp"
#include "verifier/findings.hpp"
#include "verifier/verify_xml_evidence.hpp"

namespace perdura::verifier {

DataObject hash_document(std::string name, ByteView octets, const HashingPlan& plan) {
  DataObject object{std::move(name), {}, {}};
  for (const DigestAlgorithm algorithm : plan.algorithms) {
    object.digests.emplace_back(algorithm, hash(algorithm, octets));
  }
  if (plan.canonicalizations.empty()) return object;
  const auto document = XmlDocument::parse(octets);
  if (!document) return object;
  for (const Canonicalization method : plan.canonicalizations) {
    const auto canonical = document->canonical(method);
    if (!canonical) continue;
    for (const DigestAlgorithm algorithm : plan.algorithms) {
      object.canonical_digests.push_back({method, algorithm, hash(algorithm, *canonical)});
    }
  }
  return object;
}

Result<Evidence> Evidence::parse(Bytes octets) {
  if (kind_of_evidence(octets) == EvidenceKind::xml_evidence_record) {
    auto record = XmlEvidenceRecord::parse(octets);
    if (!record) return record.error();
    return Evidence(nullptr, *std::move(record));
  }
  const auto kept = std::make_shared<const Bytes>(std::move(octets));
  auto record = parse_evidence_record(*kept);
  if (!record) return record.error();
  return Evidence(kept, *std::move(record));
}

Result<HashingPlan> Evidence::hashing_plan() const {
  const auto* xml = std::get_if<XmlEvidenceRecord>(&record_);
  auto algorithms =
      digest_algorithms(xml != nullptr ? xml->record() : std::get<EvidenceRecord>(record_));
  if (!algorithms) return algorithms.error();
  HashingPlan plan{*std::move(algorithms), {}};
  for (std::size_t c = 0; xml != nullptr && c < xml->record().chains.size(); ++c) {
    const Canonicalization method = xml->canonicalization(c);
    if (std::ranges::find(plan.canonicalizations, method) == plan.canonicalizations.end()) {
      plan.canonicalizations.push_back(method);
    }
  }
  return plan;
}

EvidenceReport Evidence::judge_as(std::span<const DataObject> objects, GroupProof proof,
                                  const JudgeOptions& options) const {
  if (const auto* xml = std::get_if<XmlEvidenceRecord>(&record_)) {
    return judge_xml_evidence(*xml, objects, proof, options);
  }
  const TokenJudge judge(options);
  return judge_evidence_record(std::get<EvidenceRecord>(record_), objects, proof, judge);
}

EvidenceReport Evidence::judge(std::span<const DataObject> objects, bool complete,
                               const JudgeOptions& options) const {
  EvidenceReport group = judge_as(objects, GroupProof::whole_group, options);
  if (complete || group.report.verdict() != Verdict::failed) return group;
  // Perhaps only others are missing beside what was given: it is proven all the same.
  EvidenceReport single = judge_as(objects, GroupProof::single_objects, options);
  // What is wrong is then something else than that others are missing, which nobody asked for.
  if (single.report.verdict() == Verdict::failed) return single;
  single.report.findings.push_back(warned(say("evidence.covers-more"), "", "RFC 4998 section 4.3"));
  return single;
}

EvidenceReport Evidence::judge_each(std::span<const DataObject> objects,
                                    const JudgeOptions& options) const {
  return judge_as(objects, GroupProof::single_objects, options);
}

}  // namespace perdura::verifier
