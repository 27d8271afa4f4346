#include "verifier/verify_record.hpp"

#include <algorithm>

#include "verifier/findings.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t record_tracks_max = 32;
constexpr const char* statement_rule = "formats/statement.md";
constexpr std::string_view evidence_subject = "subject.evidence-record-of-track";
constexpr std::string_view evidence_ending = ".ers";
constexpr std::string_view documents_folder = "documents/";

// An evidence record of this record.
struct Track {
  std::string name;
  Bytes octets;  // what `record` points into
  std::optional<EvidenceRecord> record;
};

class RecordChecks {
 public:
  RecordChecks(const FileGroup& group, FileHasher& files, const PackageContext& context)
      : group_(group), files_(files), context_(context) {}

  RecordResult run() {
    result_.record = group_.folder.substr(package_name::records.size());
    result_.record.pop_back();
    result_.report.subject = say("subject.record", {{"record", result_.record}});
    sort_files();
    read_statement();
    read_evidence();
    hash_documents();
    judge_evidence();
    judge_journal();
    judge_other_files();
    weigh_tracks();
    result_.verdict = result_.report.verdict();
    if (result_.verdict != Verdict::passed) result_.existed_since.reset();
    return std::move(result_);
  }

 private:
  void add(Finding finding) { result_.report.findings.push_back(std::move(finding)); }
  std::string_view local_name(const ManifestEntry& entry) const {
    return std::string_view(entry.name).substr(group_.folder.size());
  }

  void sort_files() {
    for (const ManifestEntry& entry : group_.files) {
      const std::string_view name = local_name(entry);
      if (name == package_name::statement) {
        statement_file_ = &entry;
      } else if (name == package_name::receipt) {
        receipt_file_ = &entry;
      } else if (name == package_name::journal_proof) {
        proof_file_ = &entry;
      } else if (name.starts_with(documents_folder)) {
        document_files_.emplace(name, &entry);
      } else if (name.ends_with(evidence_ending) && name.find('/') == std::string_view::npos) {
        evidence_files_.push_back(&entry);
      } else {
        other_files_.push_back(&entry);
      }
    }
    if (group_.too_many) {
      add(failed(SubIndication::format_failure, say("record.too-many-files"),
                 std::to_string(FileGroup::files_max), package_rule));
    }
    if (const auto unlisted = context_.unlisted.find(group_.folder);
        unlisted != context_.unlisted.end()) {
      for (const std::string& name : unlisted->second) {
        add(failed(SubIndication::missing_data,
                   say("package.file-not-listed", {{"file", name.substr(group_.folder.size())}}),
                   name, "RFC 8493 section 3"));
      }
    }
  }

  std::optional<Bytes> read(const ManifestEntry& entry, const Text& label, std::size_t size_max) {
    auto octets = read_listed(files_, entry, label, size_max, result_.report.findings);
    if (octets) result_.bytes += octets->size();
    return octets;
  }

  void read_statement() {
    if (statement_file_ == nullptr) {
      add(failed(SubIndication::missing_data, say("record.no-statement"), "", statement_rule));
      return;
    }
    auto octets = read(*statement_file_, say("label.statement"), StatementLimits::size_max);
    if (!octets) return;
    statement_octets_ = *std::move(octets);
    const std::string id = record_id(as_text(*statement_octets_));
    if (id != result_.record) {
      add(failed(SubIndication::hash_failure, say("record.statement-altered"), "SHA-256 is " + id,
                 statement_rule));
    }
    auto statement = parse_statement(as_text(*statement_octets_));
    if (!statement) {
      const bool newer = statement.error().code == Errc::unsupported;
      const std::string detail = to_string(statement.error());
      add(newer ? undecided(SubIndication::unsupported_algorithm, say("record.statement-newer"),
                            detail, statement_rule)
                : failed(SubIndication::format_failure, say("record.statement-unreadable"), detail,
                         statement_rule));
      return;
    }
    statement_ = *std::move(statement);
  }

  // Before the documents, since evidence says in which hash functions they are to be taken.
  void read_evidence() {
    algorithms_ = {DigestAlgorithm::sha256, DigestAlgorithm::sha512};
    const auto want = [this](DigestAlgorithm algorithm) {
      if (std::ranges::find(algorithms_, algorithm) == algorithms_.end()) {
        algorithms_.push_back(algorithm);
      }
    };
    if (statement_) {
      for (const StatementDocument& document : statement_->documents) {
        if (document.sha3_256) want(DigestAlgorithm::sha3_256);
      }
    }
    if (evidence_files_.size() > record_tracks_max) {
      add(failed(SubIndication::format_failure, say("record.too-many-evidence-records"), "",
                 package_rule));
      evidence_files_.resize(record_tracks_max);
    }
    tracks_.reserve(evidence_files_.size());
    for (const ManifestEntry* entry : evidence_files_) {
      std::string_view name = local_name(*entry);
      name.remove_suffix(evidence_ending.size());
      Track track{std::string(name), {}, std::nullopt};
      auto octets =
          read(*entry, say("label.evidence-record", {{"track", track.name}}), evidence_size_max);
      if (octets) {
        track.octets = *std::move(octets);
        parse_track(track);
      }
      tracks_.push_back(std::move(track));
      if (!tracks_.back().record) continue;
      if (const auto needed = digest_algorithms(*tracks_.back().record)) {
        for (const DigestAlgorithm algorithm : *needed) want(algorithm);
      }  // else judging it says what it could not handle
    }
  }

  void parse_track(Track& track) {
    auto record = parse_evidence_record(track.octets);
    if (record) {
      track.record = *std::move(record);
    } else if (record.error().code == Errc::unsupported) {
      add(undecided(SubIndication::unsupported_algorithm,
                    say("evidence.record-of-unreadable-kind", {{"track", track.name}}),
                    to_string(record.error()), "RFC 4998 section 3.1"));
    } else {
      add(failed(SubIndication::format_failure,
                 say("evidence.record-unreadable", {{"track", track.name}}),
                 to_string(record.error()), "RFC 4998 section 3.1"));
    }
  }

  void hash_documents() {
    if (statement_octets_) {
      objects_.push_back(
          {say("label.the-statement"), files_.hash(*statement_octets_, algorithms_)});
    }
    if (!statement_) {  // nothing to compare with but the manifest
      for (const auto& file : document_files_) judge_against_manifest(*file.second);
      return;
    }
    bool all = true;
    for (std::size_t i = 0; i < statement_->documents.size(); ++i) {
      all &= judge_document(i + 1, statement_->documents[i]);
    }
    for (const auto& file : document_files_) {  // those that the statement named are gone
      add(failed(SubIndication::missing_data,
                 say("record.document-not-of-record", {{"file", std::string(file.first)}}), "",
                 statement_rule));
      judge_against_manifest(*file.second);
    }
    if (all) {
      add(passed(documents_complete(), "", statement_rule));
    }
  }

  Text documents_complete() const {
    const std::size_t count = statement_->documents.size();
    if (count == 1) return say("record.document-complete");
    return say("record.documents-complete", {{"count", std::to_string(count)}});
  }

  // Whether document `position` is there and is the one that the statement describes.
  bool judge_document(std::size_t position, const StatementDocument& document) {
    const Text label =
        say("label.document", {{"position", std::to_string(position)}, {"name", document.name}});
    const auto at = document_files_.find(package_name::document(position, document.name));
    if (at == document_files_.end()) {
      add(failed(SubIndication::missing_data, say("record.document-missing", {{"document", label}}),
                 package_name::document(position, document.name), statement_rule));
      return false;
    }
    const ManifestEntry& entry = *at->second;
    document_files_.erase(at);
    ++result_.documents;
    const auto file = files_.hash(entry.name, algorithms_);
    if (!file) {
      const bool missing = file.error().code == Errc::not_found;
      add(failed(missing ? SubIndication::missing_data : SubIndication::hash_failure,
                 say(missing ? "file.missing-though-listed" : "file.damaged", {{"file", label}}),
                 to_string(file.error()), statement_rule));
      return false;
    }
    result_.bytes += file->size;
    objects_.push_back({label, file->digests});
    return compare(label, *file, document, entry);
  }

  bool compare(const Text& label, const HashedFile& file, const StatementDocument& document,
               const ManifestEntry& entry) {
    const Digest& sha256 = file.digest(DigestAlgorithm::sha256);
    const bool same =
        file.size == document.length && sha256 == document.sha256 &&
        file.digest(DigestAlgorithm::sha512) == document.sha512 &&
        (!document.sha3_256 || file.digest(DigestAlgorithm::sha3_256) == *document.sha3_256);
    if (!same) {
      add(failed(SubIndication::hash_failure, say("record.document-altered", {{"document", label}}),
                 std::to_string(file.size) + " octets with SHA-256 " + sha256.hex() +
                     ", in the statement " + std::to_string(document.length) + " with " +
                     document.sha256.hex(),
                 statement_rule));
      return false;
    }
    if (sha256 != entry.sha256) {
      add(failed(SubIndication::hash_failure,
                 say("record.document-listed-otherwise", {{"document", label}}),
                 "listed " + entry.sha256.hex(), "RFC 8493 section 2.1.3"));
      return false;
    }
    return true;
  }

  void judge_against_manifest(const ManifestEntry& entry) {
    const auto size =
        judge_listed(files_, entry, std::string(local_name(entry)), result_.report.findings);
    if (size) result_.bytes += *size;
  }
  void judge_other_files() {
    for (const ManifestEntry* entry : other_files_) {
      const auto size =
          judge_uncovered(files_, *entry, std::string(local_name(*entry)), result_.report.findings);
      if (size) result_.bytes += *size;
    }
  }

  void judge_evidence() {
    if (evidence_files_.empty()) {
      add(undecided(SubIndication::no_evidence, say("record.no-evidence"), "", package_rule));
    }
    for (const Track& track : tracks_) {
      TrackResult result;
      result.name = track.name;
      for (const PackageTrack& known : context_.tracks) {
        if (known.name == track.name) result.self_asserted = known.self_asserted;
      }
      if (!track.record) {
        result.verdict = Verdict::failed;  // a finding says why
        result_.tracks.push_back(std::move(result));
        continue;
      }
      EvidenceReport evidence =
          judge_evidence_record(*track.record, objects_, GroupProof::whole_group, context_.tokens);
      result.verdict = evidence.report.verdict();
      result.existed_since = evidence.existed_since;
      result.chains = std::move(evidence.chains);
      result.tsa =
          signer_of_token(track.record->chains.front().archive_timestamps.front().time_stamp);
      evidence.report.subject = say(evidence_subject, {{"track", track.name}});
      result_.report.parts.push_back(std::move(evidence.report));
      result_.tracks.push_back(std::move(result));
    }
  }

  // One track that passed is enough, as long as nothing contradicts it: a TSA that was revoked
  // costs its own track alone, a hash that differs is a contradiction.
  void weigh_tracks() {
    const auto is = [](Verdict verdict) {
      return [verdict](const TrackResult& track) { return track.verdict == verdict; };
    };
    if (std::ranges::none_of(result_.tracks, is(Verdict::passed))) return;
    for (Report& part : result_.report.parts) {
      if (part.subject.id != evidence_subject) continue;
      if (part.verdict() == Verdict::passed || !other_evidence_makes_up(part)) continue;
      lower_to_warnings(part);
      part.findings.insert(part.findings.begin(), evidence_left_out_of_account());
    }
    for (const TrackResult& track : result_.tracks) {
      if (!track.existed_since) continue;
      if (!result_.existed_since || *track.existed_since < *result_.existed_since) {
        result_.existed_since = track.existed_since;
      }
    }
    if (statement_ && result_.existed_since && *result_.existed_since < statement_->deposit_time) {
      add(warned(say("record.deposited-after-stamp"), to_string(statement_->deposit_time),
                 statement_rule));
    }
  }

  void judge_journal() {
    if (receipt_file_ == nullptr) {
      add(undecided(SubIndication::no_poe, say("record.no-receipt"), "", package_rule));
    } else {
      judge_receipt_file();
    }
    if (proof_file_ != nullptr) {
      judge_proof_file();
    } else if (!evidence_files_.empty()) {
      add(undecided(SubIndication::no_poe, say("record.no-journal-proof"), "", package_rule));
    }
  }

  void judge_receipt_file() {
    const auto octets = read(*receipt_file_, say("label.receipt"), receipt_size_max);
    if (!octets) return;
    auto receipt = parse_receipt(as_text(*octets));
    if (!receipt) {
      add(failed(SubIndication::format_failure, say("receipt.unreadable"),
                 to_string(receipt.error()), journal_rule));
      return;
    }
    if (receipt->record != result_.record) {
      add(failed(SubIndication::journal_failure, say("receipt.for-another-record"), receipt->record,
                 journal_rule));
      return;
    }
    result_.report.parts.push_back(judge_receipt(*receipt, context_.log));
    note_checkpoint(receipt->checkpoint);
    receipt_ = *std::move(receipt);
  }

  void judge_proof_file() {
    const auto octets = read(*proof_file_, say("label.journal-proof"), receipt_size_max);
    if (!octets) return;
    const auto proof = parse_tlog_proof(as_text(*octets));
    if (!proof) {
      add(failed(SubIndication::format_failure, say("journal.proof-unreadable"),
                 to_string(proof.error()), "c2sp.org/tlog-proof"));
      return;
    }
    if (!receipt_) {
      add(undecided(SubIndication::no_poe, say("journal.proof-without-receipt"), "", journal_rule));
      return;
    }
    Report report = judge_tlog_proof(*proof, journal_leaf(receipt_->entry), context_.log);
    if (proof->index != receipt_->index) {
      report.findings.push_back(failed(
          SubIndication::journal_failure, say("journal.places-differ"),
          std::to_string(receipt_->index) + " and " + std::to_string(proof->index), journal_rule));
    }
    if (!of_one_journal(*receipt_, *proof)) {
      report.findings.push_back(failed(SubIndication::journal_failure,
                                       say("journal.receipt-of-a-fork"), "",
                                       "RFC 9162 section 2.1.3"));
    }
    note_checkpoint(proof->checkpoint);
    judge_seal_of(*proof, report);
    result_.report.parts.push_back(std::move(report));
  }

  // For the package to compare: all signed checkpoints in it are of one journal.
  void note_checkpoint(const std::string& note) {
    if (context_.log == nullptr) return;
    const auto checkpoint = parse_signed_checkpoint(note, *context_.log);
    if (checkpoint) result_.checkpoints.push_back(*checkpoint);
  }

  // The checkpoint of the proof must be the one that the seal of its batch covers.
  void judge_seal_of(const TlogProof& proof, Report& report) const {
    const auto batch = proof.extra ? from_decimal(as_text(*proof.extra)) : std::nullopt;
    const auto found = batch ? context_.batches.find(*batch) : context_.batches.end();
    if (found == context_.batches.end()) {
      report.findings.push_back(
          undecided(SubIndication::no_poe, say("journal.seal-not-in-package"),
                    batch ? "batch " + std::to_string(*batch) : "no batch is named", journal_rule));
      return;
    }
    const BatchResult& seal = found->second;
    const std::string detail = "batch " + std::to_string(seal.batch);
    if (!seal.note || seal.verdict == Verdict::failed) {
      report.findings.push_back(
          undecided(SubIndication::no_poe, say("journal.seal-did-not-hold"), detail, journal_rule));
    } else if (*seal.note != hash(DigestAlgorithm::sha256, as_bytes(proof.checkpoint))) {
      report.findings.push_back(failed(SubIndication::journal_failure,
                                       say("journal.another-checkpoint-sealed"), detail,
                                       journal_rule));
    } else {
      report.findings.push_back(passed(say("journal.checkpoint-sealed"), detail, journal_rule));
    }
  }

  const FileGroup& group_;
  FileHasher& files_;
  const PackageContext& context_;
  RecordResult result_;

  const ManifestEntry* statement_file_ = nullptr;
  const ManifestEntry* receipt_file_ = nullptr;
  const ManifestEntry* proof_file_ = nullptr;
  std::vector<const ManifestEntry*> evidence_files_;
  std::vector<const ManifestEntry*> other_files_;
  std::map<std::string_view, const ManifestEntry*> document_files_;  // by local name

  std::optional<Bytes> statement_octets_;
  std::optional<Statement> statement_;
  std::optional<Receipt> receipt_;
  std::vector<Track> tracks_;
  std::vector<DigestAlgorithm> algorithms_;
  std::vector<DataObject> objects_;  // the statement first, then documents
};

}  // namespace

RecordResult judge_record(const FileGroup& group, FileHasher& files,
                          const PackageContext& context) {
  return RecordChecks(group, files, context).run();
}

}  // namespace perdura::verifier
