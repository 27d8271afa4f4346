#include "verifier/verify_asic.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "verifier/asic_files.hpp"
#include "verifier/findings.hpp"
#include "verifier/token_checks.hpp"

namespace perdura::verifier {
namespace {

using JudgedPtr = std::shared_ptr<const JudgedToken>;

constexpr const char* asic_manifest_rule = "EN 319 162-1 annex A";
constexpr const char* asic_simple_rule = "EN 319 162-1 section 4.3";
constexpr std::size_t asic_evidence_size_max = std::size_t{64} << 20;
constexpr std::size_t evidence_max = 100;
constexpr std::size_t mimetype_head = 38;  // a local header and the name "mimetype"

// The options, and for paths the certificates in all time-stamps of the container: an authority
// that was asked twice may have sent those above its own once.
JudgeOptions with_certificates(AsicFiles& files, JudgeOptions options) {
  std::set<Digest> known;
  const auto stamps = files.of(AsicPart::time_stamp);
  for (std::size_t i = 0; i < std::min(stamps.size(), evidence_max); ++i) {
    const auto octets = files.read(stamps[i], asic_evidence_size_max);
    if (!octets) continue;  // told where it is judged
    const auto token = parse_timestamp_token(*octets);
    if (!token) continue;
    for (const ByteView certificate : token->certificates) {
      const bool is_new = known.insert(hash(DigestAlgorithm::sha256, certificate)).second;
      if (is_new) options.extra_certificates.push_back(to_bytes(certificate));
    }
  }
  return options;
}

// An evidence record or time-stamp in the container, with the manifest that says what it is about.
struct Piece {
  std::string name;
  const AsicManifest* manifest = nullptr;
  std::vector<std::string> documents;  // what it shall be about
  std::optional<Evidence> record;
  HashingPlan plan;
  Bytes token;
  JudgedPtr judged;      // once judged: the first time-stamp
  bool visited = false;  // it is being judged, or was
  bool intact = false;   // what the manifest lists has the digests that it lists
};

class ContainerChecks {
 public:
  ContainerChecks(AsicFiles files, const std::string& name, ByteView head,
                  const JudgeOptions& options)
      : files_(std::move(files)),
        name_(name),
        head_(head),
        options_(with_certificates(files_, options)),
        judge_(options_) {}

  Result<EvidenceReport> run() {
    result_.report.subject = say("subject.container", {{"name", name_}});
    check_mimetype();
    read_manifests();
    const auto records = files_.of(AsicPart::evidence_record);
    const auto stamps = files_.of(AsicPart::time_stamp);
    if (records.size() + stamps.size() > evidence_max) {
      return Error{Errc::too_large, "has more than 100 pieces of evidence", name_, ""};
    }
    for (const std::string& name : records) read_record(name);
    for (const std::string& name : stamps) read_time_stamp(name);
    tell_what_was_removed();
    if (records.empty() && stamps.empty()) {
      add(undecided(SubIndication::no_evidence, say("asic.no-evidence"), "", asic_simple_rule));
    }
    for (Piece& piece : pieces_) announce(piece);
    // Records first: what covers a time-stamp says as of when it is judged.
    for (Piece& piece : pieces_) {
      if (piece.record) judge_record(piece);
    }
    for (Piece& piece : pieces_) {
      if (!piece.record) judge_time_stamp(piece);
    }
    tell_what_is_not_covered();
    return std::move(result_);
  }

 private:
  void add(Finding finding) { result_.report.findings.push_back(std::move(finding)); }

  // Section 4.2, 4.4: what the container says that it is. No proof depends on it.
  void check_mimetype() {
    constexpr const char* rule = "EN 319 162-1 annex B.1";
    if (!files_.has("mimetype")) {
      add(warned(say("asic.no-mimetype"), "", rule));
      return;
    }
    const auto type = files_.read("mimetype", 256);
    const std::string text = type ? std::string(as_text(*type)) : "";
    simple_ = text == asic_s_type;
    if (text != asic_s_type && text != asic_e_type) {
      add(warned(say("asic.other-mimetype"), text, rule));
    }
    if (head_.empty()) return;  // a folder
    // "PK 3 4", then at 8 the method: 0; at 26 the sizes of name and extra field; the name.
    constexpr std::array<std::uint8_t, 4> name_and_no_extra = {8, 0, 0, 0};
    const bool first = head_.size() >= mimetype_head && head_[8] == 0 &&
                       equal(head_.subspan(26, 4), name_and_no_extra) &&
                       as_text(head_.subspan(30, 8)) == "mimetype";
    if (!first) add(warned(say("asic.mimetype-not-first"), "", rule));
  }

  void read_manifests() {
    for (const AsicPart part : {AsicPart::evidence_record_manifest, AsicPart::manifest}) {
      for (const std::string& name : files_.of(part)) {
        const auto octets = files_.read(name, asic_manifest_size_max);
        auto manifest =
            octets ? parse_asic_manifest(*octets, name) : Result<AsicManifest>(octets.error());
        if (manifest) {
          manifests_.push_back(*std::move(manifest));
          continue;
        }
        const std::string detail = to_string(manifest.error());
        const Text what = say("asic.manifest-unreadable", {{"file", name}});
        add(manifest.error().code == Errc::unsupported
                ? undecided(SubIndication::unsupported_algorithm, what, detail, asic_manifest_rule)
                : failed(SubIndication::format_failure, what, detail, asic_manifest_rule));
      }
    }
  }

  // Annex A: evidence that a manifest is about, and that is not there, may have shown more. What is
  // signed is not judged with it either.
  void tell_what_was_removed() {
    for (const AsicManifest& one : manifests_) {
      if (files_.has(one.evidence)) continue;
      const Text what = say("asic.evidence-missing", {{"file", one.evidence}});
      const bool is_signature = asic_part(one.evidence) == AsicPart::signature;
      add(is_signature
              ? warned(what, one.name, asic_manifest_rule)
              : undecided(SubIndication::missing_data, what, one.name, asic_manifest_rule));
    }
  }

  void unreadable(const std::string& name, const Error& error) {
    const Text what = say("asic.evidence-unreadable", {{"file", name}});
    add(error.code == Errc::unsupported
            ? undecided(SubIndication::unsupported_algorithm, what, to_string(error), "")
            : failed(SubIndication::format_failure, what, to_string(error), ""));
  }

  void read_record(const std::string& name) {
    auto octets = files_.read(name, asic_evidence_size_max);
    if (!octets) return unreadable(name, octets.error());
    auto evidence = Evidence::parse(*std::move(octets));
    if (!evidence) return unreadable(name, evidence.error());
    auto plan = evidence->hashing_plan();
    if (!plan) return unreadable(name, plan.error());
    Piece piece;
    piece.name = name;
    piece.record = *std::move(evidence);
    piece.plan = *std::move(plan);
    find_documents(piece);
    pieces_.push_back(std::move(piece));
  }

  void read_time_stamp(const std::string& name) {
    auto octets = files_.read(name, asic_evidence_size_max);
    if (!octets) return unreadable(name, octets.error());
    Piece piece;
    piece.name = name;
    piece.token = *std::move(octets);
    if (const auto token = parse_timestamp_token(piece.token)) {
      if (const auto algorithm = digest_algorithm(token->tst_info.imprint_algorithm)) {
        piece.plan.algorithms.push_back(*algorithm);
      }
    }
    find_documents(piece);
    pieces_.push_back(std::move(piece));
  }

  // What the manifest lists; without one, in the simple kind, the one document that there is.
  void find_documents(Piece& piece) {
    const auto found = std::ranges::find(manifests_, piece.name, &AsicManifest::evidence);
    if (found != manifests_.end()) {
      piece.manifest = &*found;
      for (const AsicReference& one : found->references) piece.documents.push_back(one.name);
      return;
    }
    const auto documents = files_.of(AsicPart::document);
    if (documents.size() == 1 || simple_) piece.documents = documents;
  }

  // Everything is announced before the first file is read.
  void announce(const Piece& piece) {
    for (const std::string& name : piece.documents) {
      if (files_.has(name) && (piece.record || piece.manifest == nullptr)) {
        files_.announce(name, piece.plan);
      }
    }
    if (piece.manifest == nullptr) return;
    if (!piece.record) files_.announce(piece.manifest->name, piece.plan);
    for (const AsicReference& one : piece.manifest->references) {
      if (files_.has(one.name) && one.algorithm) {
        files_.announce(one.name, {{*one.algorithm}, {}});
      }
    }
  }

  // Each file that the manifest lists has the digest that it lists.
  bool check_references(const Piece& piece, Report& part) {
    bool intact = true;
    const auto wrong = [&](Finding finding) {
      intact = false;
      part.findings.push_back(std::move(finding));
    };
    for (const AsicReference& one : piece.manifest->references) {
      if (!files_.has(one.name)) {
        wrong(failed(SubIndication::missing_data, say("asic.listed-missing", {{"file", one.name}}),
                     piece.manifest->name, asic_manifest_rule));
        continue;
      }
      if (!one.algorithm) {
        wrong(undecided(SubIndication::unsupported_algorithm,
                        say("asic.digest-unknown", {{"file", one.name}}), one.algorithm_uri,
                        asic_manifest_rule));
        continue;
      }
      const auto object = files_.object(one.name);
      const Digest* digest = object ? digest_of(*object, *one.algorithm) : nullptr;
      if (digest == nullptr || !equal(*digest, one.digest)) {
        wrong(failed(SubIndication::hash_failure, say("asic.listed-altered", {{"file", one.name}}),
                     object ? "" : to_string(object.error()), asic_manifest_rule));
      }
    }
    if (intact) {
      part.findings.push_back(passed(
          say("asic.listed-intact", {{"count", std::to_string(piece.manifest->references.size())}}),
          piece.manifest->name, asic_manifest_rule));
    }
    return intact;
  }

  // The documents that the piece is about and that can be read.
  std::vector<DataObject> objects_of(const Piece& piece) {
    std::vector<DataObject> objects;
    std::set<std::string> taken;
    for (const std::string& name : piece.documents) {
      if (!files_.has(name) || !taken.insert(name).second) continue;
      auto object = files_.object(name);
      if (object) {
        objects.push_back(*std::move(object));
      } else {
        add(failed(SubIndication::format_failure, say("asic.file-unreadable", {{"file", name}}),
                   to_string(object.error()), ""));
      }
    }
    return objects;
  }

  // Evidence of after the moment that was chosen. What it covers is told not to be covered, unless
  // something older covers it.
  void leave_out(const Text& subject) {
    result_.report.parts.push_back({subject, {stamped_later(1, options_.at)}, {}});
    if (++left_out_ == pieces_.size()) add(nothing_stamped_yet(options_.at));
  }

  void judge_record(Piece& piece) {
    piece.visited = true;
    const Text subject = say("subject.evidence-record-in", {{"file", piece.name}});
    Report part;
    EvidenceReport report;
    const auto objects = objects_of(piece);
    if (objects.empty()) {
      part.findings.push_back(
          undecided(SubIndication::no_evidence, say("asic.about-nothing"), "", asic_manifest_rule));
    } else {
      report = piece.record->judge(objects, false, options_);
      if (report.chains.empty()) return leave_out(subject);
      part = std::move(report.report);
    }
    part.subject = subject;
    piece.intact = piece.manifest == nullptr || check_references(piece, part);
    const Verdict verdict = part.verdict();
    if (verdict != Verdict::failed && !report.chains.empty()) {
      piece.judged = report.chains.front().front();
    }
    if (verdict != Verdict::failed && !objects.empty()) {
      cover(piece, verdict == Verdict::passed ? report.existed_since : std::nullopt);
    }
    result_.pieces.push_back({piece.name, std::move(report.chains), verdict});
    result_.report.parts.push_back(std::move(part));
  }

  void cover(const Piece& piece, std::optional<Time> since) {
    for (const std::string& name : piece.documents) {
      if (files_.has(name)) files_.cover(name, since);
    }
    if (piece.manifest != nullptr && !piece.record) files_.cover(piece.manifest->name, since);
  }

  // The piece that shows when this time-stamp existed at the latest: the earliest of those whose
  // manifest lists its file.
  JudgedPtr later_than(const Piece& piece) {
    JudgedPtr earliest;
    for (Piece& other : pieces_) {
      if (&other == &piece || other.manifest == nullptr) continue;
      if (std::ranges::find(other.documents, piece.name) == other.documents.end()) continue;
      // Two that list each other can't both be: one of the digests is wrong.
      if (!other.visited && !other.record) judge_time_stamp(other);
      if (other.judged == nullptr || other.judged->token() == nullptr || !other.intact) continue;
      const Time time = other.judged->token()->tst_info.gen_time;
      if (earliest == nullptr || time < earliest->token()->tst_info.gen_time) {
        earliest = other.judged;
      }
    }
    return earliest;
  }

  void judge_time_stamp(Piece& piece) {
    if (std::exchange(piece.visited, true)) return;
    const Text subject = say("subject.time-stamp-in", {{"file", piece.name}});
    if (judge_.not_yet_made(piece.token)) {
      leave_out(subject);
      return;
    }
    const JudgedPtr later = later_than(piece);
    const JudgedPtr judged = later != nullptr ? judge_.judged(piece.token, later)
                                              : judge_.judged(piece.token, options_.at);
    Report part = judged->report();
    part.subject = subject;
    if (judged->token() != nullptr && !piece.plan.algorithms.empty()) {
      check_stamped(piece, *judged, part);
    }
    const Verdict verdict = part.verdict();
    if (verdict != Verdict::failed) {
      piece.judged = judged;
      cover(piece, verdict == Verdict::passed ? std::optional(judged->token()->tst_info.latest())
                                              : std::nullopt);
    }
    result_.pieces.push_back({piece.name, {{judged}}, verdict});
    result_.report.parts.push_back(std::move(part));
  }

  // A time-stamp covers its manifest, and by that what the manifest lists; without one, the
  // document.
  void check_stamped(Piece& piece, const JudgedToken& judged, Report& part) {
    if (piece.manifest == nullptr && piece.documents.empty()) {
      part.findings.push_back(
          undecided(SubIndication::no_evidence, say("asic.about-nothing"), "", asic_manifest_rule));
      return;
    }
    const TstInfo& info = judged.token()->tst_info;
    const DigestAlgorithm algorithm = piece.plan.algorithms.front();
    std::vector<std::string> stamped = piece.documents;
    if (piece.manifest != nullptr) stamped = {piece.manifest->name};
    for (const std::string& name : stamped) {
      const auto object = files_.object(name);
      const Digest* digest = object ? digest_of(*object, algorithm) : nullptr;
      const bool same = digest != nullptr && equal(info.hashed_message, *digest);
      part.findings.push_back(
          same ? passed(say("evidence.document-as-stamped"), name, "RFC 3161 section 2.4.2")
               : failed(SubIndication::hash_failure,
                        say("evidence.document-not-as-stamped", {{"document", name}}),
                        object ? "" : to_string(object.error()), "RFC 3161 section 2.4.2"));
    }
    piece.intact = piece.manifest == nullptr || check_references(piece, part);
    if (piece.manifest == nullptr) return;
    std::set<DigestAlgorithm> used;
    for (const AsicReference& one : piece.manifest->references) {
      if (one.algorithm && used.insert(*one.algorithm).second) {
        judge_fitness(judge_.options().policy->fitness_of(*one.algorithm),
                      "manifest with " + std::string(name(*one.algorithm)), info.gen_time,
                      judged.reference(), part);
      }
    }
  }

  void tell_what_is_not_covered() {
    std::optional<Time> since;
    std::size_t signatures = 0;
    for (const auto& [name, file] : files_.all()) {
      if (file.part == AsicPart::signature) ++signatures;
      if (file.part != AsicPart::document) continue;
      if (!file.covered) {
        add(undecided(SubIndication::no_poe, say("asic.not-covered", {{"file", name}}), "",
                      asic_simple_rule));
      } else if (file.since) {
        since = since ? std::max(*since, *file.since) : *file.since;
      }
    }
    for (const auto& [name, file] : files_.all()) {
      const bool told = file.part == AsicPart::signature || file.part == AsicPart::manifest ||
                        file.part == AsicPart::other;
      if (told && !file.covered) {
        add(warned(say("asic.meta-not-covered", {{"file", name}}), "", asic_simple_rule));
      }
    }
    if (signatures > 0) {
      add(warned(say("asic.signatures-not-judged", {{"count", std::to_string(signatures)}}), "",
                 asic_simple_rule));
    }
    if (result_.report.verdict() == Verdict::passed) result_.existed_since = since;
  }

  AsicFiles files_;
  const std::string& name_;
  ByteView head_;
  const JudgeOptions options_;
  TokenJudge judge_;
  bool simple_ = false;
  std::vector<AsicManifest> manifests_;  // complete before pieces point into it
  std::vector<Piece> pieces_;
  std::size_t left_out_ = 0;
  EvidenceReport result_;
};

}  // namespace

Result<EvidenceReport> judge_asic(const PackageSource& source, const std::string& name,
                                  ByteView head, const JudgeOptions& options) {
  auto files = AsicFiles::open(source);
  if (!files) return files.error();
  return ContainerChecks(*std::move(files), name, head, options).run();
}

Result<EvidenceReport> judge_asic(const std::filesystem::path& path, const JudgeOptions& options) {
  const auto source = open_package_source(path);
  if (!source) return source.error();
  std::array<char, mimetype_head> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view read(head.data(), static_cast<std::size_t>(file.gcount()));
  return judge_asic(**source, path.filename().string(), as_bytes(read), options);
}

}  // namespace perdura::verifier
