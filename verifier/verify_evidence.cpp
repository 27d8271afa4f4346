#include "verifier/verify_evidence.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "verifier/findings.hpp"
#include "verifier/policy.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/token_checks.hpp"

namespace perdura::verifier {
namespace {

using JudgedPtr = std::shared_ptr<const JudgedToken>;

// One Hasher an algorithm and thread: records are judged by the million.
Hasher& hasher_for(DigestAlgorithm algorithm) {
  thread_local std::array<std::unique_ptr<Hasher>, 16> hashers;
  auto& hasher = hashers[static_cast<std::size_t>(algorithm)];
  if (hasher == nullptr) hasher = std::make_unique<Hasher>(algorithm);
  return *hasher;
}

Text as_stamped(std::size_t documents) {
  if (documents == 1) return say("evidence.document-as-stamped");
  return say("evidence.documents-as-stamped", {{"count", std::to_string(documents)}});
}

class EvidenceChecks {
 public:
  EvidenceChecks(const EvidenceRecord& record, const EvidenceLinks& links,
                 std::span<const DataObject> objects, GroupProof proof, const TokenJudge& judge)
      : record_(record),
        links_(links),
        objects_(objects),
        proof_(proof),
        judge_(judge),
        in_canonical_form_(objects.size()) {}

  EvidenceReport run() {
    report_.subject = say("subject.evidence-record");
    if (objects_.empty()) {
      add(undecided(SubIndication::no_evidence, say("evidence.no-document-given"), "",
                    "RFC 4998 section 3.3"));
    }
    judge_tokens();
    check_record();
    for (std::size_t c = 0; c < record_.chains.size(); ++c) check_chain(c);
    check_order();
    EvidenceReport result{std::move(report_), std::nullopt, {}};
    if (result.report.verdict() == Verdict::passed) {
      result.existed_since = tokens_.front().front()->token()->tst_info.latest();
    }
    result.chains = std::move(tokens_);
    return result;
  }

 private:
  void add(Finding finding) { report_.findings.push_back(std::move(finding)); }

  // From the newest to the oldest, since each is judged as of the one that covers it (§5.3).
  void judge_tokens() {
    tokens_.resize(record_.chains.size());
    JudgedPtr later;
    for (std::size_t c = record_.chains.size(); c-- > 0;) {
      const auto& chain = record_.chains[c].archive_timestamps;
      tokens_[c].resize(chain.size());
      for (std::size_t j = chain.size(); j-- > 0;) {
        later = later == nullptr ? judge_.judged(chain[j].time_stamp, judge_.options().at)
                                 : judge_.judged(chain[j].time_stamp, later);
        tokens_[c][j] = later;
      }
    }
  }

  // RFC 4998 §3.1
  void check_record() {
    if (record_.crypto_infos) {
      add(warned(say("evidence.crypto-infos"), "cryptoInfos", "RFC 4998 section 3.1"));
    }
    if (record_.encryption_info) {
      add(warned(say("evidence.encryption-info"), "encryptionInfo", "RFC 4998 section 6.1"));
    }
  }

  // §4.1: the field, or when it is absent the algorithm of the token's imprint.
  std::optional<DigestAlgorithm> algorithm_of(const ArchiveTimeStamp& ats,
                                              const JudgedToken& judged, Report& report) {
    if (judged.token() == nullptr) {
      if (!ats.digest_algorithm) return std::nullopt;
      return digest_algorithm_from_oid(*ats.digest_algorithm);
    }
    const auto imprint = digest_algorithm(judged.token()->tst_info.imprint_algorithm);
    if (!imprint) return std::nullopt;  // the token's report says so
    if (ats.digest_algorithm && digest_algorithm_from_oid(*ats.digest_algorithm) != imprint) {
      report.findings.push_back(
          failed(SubIndication::hash_algorithm_failure, say("evidence.tree-algorithm-differs"),
                 oid_text(*ats.digest_algorithm) + " and " + std::string(name(*imprint)),
                 "RFC 4998 sections 4.1 and 4.3"));
      return std::nullopt;
    }
    // §3.1: the record lists every hash function that it uses.
    const auto listed = [&](ByteView oid) { return equal(oid, verifier::oid(*imprint)); };
    if (!std::ranges::any_of(record_.digest_algorithms, listed)) {
      report.findings.push_back(failed(SubIndication::format_failure,
                                       say("evidence.algorithm-not-listed"),
                                       std::string(name(*imprint)), "RFC 4998 section 3.1"));
    }
    return imprint;
  }

  void check_chain(std::size_t c) {
    Report chain;
    chain.subject = say("subject.chain", {{"number", std::to_string(c + 1)}});
    const auto& stamps = record_.chains[c].archive_timestamps;
    std::optional<DigestAlgorithm> algorithm;
    chain.parts.reserve(stamps.size());
    for (std::size_t j = 0; j < stamps.size(); ++j) {
      const JudgedToken& judged = *tokens_[c][j];
      Report part = report_of(judged);
      part.subject = say("subject.time-stamp", {{"number", std::to_string(j + 1)}});
      const auto own = algorithm_of(stamps[j], judged, part);
      if (j == 0) {
        algorithm = own;
        if (own) check_start(c, *own, part);
      } else if (own && algorithm && *own != *algorithm) {
        part.findings.push_back(
            failed(SubIndication::hash_algorithm_failure, say("evidence.renewal-algorithm-differs"),
                   std::string(name(*own)) + " in a chain of " + std::string(name(*algorithm)),
                   "RFC 4998 section 5.1"));
      } else if (own) {
        check_timestamp_renewal(c, j, *own, part);
      }
      chain.parts.push_back(std::move(part));
    }
    if (algorithm) check_chain_algorithm(c, *algorithm, chain);
    report_.parts.push_back(std::move(chain));
  }

  Report report_of(const JudgedToken& judged) const {
    const Report& full = judged.report();
    const bool whole = judge_.options().detail == ReportDetail::full ||
                       judged.verdict() != Verdict::passed || has_warning(full);
    Report report;
    if (!whole) {
      report.findings.reserve(4);
      report.findings.push_back(full.findings.front());
      return report;
    }
    report = full;
    return report;
  }

  static bool has_warning(const Report& report) {
    const auto is_warning = [](const Finding& finding) { return finding.warning; };
    return std::ranges::any_of(report.findings, is_warning) ||
           std::ranges::any_of(report.parts, has_warning);
  }

  // §5.3: the hash function of a chain must hold until the next chain's first time-stamp.
  void check_chain_algorithm(std::size_t c, DigestAlgorithm algorithm, Report& chain) {
    const TimestampToken* first = tokens_[c].front()->token();
    if (first == nullptr) return;
    Time until = judge_.options().at;
    if (c + 1 < tokens_.size()) {
      const TimestampToken* next = tokens_[c + 1].front()->token();
      if (next == nullptr) return;
      until = next->tst_info.gen_time;
    }
    judge_fitness(judge_.options().policy->fitness_of(algorithm),
                  "hash tree with " + std::string(name(algorithm)), first->tst_info.gen_time, until,
                  chain);
  }

  // The first time-stamp of a chain covers the objects: by themselves (§4.3), or with the whole
  // sequence before (§5.2, hash-tree renewal).
  void check_start(std::size_t c, DigestAlgorithm algorithm, Report& part) {
    std::vector<Digest> values;
    values.reserve(objects_.size());
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const DataObject& object = objects_[i];
      const Digest* digest = value_of(i, c, algorithm);
      if (digest == nullptr) {
        part.findings.push_back(
            undecided(SubIndication::unsupported_algorithm,
                      say("evidence.digest-not-given", {{"document", object.name}}),
                      std::string(name(algorithm)), "RFC 4998 section 4.3 step 2"));
        // What can be seen without it.
        leads_to_imprint(record_.chains[c].archive_timestamps[0], c, 0, {}, part);
        return;
      }
      values.push_back(*digest);
    }
    if (values.empty()) return;
    if (c == 0) {
      check_objects(values, part);
    } else {
      check_hashtree_renewal(c, algorithm, values, part);
    }
  }

  // The hash value of an object that chain `c` covers: that of its octets or, where the syntax has
  // documents that are XML in canonical form and the evidence relates to it, of that form.
  const Digest* value_of(std::size_t i, std::size_t c, DigestAlgorithm algorithm) {
    const Digest* plain = digest_of(objects_[i], algorithm);
    const auto method = links_.canonicalization(c);
    if (!method) return plain;
    const ArchiveTimeStamp& ats = record_.chains[c].archive_timestamps[0];
    if (plain != nullptr && relates(ats, c, 0, *plain)) return plain;
    for (const CanonicalDigest& canonical : objects_[i].canonical_digests) {
      if (canonical.method != *method || canonical.algorithm != algorithm) continue;
      if (!relates(ats, c, 0, canonical.digest) && !(c > 0 && in_canonical_form_[i])) continue;
      in_canonical_form_[i] = true;
      return &canonical.digest;
    }
    return plain;
  }

  void check_objects(const std::vector<Digest>& values, Report& part) {
    const ArchiveTimeStamp& ats = record_.chains[0].archive_timestamps[0];
    bool covered = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (relates(ats, 0, 0, values[i])) continue;
      covered = false;
      part.findings.push_back(
          failed(SubIndication::hash_failure,
                 say("evidence.document-not-as-stamped", {{"document", objects_[i].name}}),
                 "hash value " + values[i].hex(), "RFC 4998 section 4.3 step 2"));
    }
    if (!covered || !leads_to_imprint(ats, 0, 0, values, part)) return;
    part.findings.push_back(passed(as_stamped(values.size()), "", "RFC 4998 section 4.3"));
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (!in_canonical_form_[i]) continue;
      part.findings.push_back(
          warned(say("evidence.in-canonical-form", {{"document", objects_[i].name}}), "",
                 "RFC 6283 section 3.2.1"));
    }
    if (proof_ == GroupProof::whole_group) check_group(ats, values, part);
  }

  // §4.3, last paragraph: the first list holds the group and nothing else.
  static void check_group(const ArchiveTimeStamp& ats, std::vector<Digest> values, Report& part) {
    constexpr const char* rule = "RFC 4998 section 4.3";
    std::vector<Digest> listed = values;
    if (ats.reduced_hashtree) {
      listed.clear();
      for (const ByteView value : ats.reduced_hashtree->front()) listed.emplace_back(value);
    }
    const auto make_set = [](std::vector<Digest>& list) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    };
    make_set(values);
    make_set(listed);
    if (values == listed) {
      part.findings.push_back(passed(say("evidence.group-complete"), "", rule));
    } else {
      part.findings.push_back(failed(SubIndication::missing_data, say("evidence.group-incomplete"),
                                     std::to_string(listed.size()) + " in the record, " +
                                         std::to_string(values.size()) + " given",
                                     rule));
    }
  }

  // §4.3 step 2: whether the time-stamp relates to a value. One that can't be read may do so.
  bool relates(const ArchiveTimeStamp& ats, std::size_t c, std::size_t j, const Digest& value) {
    if (ats.reduced_hashtree) return contains(ats.reduced_hashtree->front(), value);
    const TimestampToken* token = tokens_[c][j]->token();
    return token == nullptr || equal(token->tst_info.hashed_message, value);
  }

  // §4.3 steps 3 and 4: whether the lists lead to what was time-stamped.
  bool leads_to_imprint(const ArchiveTimeStamp& ats, std::size_t c, std::size_t j,
                        std::span<const Digest> values, Report& part) {
    constexpr const char* rule = "RFC 4998 section 4.3 steps 3 and 4";
    if (tokens_[c][j]->token() == nullptr) return false;  // its report says so
    const TstInfo& info = tokens_[c][j]->token()->tst_info;
    const auto wrong = [&](SubIndication why, Text what, std::string detail) {
      part.findings.push_back(failed(why, std::move(what), std::move(detail), rule));
      return false;
    };
    if (!ats.reduced_hashtree) {
      const bool one = std::ranges::all_of(values, [&](const Digest& v) { return v == values[0]; });
      return one || wrong(SubIndication::hash_failure, say("evidence.one-document-only"),
                          "no reduced hash tree");
    }
    const DigestAlgorithm algorithm = *digest_algorithm(info.imprint_algorithm);
    for (const PartialHashtree& list : *ats.reduced_hashtree) {
      for (const ByteView value : list) {
        if (value.size() == digest_size(algorithm)) continue;
        return wrong(SubIndication::format_failure, say("evidence.hash-length"),
                     std::to_string(value.size()) + " octets");
      }
    }
    Hasher& hasher = hasher_for(algorithm);
    const auto leads = [&](ListReading reading) {
      return equal(root(hasher, *ats.reduced_hashtree, reading), info.hashed_message);
    };
    if (leads(ListReading::usual)) return true;
    if (leads(ListReading::equal_values_once)) {
      part.findings.push_back(warned(say("evidence.equal-hashes-merged"),
                                     "RFC 4998 does not say how they are to be taken", rule));
      return true;
    }
    if (links_.hashes_single_values() && leads(ListReading::single_value_hashed)) {
      part.findings.push_back(warned(say("evidence.single-hash-hashed"), "", rule));
      return true;
    }
    return wrong(SubIndication::hash_failure, say("evidence.tree-does-not-lead"),
                 "imprint " + to_hex(info.hashed_message));
  }

  // §5.2, §5.3 step 2: the first list holds the hash of the time-stamp before.
  void check_timestamp_renewal(std::size_t c, std::size_t j, DigestAlgorithm algorithm,
                               Report& part) {
    constexpr const char* rule = "RFC 4998 section 5.3 step 2";
    const ArchiveTimeStamp& ats = record_.chains[c].archive_timestamps[j];
    const auto link = links_.time_stamp(c, j - 1, *tokens_[c][j - 1], algorithm);
    if (!link) return cannot_hash(link.error(), rule, part);
    const Digest previous = *link;
    if (!relates(ats, c, j, previous)) {
      part.findings.push_back(failed(SubIndication::link_failure,
                                     say("evidence.renewal-does-not-cover"),
                                     "hash value " + previous.hex(), rule));
      return;
    }
    if (!leads_to_imprint(ats, c, j, {&previous, 1}, part)) return;
    part.findings.push_back(passed(say("evidence.renewal-covers"), previous.hex(), rule));
  }

  // §5.2 steps 3 to 5: the first list holds H(H(d) || H(sequence so far)) for each object.
  void check_hashtree_renewal(std::size_t c, DigestAlgorithm algorithm,
                              const std::vector<Digest>& values, Report& part) {
    constexpr const char* rule = "RFC 4998 section 5.2 steps 3 to 5, section 5.3 step 3";
    const ArchiveTimeStamp& ats = record_.chains[c].archive_timestamps[0];
    Hasher& hasher = hasher_for(algorithm);
    const auto link = links_.sequence(c, hasher);
    if (!link) return cannot_hash(link.error(), rule, part);
    const Digest sequence = *link;
    const auto readings = links_.renewed(hasher, values, sequence, !ats.reduced_hashtree);
    const auto reading = std::ranges::find_if(readings, [&](const RenewedValues& one) {
      return std::ranges::all_of(one.values,
                                 [&](const Digest& value) { return relates(ats, c, 0, value); });
    });
    if (reading == readings.end()) {
      part.findings.push_back(failed(SubIndication::link_failure,
                                     say("evidence.tree-renewal-does-not-cover"),
                                     "hash value of the sequence " + sequence.hex(), rule));
      return;
    }
    if (reading->note) part.findings.push_back(*reading->note);
    if (!leads_to_imprint(ats, c, 0, reading->values, part)) return;
    part.findings.push_back(passed(say("evidence.tree-renewal-covers"), sequence.hex(), rule));
  }

  static void cannot_hash(const Error& error, const char* rule, Report& part) {
    part.findings.push_back(undecided(SubIndication::unsupported_algorithm,
                                      say("evidence.renewal-not-hashed"), to_string(error), rule));
  }

  // §5.1, §5.3 step 1: times ascend. What is inside the accuracies of two clocks is no proof of the
  // contrary, for the hash links show the order already.
  void check_order() {
    const TstInfo* before = nullptr;
    for (const auto& chain : tokens_) {
      for (const JudgedPtr& judged : chain) {
        if (judged->token() == nullptr) continue;
        const TstInfo& info = judged->token()->tst_info;
        if (before != nullptr) check_pair(*before, info);
        before = &info;
      }
    }
  }

  void check_pair(const TstInfo& before, const TstInfo& after) {
    const std::int64_t ahead_s = before.gen_time - after.gen_time;
    const std::int64_t ahead = ahead_s * 1'000'000 + before.gen_time_micros - after.gen_time_micros;
    if (ahead <= 0) return;
    const std::string detail =
        to_string(before.gen_time) + " is before " + to_string(after.gen_time) + " in the record";
    constexpr const char* rule = "RFC 4998 section 5.1";
    if (ahead > before.accuracy_micros.value_or(0) + after.accuracy_micros.value_or(0)) {
      add(failed(SubIndication::order_failure, say("evidence.times-out-of-order"), detail, rule));
    } else {
      add(warned(say("evidence.times-out-of-order-slightly"), detail, rule));
    }
  }

  const EvidenceRecord& record_;
  const EvidenceLinks& links_;
  std::span<const DataObject> objects_;
  GroupProof proof_;
  const TokenJudge& judge_;
  std::vector<bool> in_canonical_form_;  // by object
  JudgedChains tokens_;
  Report report_;
};

// How many time-stamps at the end of `record` are of after the moment that was chosen.
std::size_t not_yet_made(const EvidenceRecord& record, const TokenJudge& judge) {
  std::size_t count = 0;
  for (std::size_t c = record.chains.size(); c-- > 0;) {
    const auto& chain = record.chains[c].archive_timestamps;
    for (std::size_t j = chain.size(); j-- > 0; ++count) {
      if (!judge.not_yet_made(chain[j].time_stamp)) return count;
    }
  }
  return count;
}

// The record without its last `count` time-stamps, which are not all.
EvidenceRecord without_last(EvidenceRecord record, std::size_t count) {
  for (; count > 0; --count) {
    auto& chain = record.chains.back().archive_timestamps;
    chain.pop_back();
    if (chain.empty()) record.chains.pop_back();
  }
  return record;
}

}  // namespace

const Digest* digest_of(const DataObject& object, DigestAlgorithm algorithm) {
  for (const auto& digest : object.digests) {
    if (digest.first == algorithm) return &digest.second;
  }
  return nullptr;
}

EvidenceReport judge_linked_evidence(const EvidenceRecord& record, const EvidenceLinks& links,
                                     std::span<const DataObject> objects, GroupProof proof,
                                     const TokenJudge& judge) {
  const std::size_t later = not_yet_made(record, judge);
  if (later == 0) return EvidenceChecks(record, links, objects, proof, judge).run();
  std::size_t all = 0;
  for (const auto& chain : record.chains) all += chain.archive_timestamps.size();
  const Time at = judge.options().at;
  if (later == all) {
    return {{say("subject.evidence-record"), {nothing_stamped_yet(at)}, {}}, {}, {}};
  }
  const EvidenceRecord then = without_last(record, later);
  EvidenceReport result = EvidenceChecks(then, links, objects, proof, judge).run();
  result.report.findings.push_back(stamped_later(later, at));
  return result;
}

Finding stamped_later(std::size_t count, Time at) {
  const std::string detail = "judged as of " + to_string(at);
  constexpr const char* rule = "RFC 4998 section 5.3";
  if (count == 1) return warned(say("evidence.time-stamp-not-yet-made"), detail, rule);
  return warned(say("evidence.time-stamps-not-yet-made", {{"count", std::to_string(count)}}),
                detail, rule);
}

Finding nothing_stamped_yet(Time at) {
  return undecided(SubIndication::no_poe, say("evidence.nothing-stamped-yet"),
                   "judged as of " + to_string(at), "RFC 4998 section 5.3");
}

EvidenceReport judge_evidence_record(const EvidenceRecord& record,
                                     std::span<const DataObject> objects, GroupProof proof,
                                     const TokenJudge& judge) {
  return judge_linked_evidence(record, DerLinks(record), objects, proof, judge);
}

EvidenceReport judge_objects(const EvidenceRecord& record, std::span<const DataObject> objects,
                             bool complete, const TokenJudge& judge) {
  EvidenceReport group = judge_evidence_record(record, objects, GroupProof::whole_group, judge);
  if (complete || group.report.verdict() != Verdict::failed) return group;
  // Perhaps only others are missing beside what was given: it is proven all the same.
  EvidenceReport single = judge_evidence_record(record, objects, GroupProof::single_objects, judge);
  // What is wrong is then something else than that others are missing, which nobody asked for.
  if (single.report.verdict() == Verdict::failed) return single;
  single.report.findings.push_back(warned(say("evidence.covers-more"), "", "RFC 4998 section 4.3"));
  return single;
}

}  // namespace perdura::verifier
