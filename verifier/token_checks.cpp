#include "verifier/token_checks.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "verifier/findings.hpp"
#include "verifier/revocation.hpp"
#include "verifier/signature.hpp"

namespace perdura::verifier {
namespace {

// How far ahead of the clock of whoever judges a time-stamping authority's clock may be.
constexpr std::int64_t clock_tolerance_s = 300;
constexpr std::size_t status_sources_max = 512;
constexpr std::size_t pool_max = 256;
constexpr Tag directory_name = tag::context(4);

std::string bits_text(const SignatureCheck& signature) {
  const SignatureAlgorithm& algorithm = signature.algorithm;
  const bool named = algorithm.scheme != SignatureScheme::other;
  return (named ? std::string(name(algorithm.scheme)) : algorithm.oid) + " with " +
         std::to_string(algorithm.key_bits) + " bits";
}

// "1 s", "0.25 s".
std::string seconds_text(std::int64_t micros) {
  std::string text = std::to_string(micros / 1'000'000);
  if (const std::int64_t fraction = micros % 1'000'000; fraction != 0) {
    text += "." + std::to_string(1'000'000 + fraction).substr(1);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + " s";
}

class TokenChecks {
 public:
  TokenChecks(const JudgedToken& judged, const TrustMaterial& trust, const JudgeOptions& options)
      : judged_(judged),
        token_(*judged.token()),
        info_(token_.tst_info),
        signer_(token_.signer),
        trust_(trust),
        options_(options),
        // A stamp slightly ahead of the clock is judged as of its own time.
        reference_(std::max(judged.reference(), info_.gen_time)) {}

  CheckedToken run() {
    check();
    facts_.signer = certificate_;
    return {std::move(report_), std::move(facts_)};
  }

 private:
  void check() {
    report_.subject = say("subject.one-time-stamp");
    gather_pool();
    find_signer();
    say_what_it_states();
    check_form();
    check_attributes();
    if (certificate_ == nullptr) {
      add(undecided(SubIndication::no_certificate_chain_found, say("token.no-signer-certificate"),
                    "neither in the time-stamp nor given", "RFC 3161 section 2.4.1"));
      return;
    }
    check_identity();
    check_signed();
    check_certificate();
    check_algorithms();
    check_path();
    check_assumptions();
  }

  void add(Finding finding) { report_.findings.push_back(std::move(finding)); }
  const AlgorithmPolicy& policy() const { return *options_.policy; }

  void gather_pool() {
    const std::size_t count = std::min(token_.certificates.size(), pool_max);
    read_certificates_into(std::span(token_.certificates).first(count), pool_);
    pool_.insert(pool_.end(), trust_.extras.begin(), trust_.extras.end());
    for (auto later = judged_.later(); later != nullptr && pool_.size() < pool_max;
         later = later->later()) {
      if (later->token() != nullptr) read_certificates_into(later->token()->certificates, pool_);
    }
  }

  // RFC 5652 §5.3: by issuer and serial number, or by key identifier.
  bool is_named_signer(const Certificate& certificate) const {
    if (signer_.subject_key_identifier) {
      const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(certificate.handle());
      return id != nullptr && equal(*signer_.subject_key_identifier,
                                    ByteView(ASN1_STRING_get0_data(id),
                                             static_cast<std::size_t>(ASN1_STRING_length(id))));
    }
    return equal(signer_.serial_number, certificate.serial_number()) &&
           equal(signer_.issuer, certificate.issuer_name());
  }

  // RFC 5035 §4: the hash of the whole certificate, and issuer and serial when they are there.
  static bool matches(const SigningCertificate& named, const Certificate& certificate) {
    if (!named.algorithm) return true;  // said by check_identity
    if (!equal(hash(*named.algorithm, certificate.octets()), named.hash)) return false;
    if (!named.issuer_serial) return true;
    DerInput input(*named.issuer_serial, DerLimits(), EncodingRules::ber);
    DerReader in = input.reader();
    DerReader issuer_serial = in.constructed(tag::sequence);
    DerReader names = issuer_serial.constructed(tag::sequence);
    bool issuer = false;
    while (names.more()) {
      if (!names.next_is(directory_name)) {
        names.any();
        continue;
      }
      DerReader name = names.constructed(directory_name);
      issuer |= equal(name.any(), certificate.issuer_name());
    }
    const ByteView serial = issuer_serial.integer();
    return !input.failed() && issuer && equal(serial, certificate.serial_number());
  }

  bool is_identified(const Certificate& certificate) const {
    const auto& v1 = signer_.signing_certificate;
    const auto& v2 = signer_.signing_certificate_v2;
    return (v1 || v2) && (!v1 || matches(*v1, certificate)) && (!v2 || matches(*v2, certificate));
  }

  void find_signer() {
    const auto look_in = [&](std::span<const CertificatePtr> certificates) {
      for (const CertificatePtr& candidate : certificates) {
        if (!is_named_signer(*candidate)) continue;
        const bool identified = is_identified(*candidate);
        if (certificate_ != nullptr && (identified_ || !identified)) continue;
        certificate_ = candidate;
        identified_ = identified;
      }
    };
    look_in(pool_);
    look_in(trust_.anchors);
  }

  void say_what_it_states() {
    const Text who = certificate_ ? Text(certificate_->subject()) : say("label.unknown-signer");
    std::string detail = "policy " + oid_text(info_.policy) + ", serial number " +
                         to_hex(info_.serial_number) + ", imprint " +
                         oid_text(info_.imprint_algorithm.oid) + " " + to_hex(info_.hashed_message);
    if (info_.accuracy_micros) {
      detail += ", accuracy " + seconds_text(*info_.accuracy_micros);
    }
    add(passed(say("token.states", {{"time", to_string(info_.gen_time)}, {"signer", who}}),
               std::move(detail), "RFC 3161 section 2.4.2"));
  }

  // What RFC 3161 §2.4.2 asks of the TSTInfo itself.
  void check_form() {
    constexpr const char* rule = "RFC 3161 section 2.4.2";
    if (info_.version != 1) {
      add(undecided(SubIndication::unsupported_algorithm, say("token.version-unknown"),
                    "TSTInfo version " + std::to_string(info_.version), rule));
    }
    const auto algorithm = digest_algorithm(info_.imprint_algorithm);
    if (!algorithm) {
      add(undecided(SubIndication::unsupported_algorithm, say("token.hash-function-unknown"),
                    oid_text(info_.imprint_algorithm.oid), rule));
    } else if (info_.hashed_message.size() != digest_size(*algorithm)) {
      add(failed(SubIndication::format_failure, say("token.imprint-length"),
                 std::to_string(info_.hashed_message.size()) + " octets", rule));
    }
    for (const ByteView oid : info_.critical_extensions) {
      add(undecided(SubIndication::unsupported_algorithm, say("token.extension-unknown"),
                    "critical extension " + oid_text(oid), rule));
    }
    for (const std::string& deviation : token_.deviations) {
      add(warned(say("token.deviation"), deviation, rule));
    }
    if (judged_.later() == nullptr && info_.gen_time - judged_.reference() > clock_tolerance_s) {
      add(failed(SubIndication::not_yet_valid, say("token.from-the-future"),
                 to_string(info_.gen_time) + " is after " + to_string(judged_.reference()), rule));
    }
  }

  // RFC 5652 §11.1, §11.2: the signed attributes are about this content.
  void check_attributes() {
    constexpr const char* rule = "RFC 5652 sections 11.1 and 11.2";
    if (!signer_.content_type || !equal(*signer_.content_type, oid_of::tst_info)) {
      add(failed(SubIndication::format_failure, say("token.content-type"), "content-type attribute",
                 rule));
    }
    const auto algorithm = digest_algorithm(signer_.digest_algorithm);
    if (!algorithm) {
      add(undecided(SubIndication::unsupported_algorithm, say("token.hash-function-unknown"),
                    oid_text(signer_.digest_algorithm.oid), rule));
      return;
    }
    const Digest digest = hash(*algorithm, token_.content);
    if (!signer_.message_digest || !equal(*signer_.message_digest, digest)) {
      add(failed(SubIndication::hash_failure, say("token.contents-altered"),
                 "message-digest attribute", rule));
    }
  }

  // RFC 5816 §2.2.1: the signed attributes name the certificate by its hash.
  void check_identity() {
    constexpr const char* rule = "RFC 5816 section 2.2.1, RFC 5035 section 4";
    const auto& v1 = signer_.signing_certificate;
    const auto& v2 = signer_.signing_certificate_v2;
    if (!v1 && !v2) {
      add(failed(SubIndication::certificate_failure, say("token.signer-not-named"),
                 "neither signing-certificate nor signing-certificate-v2", rule));
    } else if (v2 && !v2->algorithm) {
      add(undecided(SubIndication::unsupported_algorithm, say("token.signer-name-unreadable"),
                    oid_text(v2->hash_algorithm.oid), rule));
    } else if (!identified_) {
      add(failed(SubIndication::certificate_failure, say("token.signer-differs"),
                 certificate_->subject(), rule));
    } else {
      add(passed(say("token.signer-named"),
                 v2 ? "signing-certificate-v2" : "signing-certificate (SHA-1)", rule));
    }
  }

  // RFC 5652 §5.4: the signature is over the attributes as a SET OF, tag 31 in place of A0.
  void check_signed() {
    constexpr const char* rule = "RFC 5652 section 5.4";
    Bytes message = to_bytes(signer_.signed_attributes);
    message[0] = tag::set;
    signature_ =
        check_signature(signer_.signature_algorithm, digest_algorithm(signer_.digest_algorithm),
                        X509_get0_pubkey(certificate_->handle()), message, signer_.signature);
    switch (signature_.outcome) {
      case SignatureOutcome::valid:
        add(passed(say("token.signature-right"), signature_.detail, rule));
        return;
      case SignatureOutcome::invalid:
        add(failed(SubIndication::signature_failure, say("token.signature-wrong"),
                   signature_.detail, rule));
        return;
      case SignatureOutcome::unsupported:
        add(undecided(SubIndication::unsupported_algorithm, say("token.signature-unsupported"),
                      signature_.detail, rule));
        return;
    }
  }

  void check_certificate() {
    add(judge_purpose(*certificate_));
    if (!certificate_->valid_at(info_.gen_time)) {
      add(failed(SubIndication::not_yet_valid, say("token.outside-certificate-validity"),
                 "valid from " + to_string(certificate_->not_before()) + " to " +
                     to_string(certificate_->not_after()),
                 "RFC 3161 section 2.2"));
    }
    if (info_.tsa && !info_.tsa->empty() && (*info_.tsa)[0] == directory_name) check_tsa_name();
  }

  void check_tsa_name() {
    DerInput input(*info_.tsa);
    DerReader in = input.reader();
    const ByteView named = in.constructed(directory_name).any();
    if (equal(named, certificate_->subject_name())) return;
    add(warned(say("token.authority-name"), certificate_->subject(), "RFC 3161 section 2.4.2"));
  }

  bool is_fit(const Fitness& fitness, const std::string& algorithm, Time made, Report& report) {
    const auto same = [&](const AlgorithmFact& fact) { return fact.name == algorithm; };
    if (std::ranges::none_of(facts_.algorithms, same)) {
      facts_.algorithms.push_back({algorithm, fitness.known, fitness.end()});
    }
    return judge_fitness(fitness, algorithm, made, reference_, report);
  }

  void check_algorithms() {
    const Time made = info_.gen_time;
    bool fit = true;
    std::vector<DigestAlgorithm> judged;
    for (const auto& algorithm : {digest_algorithm(info_.imprint_algorithm),
                                  digest_algorithm(signer_.digest_algorithm), signature_.digest}) {
      if (!algorithm || std::ranges::find(judged, *algorithm) != judged.end()) continue;
      judged.push_back(*algorithm);
      fit &= is_fit(policy().fitness_of(*algorithm), std::string(name(*algorithm)), made, report_);
    }
    if (signature_.outcome != SignatureOutcome::unsupported) {
      fit &=
          is_fit(policy().fitness_of(signature_.algorithm), bits_text(signature_), made, report_);
    }
    if (fit) {
      add(passed(say("algorithm.fit"), signature_.detail + ", until " + to_string(reference_),
                 "RFC 5698 section 6"));
    }
  }

  void check_path() {
    if (trust_.anchors.empty()) {
      add(undecided(SubIndication::no_trust_anchor, say("token.no-anchor-given"),
                    "no trust anchor was given", "RFC 5280 section 6.1.1 (d)"));
      return;
    }
    const PathResult found = find_path(certificate_, pool_, trust_.anchors, info_.gen_time);
    add(found.finding);
    if (found.path.empty()) return;
    facts_.path = found.path;
    if (found.path.size() == 1) {
      add(warned(say("certificate.signer-is-anchor"), certificate_->subject(),
                 "RFC 5280 section 6.1.1 (d)"));
    }
    for (std::size_t i = 0; i + 1 < found.path.size(); ++i) check_status(found, i);
  }

  // One certificate of the path that is not the anchor: how it was signed, and its revocation.
  void check_status(const PathResult& found, std::size_t i) {
    Report part;
    part.subject = say("subject.certificate", {{"subject", found.path[i]->subject()}});
    // A certificate may be older than the stamp; what matters is T.
    const SignatureCheck& signature = found.signatures[i];
    const Time issued = found.path[i]->not_before();
    const Time made = std::min(issued, info_.gen_time);
    if (signature.digest) {
      is_fit(policy().fitness_of(*signature.digest), std::string(name(*signature.digest)), made,
             part);
    }
    is_fit(policy().fitness_of(signature.algorithm), bits_text(signature), made, part);
    const StatusQuestion question{found.path[i],  found.path[i + 1],          info_.gen_time,
                                  reference_,     judged_.later() != nullptr, options_.revocation,
                                  options_.policy};
    std::vector<std::string> notes;
    const auto statuses = read_status(question, sources(), notes);
    part.findings.push_back(judge_status(question, statuses, notes));
    report_.parts.push_back(std::move(part));
  }

  // What whoever judges assumes about authorities.
  void check_assumptions() {
    const std::string subject = certificate_->subject();
    for (const BrokenAuthority& broken : options_.broken_authorities) {
      const bool named = subject.find(broken.name) != std::string::npos ||
                         hash(DigestAlgorithm::sha256, certificate_->octets()).hex() == broken.name;
      if (!named) continue;
      if (broken.met) *broken.met = true;
      if (reference_ < broken.from) continue;
      add(undecided(SubIndication::revoked_no_poe, say("authority.assumed-broken"),
                    subject + ": from " + to_string(broken.from) + ", relied on until " +
                        to_string(reference_),
                    "RFC 3161 section 4, RFC 4998 section 5.3"));
    }
  }

  // Status information of this token, of those that cover it, and what was given.
  const std::vector<StatusSource>& sources() {
    if (!sources_.empty()) return sources_;
    const auto take = [&](std::span<const ByteView> all, bool ocsp, Time proven, const char* from) {
      for (const ByteView octets : all) {
        if (sources_.size() < status_sources_max) sources_.push_back({octets, ocsp, proven, from});
      }
    };
    const auto take_all = [&](const std::vector<Bytes>& all, bool ocsp, const char* from) {
      const std::vector<ByteView> views(all.begin(), all.end());
      take(views, ocsp, options_.at, from);
    };
    // First, so that no evidence can crowd it out.
    take_all(options_.extra_crls, false, "that you gave");
    take(token_.crls, false, reference_, "in the time-stamp");
    take(token_.ocsp_responses, true, reference_, "in the time-stamp");
    for (auto later = judged_.later(); later != nullptr; later = later->later()) {
      if (later->token() == nullptr) continue;
      take(later->token()->crls, false, later->reference(), "in a later time-stamp");
      take(later->token()->ocsp_responses, true, later->reference(), "in a later time-stamp");
    }
    take_all(options_.accompanying_crls, false, "beside the time-stamp");
    take_all(options_.accompanying_ocsp_responses, true, "beside the time-stamp");
    return sources_;
  }

  const JudgedToken& judged_;
  const TimestampToken& token_;
  const TstInfo& info_;
  const SignerInfo& signer_;
  const TrustMaterial& trust_;
  const JudgeOptions& options_;
  const Time reference_;
  std::vector<CertificatePtr> pool_;
  CertificatePtr certificate_;
  bool identified_ = false;
  SignatureCheck signature_;
  std::vector<StatusSource> sources_;
  Report report_;
  TokenFacts facts_;
};

}  // namespace

CheckedToken check_token(const JudgedToken& token, const TrustMaterial& trust,
                         const JudgeOptions& options) {
  return TokenChecks(token, trust, options).run();
}

bool judge_fitness(const Fitness& fitness, const std::string& algorithm, Time made, Time reference,
                   Report& report) {
  const std::string used =
      ", used " + to_string(made) + ", relied on until " + to_string(reference);
  if (!fitness.known) {
    report.findings.push_back(undecided(SubIndication::crypto_failure,
                                        say("algorithm.not-in-policy"), algorithm + used,
                                        "RFC 5698 section 6"));
    return false;
  }
  const auto then = [&](const FitPeriod& period) { return period.contains(made); };
  const auto period = std::ranges::find_if(fitness.periods, then);
  if (period != fitness.periods.end() && period->contains(reference)) return true;
  const auto end = period != fitness.periods.end() ? period->end : fitness.end();
  const std::string detail =
      algorithm + (end ? ": fit until " + to_string(*end) : ": fit at another time") + used;
  if (fitness.assumed && end && *end <= reference) {
    report.findings.push_back(undecided(SubIndication::crypto_failure_no_poe,
                                        say("algorithm.assumed-broken"), detail,
                                        "RFC 4998 section 5.3"));
  } else if (period == fitness.periods.end()) {
    // Not FAILED (ETSI EN 319 102-1 has it so too): weak is not yet forged. Never PASSED either.
    report.findings.push_back(undecided(SubIndication::crypto_failure,
                                        say("algorithm.weak-when-used"), detail,
                                        "RFC 5698 section 6"));
  } else {
    report.findings.push_back(undecided(SubIndication::crypto_failure_no_poe,
                                        say("algorithm.weak-before-covered"), detail,
                                        "RFC 5698 section 6, RFC 4998 section 5.3"));
  }
  return false;
}

}  // namespace perdura::verifier
