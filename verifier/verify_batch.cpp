// Judging one batch of the journal (declared in verify_record.hpp).
#include <algorithm>
#include <charconv>

#include "verifier/findings.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/verify_record.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view batch_start = "data/journal/batch-";
constexpr DigestAlgorithm note_algorithm[] = {DigestAlgorithm::sha256};

class BatchChecks {
 public:
  BatchChecks(const FileGroup& group, FileHasher& files, const PackageContext& context)
      : group_(group), files_(files), context_(context) {}

  BatchResult run(Report& report, std::uint64_t& bytes) {
    read_number();
    read_note();
    for (const ManifestEntry& entry : group_.files) {
      const std::string_view name = std::string_view(entry.name).substr(group_.folder.size());
      if (name == "checkpoint") continue;
      if (name == "consistency.json") {
        judge_consistency(entry);
      } else if (name.ends_with(".ers")) {
        judge_evidence(entry, name.substr(0, name.size() - 4));
      } else if (const auto size = judge_uncovered(files_, entry, entry.name, report_.findings)) {
        bytes_ += *size;
      }
    }
    check_completeness();
    result_.verdict = report_.verdict();
    report = std::move(report_);
    bytes = bytes_;
    return result_;
  }

 private:
  void add(Finding finding) { report_.findings.push_back(std::move(finding)); }

  std::optional<Bytes> read(const ManifestEntry& entry, std::size_t size_max) {
    auto octets = read_listed(files_, entry, entry.name, size_max, report_.findings);
    if (octets) bytes_ += octets->size();
    return octets;
  }

  void read_number() {
    std::string_view text = std::string_view(group_.folder).substr(batch_start.size());
    text.remove_suffix(1);
    report_.subject = say("subject.journal-batch", {{"batch", std::string(text)}});
    const auto [end, wrong] =
        std::from_chars(text.data(), text.data() + text.size(), result_.batch);
    if (wrong != std::errc() || end != text.data() + text.size() ||
        (text.size() > 1 && text.front() == '0')) {
      add(failed(SubIndication::format_failure, say("journal.batch-folder-name"), group_.folder,
                 package_rule));
    }
    if (const auto unlisted = context_.unlisted.find(group_.folder);
        unlisted != context_.unlisted.end()) {
      for (const std::string& name : unlisted->second) {
        add(failed(SubIndication::missing_data,
                   say("package.file-not-listed-in-journal", {{"file", name}}), "",
                   "RFC 8493 section 3"));
      }
    }
  }

  // The signed checkpoint that the seal covers.
  void read_note() {
    for (const ManifestEntry& entry : group_.files) {
      if (entry.name != group_.folder + "checkpoint") continue;
      const auto octets = read(entry, note_size_max);
      if (!octets) return;
      note_ = std::string(as_text(*octets));
    }
    if (!note_) {
      add(failed(SubIndication::missing_data, say("journal.no-checkpoint"), group_.folder,
                 package_rule));
      return;
    }
    const auto checkpoint = parse_checkpoint_unverified(*note_);
    if (!checkpoint) {
      add(failed(SubIndication::format_failure, say("journal.checkpoint-unreadable"),
                 to_string(checkpoint.error()), journal_rule));
      return;
    }
    checkpoint_ = *checkpoint;
    if (context_.log == nullptr) {
      add(undecided(SubIndication::no_trust_anchor, say("journal.key-unknown"), "", journal_rule));
    } else if (const auto verified = parse_signed_checkpoint(*note_, *context_.log); !verified) {
      add(failed(SubIndication::signature_failure, say("journal.checkpoint-not-signed"),
                 to_string(verified.error()), "c2sp.org/signed-note"));
      return;
    } else {
      add(passed(say("journal.checkpoint-signed"), std::to_string(checkpoint_->size) + " entries",
                 "c2sp.org/signed-note"));
      result_.checkpoint = checkpoint_;
    }
    result_.note = hash(DigestAlgorithm::sha256, as_bytes(*note_));
  }

  // The journal only ever grew from this checkpoint to the newest.
  void judge_consistency(const ManifestEntry& entry) {
    has_consistency_ = true;
    const auto octets = read(entry, consistency_size_max);
    if (!octets || !checkpoint_) return;
    const auto proof = parse_consistency(as_text(*octets));
    if (!proof) {
      add(failed(SubIndication::format_failure, say("journal.consistency-unreadable"),
                 to_string(proof.error()), journal_rule));
      return;
    }
    if (!context_.newest) return;  // the package's report says so
    const Checkpoint& newest = *context_.newest;
    const std::string detail =
        std::to_string(proof->from) + " to " + std::to_string(proof->to) + " entries";
    const bool holds = proof->from == checkpoint_->size && proof->to == newest.size &&
                       verify_consistency(checkpoint_->size, newest.size, checkpoint_->root,
                                          newest.root, proof->proof);
    if (holds) {
      add(passed(say("journal.only-grown"), detail, "RFC 9162 section 2.1.4.2"));
    } else {
      add(failed(SubIndication::journal_failure, say("journal.not-only-grown"), detail,
                 "RFC 9162 section 2.1.4.2"));
    }
  }

  void judge_evidence(const ManifestEntry& entry, std::string_view track) {
    const auto octets = read(entry, evidence_size_max);
    if (!octets || !note_) return;
    const auto record = parse_evidence_record(*octets);
    if (!record) {
      const bool newer = record.error().code == Errc::unsupported;
      const Text what = say("evidence.record-unreadable", {{"track", std::string(track)}});
      const std::string detail = to_string(record.error());
      add(newer ? undecided(SubIndication::unsupported_algorithm, what, detail,
                            "RFC 4998 section 3.1")
                : failed(SubIndication::format_failure, what, detail, "RFC 4998 section 3.1"));
      return;
    }
    const auto needed = digest_algorithms(*record);
    const std::span<const DigestAlgorithm> algorithms =
        needed ? std::span<const DigestAlgorithm>(*needed) : note_algorithm;
    const DataObject object{say("label.checkpoint"), files_.hash(as_bytes(*note_), algorithms)};
    EvidenceReport evidence =
        judge_evidence_record(*record, {&object, 1}, GroupProof::single_objects, context_.tokens);
    evidence.report.subject =
        say("subject.evidence-record-of-track", {{"track", std::string(track)}});
    passed_tracks_ += evidence.report.verdict() == Verdict::passed ? 1 : 0;
    ++tracks_;
    report_.parts.push_back(std::move(evidence.report));
  }

  void check_completeness() {
    if (!has_consistency_) {
      add(undecided(SubIndication::no_poe, say("journal.no-consistency"), "", package_rule));
    }
    if (tracks_ == 0) {
      add(undecided(SubIndication::no_evidence, say("journal.no-evidence"), "", package_rule));
    }
    // As for records.
    if (passed_tracks_ == 0) return;
    for (Report& part : report_.parts) {
      if (part.verdict() == Verdict::passed || !other_evidence_makes_up(part)) continue;
      lower_to_warnings(part);
      part.findings.insert(part.findings.begin(), evidence_left_out_of_account());
    }
  }

  const FileGroup& group_;
  FileHasher& files_;
  const PackageContext& context_;
  BatchResult result_;
  Report report_;
  std::uint64_t bytes_ = 0;
  std::optional<std::string> note_;
  std::optional<Checkpoint> checkpoint_;
  bool has_consistency_ = false;
  std::size_t tracks_ = 0;
  std::size_t passed_tracks_ = 0;
};

}  // namespace

void lower_to_warnings(Report& report) {
  for (Finding& finding : report.findings) {
    if (finding.verdict == Verdict::passed) continue;
    finding.verdict = Verdict::passed;
    finding.warning = true;
  }
  for (Report& part : report.parts) lower_to_warnings(part);
}

bool other_evidence_makes_up(const Report& report) {
  const auto none_worse = [](const Finding& finding) {
    return finding.verdict != Verdict::failed || finding.sub_indication == SubIndication::revoked ||
           finding.sub_indication == SubIndication::revoked_no_poe;
  };
  return std::ranges::all_of(report.findings, none_worse) &&
         std::ranges::all_of(report.parts, other_evidence_makes_up);
}

Finding evidence_left_out_of_account() {
  return warned(say("evidence.left-out-of-account"), "", "RFC 4998 section 7");
}

BatchResult judge_batch(const FileGroup& group, FileHasher& files, const PackageContext& context,
                        Report& report, std::uint64_t& bytes) {
  return BatchChecks(group, files, context).run(report, bytes);
}

}  // namespace perdura::verifier
