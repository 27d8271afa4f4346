#include "verifier/verify_time_stamp_file.hpp"

#include <memory>
#include <string>

#include "verifier/findings.hpp"

namespace perdura::verifier {
namespace {

constexpr const char* imprint_rule = "RFC 3161 section 2.4.2";

class FileChecks {
 public:
  FileChecks(const TimeStampFile& file, std::span<const DataObject> objects, JudgeOptions options)
      : file_(file), objects_(objects), judge_(with_crls(std::move(options), file)) {}

  EvidenceReport run() {
    report_.subject = say("subject.one-time-stamp");
    std::size_t made = file_.time_stamps.size();
    while (made > 0 && judge_.not_yet_made(file_.time_stamps[made - 1].token)) --made;
    if (made == 0) {
      report_.findings.push_back(nothing_stamped_yet(judge_.options().at));
      return {std::move(report_), {}, {}};
    }
    judge_tokens(made);
    if (const std::size_t later = file_.time_stamps.size() - made; later > 0) {
      report_.findings.push_back(stamped_later(later, judge_.options().at));
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) check(i);
    EvidenceReport result{std::move(report_), std::nullopt, {}};
    if (result.report.verdict() == Verdict::passed) {
      result.existed_since = tokens_.front()->token()->tst_info.latest();
    }
    result.chains.push_back(std::move(tokens_));
    return result;
  }

 private:
  static JudgeOptions with_crls(JudgeOptions options, const TimeStampFile& file) {
    for (const ByteView crl : file.crls) options.extra_crls.push_back(to_bytes(crl));
    return options;
  }

  // From the newest to the oldest, since each is judged as of the one that covers it.
  void judge_tokens(std::size_t made) {
    const auto& stamps = file_.time_stamps;
    tokens_.resize(made);
    for (std::size_t i = made; i-- > 0;) {
      tokens_[i] = i + 1 == made ? judge_.judged(stamps[i].token, judge_.options().at)
                                 : judge_.judged(stamps[i].token, tokens_[i + 1]);
    }
  }

  void check(std::size_t i) {
    Report part = tokens_[i]->report();
    part.subject = say("subject.time-stamp", {{"number", std::to_string(i + 1)}});
    if (tokens_[i]->token() != nullptr) {
      const TstInfo& info = tokens_[i]->token()->tst_info;
      // The token's own report says when its hash function is unknown.
      if (const auto algorithm = digest_algorithm(info.imprint_algorithm)) {
        i == 0 ? check_documents(*algorithm, info, part) : check_link(i, *algorithm, info, part);
      }
    }
    report_.parts.push_back(std::move(part));
  }

  void check_documents(DigestAlgorithm algorithm, const TstInfo& info, Report& part) {
    if (file_.content) {
      Hasher hasher(algorithm);
      const Digest stamped = hasher.update(file_.hashed_before).update(*file_.content).finish();
      check_imprint(say("file.data-inside"), stamped, info, part);
      const Digest inside = hasher.update(*file_.content).finish();
      for (const DataObject& object : objects_) check_same(object, algorithm, inside, part);
      return;
    }
    if (!file_.hashed_before.empty()) {
      part.findings.push_back(undecided(SubIndication::unsupported_algorithm,
                                        say("file.metadata-protected"),
                                        "metaData with hashProtected", "RFC 5544 section 2.1"));
      return;
    }
    if (objects_.empty()) {
      part.findings.push_back(undecided(SubIndication::no_evidence,
                                        say("evidence.no-document-given"), "", imprint_rule));
    }
    for (const DataObject& object : objects_) {
      const Digest* digest = find_digest(object, algorithm, part);
      if (digest != nullptr) check_imprint(object.name, *digest, info, part);
    }
  }

  static const Digest* find_digest(const DataObject& object, DigestAlgorithm algorithm,
                                   Report& part) {
    const Digest* digest = digest_of(object, algorithm);
    if (digest == nullptr) {
      part.findings.push_back(
          undecided(SubIndication::unsupported_algorithm,
                    say("evidence.digest-not-given", {{"document", object.name}}),
                    std::string(name(algorithm)), imprint_rule));
    }
    return digest;
  }

  static void check_imprint(const Text& document, const Digest& digest, const TstInfo& info,
                            Report& part) {
    if (equal(info.hashed_message, digest)) {
      part.findings.push_back(passed(say("evidence.document-as-stamped"), document, imprint_rule));
    } else {
      part.findings.push_back(
          failed(SubIndication::hash_failure,
                 say("evidence.document-not-as-stamped", {{"document", document}}),
                 "hash value " + digest.hex(), imprint_rule));
    }
  }

  static void check_same(const DataObject& object, DigestAlgorithm algorithm, const Digest& inside,
                         Report& part) {
    const Digest* digest = find_digest(object, algorithm, part);
    if (digest == nullptr) return;
    if (*digest == inside) {
      part.findings.push_back(passed(say("file.is-data-inside", {{"document", object.name}}), "",
                                     "RFC 5544 section 2"));
    } else {
      part.findings.push_back(failed(SubIndication::hash_failure,
                                     say("file.is-not-data-inside", {{"document", object.name}}),
                                     "hash value " + digest->hex(), "RFC 5544 section 2"));
    }
  }

  // RFC 5544 §2: a further time-stamp covers the whole TimeStampAndCRL before it.
  void check_link(std::size_t i, DigestAlgorithm algorithm, const TstInfo& info, Report& part) {
    constexpr const char* rule = "RFC 5544 section 2";
    const Digest before = hash(algorithm, file_.time_stamps[i - 1].encoding);
    if (equal(info.hashed_message, before)) {
      part.findings.push_back(passed(say("evidence.renewal-covers"), before.hex(), rule));
    } else {
      part.findings.push_back(failed(SubIndication::link_failure,
                                     say("evidence.renewal-does-not-cover"),
                                     "hash value " + before.hex(), rule));
    }
  }

  const TimeStampFile& file_;
  std::span<const DataObject> objects_;
  TokenJudge judge_;
  std::vector<std::shared_ptr<const JudgedToken>> tokens_;
  Report report_;
};

}  // namespace

std::vector<DigestAlgorithm> digest_algorithms(const TimeStampFile& file) {
  if (file.time_stamps.empty()) return {};
  const auto token = parse_timestamp_token(file.time_stamps.front().token);
  if (!token) return {};
  const auto algorithm = digest_algorithm(token->tst_info.imprint_algorithm);
  return algorithm ? std::vector{*algorithm} : std::vector<DigestAlgorithm>();
}

EvidenceReport judge_time_stamp_file(const TimeStampFile& file, std::span<const DataObject> objects,
                                     const JudgeOptions& options) {
  return FileChecks(file, objects, options).run();
}

}  // namespace perdura::verifier
