#include <iostream>

#include "tools/verify/inputs.hpp"
#include "tools/verify/judge.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/findings.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

// What was given, in the hash functions that the evidence asks for.
Result<std::vector<DataObject>> data_objects(const Options& options, const EvidenceRecord& record) {
  const auto algorithms = digest_algorithms(record);
  std::vector<DataObject> objects;
  for (const std::string& path : options.operands) {
    auto object = hash_file(path, algorithms ? std::span<const DigestAlgorithm>(*algorithms)
                                             : std::span<const DigestAlgorithm>());
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  for (const std::string& text : options.digests) {
    auto object = parse_digests(text);
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  if (objects.empty()) return misuse("name the documents, or give their digests", "--evidence");
  return objects;
}

EvidenceReport judge_objects(const EvidenceRecord& record, std::span<const DataObject> objects,
                             bool complete, JudgeOptions judge) {
  const TokenJudge tokens(std::move(judge));
  EvidenceReport group = judge_evidence_record(record, objects, GroupProof::whole_group, tokens);
  if (complete || group.report.verdict() != Verdict::failed) return group;
  // Perhaps only others are missing beside what was given: it is proven all the same.
  EvidenceReport single =
      judge_evidence_record(record, objects, GroupProof::single_objects, tokens);
  if (single.report.verdict() == Verdict::failed) return group;
  single.report.findings.push_back(warned(say("evidence.covers-more"), "", "RFC 4998 section 4.3"));
  return single;
}

}  // namespace

Result<Verdict> judge_evidence(const Options& options, JudgeOptions judge) {
  if (options.log_key) return misuse("--log-key goes with a package", "");
  const auto octets = read_file(*options.evidence);
  if (!octets) return octets.error();
  const auto record = parse_evidence_record(*octets);
  if (!record) {
    Error error = record.error();
    error.where = *options.evidence + ": " + error.where;
    return error;
  }
  const auto objects = data_objects(options, *record);
  if (!objects) return objects.error();
  const EvidenceReport evidence =
      judge_objects(*record, *objects, options.complete, std::move(judge));
  const Verdict verdict = evidence.report.verdict();
  if (options.quiet) return verdict;
  const TextDetail detail = options.verbose ? TextDetail::full : TextDetail::brief;
  std::cout << (options.json ? evidence_json(evidence) + "\n"
                             : evidence_text(evidence, detail, options.language));
  return verdict;
}

}  // namespace perdura::tools::verify
