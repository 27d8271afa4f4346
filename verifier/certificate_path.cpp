#include "verifier/certificate_path.hpp"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "verifier/findings.hpp"
#include "verifier/owned.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t path_length_max = 12;
constexpr int signature_checks_max = 32;
constexpr const char* path_rule = "RFC 5280 section 6";

Bytes name_octets(const X509_NAME* name) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (X509_NAME_get0_der(name, &data, &size) != 1) return {};
  return {data, data + size};
}

// What a CA between signer and anchor must be, beyond what libcrypto asks when not strict.
bool may_issue(const Certificate& ca) {
  const std::uint32_t flags = X509_get_extension_flags(ca.handle());
  constexpr std::uint32_t needed = EXFLAG_BCONS | EXFLAG_CA;
  const bool is_ca = (flags & needed) == needed && (flags & EXFLAG_INVALID) == 0;
  const bool signs = (X509_get_key_usage(ca.handle()) & KU_KEY_CERT_SIGN) != 0;
  return is_ca && signs;
}

// ECDSA with SHA-3 is a signature that libcrypto 3.0 verifies, but it does not know so when it
// meets one in a certificate. What it knows already stays as it is.
void teach_libcrypto() {
  static const bool taught = [] {
    for (const auto& [signature, digest] : {std::pair(NID_ecdsa_with_SHA3_256, NID_sha3_256),
                                            std::pair(NID_ecdsa_with_SHA3_384, NID_sha3_384),
                                            std::pair(NID_ecdsa_with_SHA3_512, NID_sha3_512)}) {
      if (OBJ_find_sigid_algs(signature, nullptr, nullptr) == 1) continue;
      OBJ_add_sigid(signature, digest, NID_X9_62_id_ecPublicKey);
    }
    return true;
  }();
  (void)taught;
}

// Depth-first search. Invariant: path[i + 1] signed path[i].
class Search {
 public:
  Search(std::span<const CertificatePtr> pool, std::span<const CertificatePtr> anchors, Time time)
      : pool_(pool), anchors_(anchors), time_(time) {}

  bool from(const CertificatePtr& certificate) {
    result_.path.push_back(certificate);
    if (reaches_anchor(certificate)) return true;
    result_.path.pop_back();
    return false;
  }
  PathResult take() { return std::move(result_); }

 private:
  bool reaches_anchor(const CertificatePtr& certificate) {
    const auto same = [&](const CertificatePtr& anchor) {
      return equal(anchor->octets(), certificate->octets());
    };
    if (std::ranges::any_of(anchors_, same)) return accepted();
    if (result_.path.size() >= path_length_max) return false;
    return goes_on(certificate, anchors_) || goes_on(certificate, pool_);
  }

  bool goes_on(const CertificatePtr& certificate, std::span<const CertificatePtr> candidates) {
    const X509_NAME* issuer = X509_get_issuer_name(certificate->handle());
    for (const CertificatePtr& candidate : candidates) {
      if (X509_NAME_cmp(X509_get_subject_name(candidate->handle()), issuer) != 0) continue;
      if (std::ranges::find(result_.path, candidate) != result_.path.end()) continue;
      if (++checks_ > signature_checks_max) return false;
      const SignatureCheck signature = check_issued(*certificate, *candidate);
      if (signature.outcome == SignatureOutcome::unsupported) note_unsupported(signature);
      if (signature.outcome != SignatureOutcome::valid) continue;
      result_.signatures.push_back(signature);
      if (from(candidate)) return true;
      result_.signatures.pop_back();
    }
    return false;
  }

  // Whether libcrypto, given this path and nothing else, accepts it.
  bool accepted() {
    teach_libcrypto();
    for (std::size_t i = 1; i + 1 < result_.path.size(); ++i) {
      if (!may_issue(*result_.path[i])) {
        note(failed(SubIndication::certificate_failure, say("certificate.may-not-issue"),
                    result_.path[i]->subject(), "RFC 5280 section 6.1.4 (k) to (n)"));
        return false;
      }
    }
    const auto store = owned(X509_STORE_new(), X509_STORE_free);
    const auto context = owned(X509_STORE_CTX_new(), X509_STORE_CTX_free);
    const auto between = owned(sk_X509_new_null(), [](STACK_OF(X509) * s) { sk_X509_free(s); });
    check(store && context && between, "memory for a certificate path");
    check(X509_STORE_add_cert(store.get(), result_.path.back()->handle()) == 1, "anchor is taken");
    for (std::size_t i = 1; i + 1 < result_.path.size(); ++i) {
      check(sk_X509_push(between.get(), result_.path[i]->handle()) > 0, "certificate is taken");
    }
    check(X509_STORE_CTX_init(context.get(), store.get(), result_.path.front()->handle(),
                              between.get()) == 1,
          "path check starts");
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(time_.seconds));
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    // This path, and not another by an anchor that has the name of a certificate in between.
    X509_VERIFY_PARAM_clear_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(path_length_max));
    const bool good = X509_verify_cert(context.get()) == 1;
    if (!good) note_refusal(context.get());
    ERR_clear_error();
    return good;
  }

  void note_refusal(X509_STORE_CTX* context) {
    const int error = X509_STORE_CTX_get_error(context);
    const auto depth =
        static_cast<std::size_t>(std::max(0, X509_STORE_CTX_get_error_depth(context)));
    const CertificatePtr& culprit = result_.path[std::min(depth, result_.path.size() - 1)];
    const std::string detail = culprit->subject() + ": " + X509_verify_cert_error_string(error);
    const bool time =
        error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    for (std::size_t i = 0; i + 1 < result_.path.size(); ++i) {
      // Its signature is right, but libcrypto does not know its kind in certificates.
      if (known_in_certificates(*result_.path[i])) continue;
      return note_unsupported(result_.signatures[i]);
    }
    if (stumbled_over_key(error)) {
      note(undecided(SubIndication::unsupported_algorithm, say("certificate.key-unsupported"),
                     detail, path_rule));
    } else if (time && culprit == result_.path.back()) {
      note(undecided(SubIndication::no_certificate_chain_found, say("certificate.anchor-not-valid"),
                     detail, path_rule));
    } else if (time) {
      note(failed(SubIndication::not_yet_valid, say("certificate.not-valid"), detail,
                  "RFC 5280 section 6.1.3 (a) (2)"));
    } else {
      note(failed(SubIndication::certificate_failure, say("certificate.no-proper-path"), detail,
                  "RFC 5280 section 6"));
    }
  }

  // Whether libcrypto stopped since it can't read the first certificate's key: that decides
  // nothing.
  bool stumbled_over_key(int error) const {
    return (error == X509_V_ERR_UNSPECIFIED || error == X509_V_ERR_EE_KEY_TOO_SMALL) &&
           X509_get0_pubkey(result_.path.front()->handle()) == nullptr;
  }

  static bool known_in_certificates(const Certificate& certificate) {
    return OBJ_find_sigid_algs(X509_get_signature_nid(certificate.handle()), nullptr, nullptr) == 1;
  }

  void note_unsupported(const SignatureCheck& signature) {
    note(undecided(SubIndication::unsupported_algorithm, say("certificate.signature-unsupported"),
                   signature.detail, path_rule));
  }

  // Keeps the first reason; the search goes on.
  void note(Finding finding) {
    if (result_.finding.what.empty()) result_.finding = std::move(finding);
  }

  std::span<const CertificatePtr> pool_;
  std::span<const CertificatePtr> anchors_;
  Time time_;
  int checks_ = 0;
  PathResult result_;
};

std::string path_text(const std::vector<CertificatePtr>& path) {
  std::string text;
  for (const CertificatePtr& certificate : path) {
    if (!text.empty()) text += " < ";
    text += certificate->subject();
  }
  return text;
}

}  // namespace

std::optional<Time> time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
  return time_from_utc(fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday, fields.tm_hour,
                       fields.tm_min, fields.tm_sec);
}

std::string name_text(const X509_NAME* name) {
  const auto bio = owned(BIO_new(BIO_s_mem()), [](BIO* b) { BIO_free(b); });
  check(bio != nullptr, "memory for a name");
  constexpr unsigned long flags =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  X509_NAME_print_ex(bio.get(), name, 0, flags);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string("(no name)");
}

Certificate::Certificate(Bytes octets, std::shared_ptr<x509_st> handle)
    : octets_(std::move(octets)),
      handle_(std::move(handle)),
      not_before_(time_of(X509_get0_notBefore(handle_.get())).value_or(Time{1})),
      not_after_(time_of(X509_get0_notAfter(handle_.get())).value_or(Time{0})) {}

std::string Certificate::subject() const { return name_text(X509_get_subject_name(handle())); }
std::string Certificate::issuer() const { return name_text(X509_get_issuer_name(handle())); }
Bytes Certificate::subject_name() const { return name_octets(X509_get_subject_name(handle())); }
Bytes Certificate::issuer_name() const { return name_octets(X509_get_issuer_name(handle())); }

Bytes Certificate::serial_number() const {
  unsigned char* der = nullptr;
  const int size = i2d_ASN1_INTEGER(X509_get0_serialNumber(handle()), &der);
  const auto holder = owned(der, [](unsigned char* p) { OPENSSL_free(p); });
  if (size <= 0) return {};
  DerInput input(ByteView(der, static_cast<std::size_t>(size)));
  return to_bytes(input.reader().primitive(tag::integer));
}

CertificatePtr read_certificate(ByteView der) {
  const unsigned char* at = der.data();
  X509* handle = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  std::shared_ptr<X509> holder(handle, X509_free);
  const bool whole = handle != nullptr && at == der.data() + der.size();
  // Reads the extensions, once, before threads share it; -1 says only that no purpose was asked.
  if (whole) X509_check_purpose(handle, -1, 0);
  ERR_clear_error();
  if (!whole) return nullptr;
  return std::make_shared<const Certificate>(to_bytes(der), std::move(holder));
}

void read_certificates_into(std::span<const ByteView> der, std::vector<CertificatePtr>& pool) {
  for (const ByteView octets : der) {
    const auto same = [&](const CertificatePtr& other) { return equal(other->octets(), octets); };
    if (std::ranges::any_of(pool, same)) continue;
    if (CertificatePtr certificate = read_certificate(octets)) pool.push_back(certificate);
  }
}

Finding judge_purpose(const Certificate& signer) {
  constexpr const char* purpose_rule = "RFC 3161 section 2.3";
  X509* handle = signer.handle();
  const auto unfit = [&](std::string detail) {
    return failed(SubIndication::certificate_failure, say("certificate.not-for-time-stamps"),
                  signer.subject() + ": " + std::move(detail), purpose_rule);
  };
  if (X509_get_version(handle) != 2) return unfit("not of version 3");
  if ((X509_get_extension_flags(handle) & EXFLAG_INVALID) != 0) {
    return unfit("extensions are malformed");
  }
  int critical = -1;
  const auto usage = owned(static_cast<EXTENDED_KEY_USAGE*>(
                               X509_get_ext_d2i(handle, NID_ext_key_usage, &critical, nullptr)),
                           EXTENDED_KEY_USAGE_free);
  if (usage == nullptr) return unfit("extended key usage is absent, double or malformed");
  if (critical != 1) return unfit("extended key usage is not critical");
  if (sk_ASN1_OBJECT_num(usage.get()) != 1 ||
      OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), 0)) != NID_time_stamp) {
    return unfit("extended key usage is not timeStamping alone");
  }
  constexpr std::uint32_t signing = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
  const bool stated = (X509_get_extension_flags(handle) & EXFLAG_KUSAGE) != 0;
  const std::uint32_t key_usage = stated ? X509_get_key_usage(handle) : signing;
  if ((key_usage & signing) == 0 || (key_usage & ~signing) != 0) {
    return unfit("key usage is not for signatures alone (RFC 5280 section 4.2.1.12)");
  }
  return passed(say("certificate.for-time-stamps"), signer.subject(), purpose_rule);
}

SignatureCheck check_issued(const Certificate& certificate, const Certificate& issuer) {
  const auto parts = signed_parts(certificate.octets());
  SignatureCheck none;
  none.outcome = SignatureOutcome::invalid;
  none.detail = "certificate is malformed";
  if (!parts) return none;
  // RFC 5280 §4.1.1.2: the algorithm stands inside and outside of what is signed.
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, certificate.handle());
  if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(certificate.handle())) != 0) return none;
  return check_signature(parts->algorithm, std::nullopt, X509_get0_pubkey(issuer.handle()),
                         parts->tbs, parts->signature);
}

PathResult find_path(const CertificatePtr& signer, std::span<const CertificatePtr> pool,
                     std::span<const CertificatePtr> anchors, Time time) {
  Search search(pool, anchors, time);
  const bool found = search.from(signer);
  PathResult result = search.take();
  if (found) {
    result.finding = passed(say("certificate.path-to-anchor"), path_text(result.path), path_rule);
    return result;
  }
  result.path.clear();
  result.signatures.clear();
  if (result.finding.what.empty()) {
    result.finding = undecided(SubIndication::no_certificate_chain_found,
                               say("certificate.no-path-to-anchor"), signer->subject(), path_rule);
  }
  return result;
}

}  // namespace perdura::verifier
