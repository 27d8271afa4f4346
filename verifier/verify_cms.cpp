#include "verifier/verify_cms.hpp"

#include <algorithm>
#include <numeric>

#include "verifier/findings.hpp"

namespace perdura::verifier {
namespace {

constexpr const char* appendix = "RFC 4998 appendix A";

// An embedded record that could be read.
struct Readable {
  std::size_t position = 0;  // in CmsObject::evidence
  Evidence evidence;
  HashingPlan plan;
  Time first;  // when its first time-stamp says that it was made; orders them
};

Time first_time(ByteView record) {
  const auto parsed = parse_evidence_record(record);
  if (!parsed) return {};
  const auto& stamp = parsed->chains.front().archive_timestamps.front();
  const auto token = parse_timestamp_token(stamp.time_stamp);
  return token ? token->tst_info.gen_time : Time{};
}

class CmsChecks {
 public:
  CmsChecks(const CmsObject& object, const std::string& name, std::span<const DataObject> objects,
            const JudgeOptions& options)
      : object_(object), name_(name), objects_(objects), options_(options) {}

  EvidenceReport run() {
    result_.report.subject = say("subject.cms-object", {{"name", name_}});
    if (object_.evidence.empty()) {
      add(undecided(SubIndication::no_evidence, say("cms.no-evidence"), "", appendix));
      return std::move(result_);
    }
    add(warned(say("cms.signatures-not-judged"), "", appendix));
    read_all();
    for (std::size_t i = 0; i < readable_.size(); ++i) judge(i);
    if (result_.report.verdict() != Verdict::passed) result_.existed_since.reset();
    return std::move(result_);
  }

 private:
  void add(Finding finding) { result_.report.findings.push_back(std::move(finding)); }

  void read_all() {
    for (std::size_t i = 0; i < object_.evidence.size(); ++i) {
      auto evidence = Evidence::parse(to_bytes(object_.evidence[i].record));
      const auto plan = evidence ? evidence->hashing_plan() : Result<HashingPlan>(evidence.error());
      if (!plan) {
        add(failed(SubIndication::format_failure, say("cms.evidence-unreadable"),
                   to_string(plan.error()), "RFC 4998 section 3.1"));
        continue;
      }
      readable_.push_back({i, *std::move(evidence), *plan, first_time(object_.evidence[i].record)});
    }
    std::ranges::stable_sort(readable_, {}, &Readable::first);
  }

  // What record `i` may cover: the object without the record itself and those that were added
  // later. How many were there before it can't be told from the order of a SET, so each number is
  // tried, beginning with all that are older.
  std::vector<Bytes> readings(std::size_t i) const {
    std::vector<Bytes> result;
    for (std::size_t before = i + 1; before-- > 0;) {
      std::vector<std::size_t> taken(object_.evidence.size());
      std::iota(taken.begin(), taken.end(), std::size_t{0});
      for (std::size_t k = 0; k < before; ++k) std::erase(taken, readable_[k].position);
      for (const auto empty : {EmptyAttributes::left_out, EmptyAttributes::kept}) {
        Bytes octets = without_evidence(object_.encoding, taken, empty);
        if (!result.empty() && octets == result.back()) continue;
        Bytes sorted = with_signers_sorted(octets);
        if (sorted != octets) result.push_back(std::move(sorted));
        result.push_back(std::move(octets));
      }
    }
    return result;
  }

  // Whether record `i` was begun only after the moment that was chosen, when an older one was
  // there.
  bool came_later(std::size_t i) const {
    return options_.at_chosen && i > 0 && readable_[i].first > options_.at;
  }

  void judge(std::size_t i) {
    const Readable& one = readable_[i];
    const Text subject = say("subject.evidence-record-number", {{"number", std::to_string(i + 1)}});
    if (came_later(i)) {
      result_.report.parts.push_back({subject, {stamped_later(1, options_.at)}, {}});
      return;
    }
    const bool external = object_.evidence[one.position].external;
    std::optional<EvidenceReport> best;
    for (const Bytes& octets : readings(i)) {
      std::vector<DataObject> objects = {hash_document(name_, octets, one.plan)};
      objects.insert(objects.end(), objects_.begin(), objects_.end());
      EvidenceReport report = external ? one.evidence.judge(objects, false, options_)
                                       : one.evidence.judge_each(objects, options_);
      const bool good = report.report.verdict() != Verdict::failed;
      if (!best || good) best = std::move(report);
      if (good) break;
    }
    best->report.subject = subject;
    if (external && object_.detached && objects_.empty()) {
      best->report.findings.push_back(undecided(
          SubIndication::no_evidence, say("cms.content-not-given"), "id-aa-er-external", appendix));
    }
    if (best->existed_since) {
      auto& since = result_.existed_since;
      since = since ? std::min(*since, *best->existed_since) : *best->existed_since;
    }
    result_.pieces.push_back(
        {best->report.subject, std::move(best->chains), best->report.verdict()});
    result_.report.parts.push_back(std::move(best->report));
  }

  const CmsObject& object_;
  const std::string& name_;
  std::span<const DataObject> objects_;
  const JudgeOptions& options_;
  std::vector<Readable> readable_;
  EvidenceReport result_;
};

}  // namespace

HashingPlan hashing_plan(const CmsObject& object) {
  HashingPlan all;
  for (const EmbeddedEvidence& embedded : object.evidence) {
    const auto evidence = Evidence::parse(to_bytes(embedded.record));
    const auto plan = evidence ? evidence->hashing_plan() : Result<HashingPlan>(evidence.error());
    if (!plan) continue;
    for (const DigestAlgorithm algorithm : plan->algorithms) {
      if (std::ranges::find(all.algorithms, algorithm) == all.algorithms.end()) {
        all.algorithms.push_back(algorithm);
      }
    }
  }
  return all;
}

EvidenceReport judge_cms(const CmsObject& object, const std::string& name,
                         std::span<const DataObject> objects, const JudgeOptions& options) {
  return CmsChecks(object, name, objects, options).run();
}

}  // namespace perdura::verifier
