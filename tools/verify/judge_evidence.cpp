#include "tools/verify/inputs.hpp"
#include "tools/verify/judge.hpp"
#include "verifier/evidence.hpp"
#include "verifier/time_stamp_file.hpp"
#include "verifier/verify_cms.hpp"
#include "verifier/verify_time_stamp_file.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

Error in_file(Error error, const std::string& path) {
  error.where = error.where.empty() ? path : path + ": " + error.where;
  return error;
}

Result<EvidenceReport> judge_record(Bytes octets, const Given& given, const Options& options,
                                    const JudgeOptions& judge) {
  const auto evidence = Evidence::parse(std::move(octets));
  if (!evidence) return in_file(evidence.error(), given.evidence);
  // What keeps documents from being hashed, such as an unknown function, is in the report.
  const auto plan = evidence->hashing_plan();
  const auto objects = data_objects(given.documents, options.digests, plan ? *plan : HashingPlan());
  if (!objects) return objects.error();
  if (objects->empty()) return misuse("name the documents, or give their digests", given.evidence);
  return evidence->judge(*objects, options.complete, judge);
}

}  // namespace

Result<EvidenceReport> judge_evidence(const Given& given, const Options& options,
                                      const JudgeOptions& judge) {
  auto octets = read_file(given.evidence);
  if (!octets) return octets.error();
  return judge_record(*std::move(octets), given, options, judge);
}

Result<EvidenceReport> judge_time_stamp(const Given& given, const Options& options,
                                        const JudgeOptions& judge) {
  const auto octets = read_file(given.evidence);
  if (!octets) return octets.error();
  auto file = parse_time_stamp_file(*octets);
  if (!file) return in_file(file.error(), given.evidence);
  if (file->evidence_record) {
    return judge_record(*std::move(file->evidence_record), given, options, judge);
  }
  const auto objects =
      data_objects(given.documents, options.digests, {digest_algorithms(*file), {}});
  if (!objects) return objects.error();
  if (objects->empty() && !file->content) {
    return misuse("name the document that was time-stamped, or give its digest", given.evidence);
  }
  return judge_time_stamp_file(*file, *objects, judge);
}

Result<EvidenceReport> judge_cms_file(const Given& given, const Options& options,
                                      const JudgeOptions& judge) {
  const auto octets = read_file(given.evidence);
  if (!octets) return octets.error();
  const auto object = parse_cms(*octets);
  if (!object) return in_file(object.error(), given.evidence);
  if (object->evidence.empty()) {
    return Error{Errc::not_found, "is a CMS object without evidence records", given.evidence,
                 "signatures alone are not judged by this program"};
  }
  const auto objects = data_objects(given.documents, options.digests, hashing_plan(*object));
  if (!objects) return objects.error();
  return judge_cms(*object, given.evidence, *objects, judge);
}

}  // namespace perdura::tools::verify
