// Reads revocation lists and OCSP responses: the half of revocation.hpp that knows libcrypto.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "verifier/owned.hpp"
#include "verifier/revocation.hpp"

namespace perdura::verifier {
namespace {

using Notes = std::vector<std::string>;

// Whether the signature holds and its algorithms were fit when the information is known to have
// existed; the reason goes to `notes`.
bool well_signed(const StatusSource& source, const AlgorithmPolicy& policy, X509* signer,
                 Notes& notes) {
  const auto parts = signed_parts(source.octets);
  if (!parts) {
    notes.push_back(source.from + ": malformed");
    return false;
  }
  const SignatureCheck check = check_signature(
      parts->algorithm, std::nullopt, X509_get0_pubkey(signer), parts->tbs, parts->signature);
  if (check.outcome != SignatureOutcome::valid) {
    const bool invalid = check.outcome == SignatureOutcome::invalid;
    notes.push_back(source.from + ": signature " +
                    (invalid ? "does not verify" : "can't be checked") + " (" + check.detail + ")");
    return false;
  }
  const auto scheme_end = policy.end_of(check.algorithm);
  const auto digest_end = check.digest ? policy.end_of(*check.digest) : std::nullopt;
  const bool fit =
      (!scheme_end || source.proven < *scheme_end) && (!digest_end || source.proven < *digest_end);
  if (!fit) notes.push_back(source.from + ": signed with " + check.detail + ", no longer fit");
  return fit;
}

// Whether the certificate of whoever issued it had expired when it is first known to have existed.
bool expired_when_sealed(const X509* issuer, const StatusSource& source) {
  const auto not_after = time_of(X509_get0_notAfter(issuer));
  return !not_after || *not_after < source.proven;
}

// What a list can say about a certificate.
enum class ListScope {
  whole,     // whether it is revoked
  part,      // nothing good: but one that it names is revoked
  unusable,  // nothing
};

// RFC 5280 §5.2.5: whether a list that is for a part of the certificates is for this one.
ListScope scope_by_point(const X509_CRL* crl, const Certificate& certificate) {
  int critical = -1;
  const auto point = owned(static_cast<ISSUING_DIST_POINT*>(X509_CRL_get_ext_d2i(
                               crl, NID_issuing_distribution_point, &critical, nullptr)),
                           ISSUING_DIST_POINT_free);
  // Absent; anything else is malformed.
  if (point == nullptr) return critical == -1 ? ListScope::whole : ListScope::unusable;
  const bool is_ca = (X509_get_extension_flags(certificate.handle()) & EXFLAG_CA) != 0;
  // Serial numbers of other issuers.
  if (point->indirectCRL > 0 || point->onlyattr > 0) return ListScope::unusable;
  if (point->onlysomereasons != nullptr) return ListScope::part;
  if ((point->onlyuser > 0 && is_ca) || (point->onlyCA > 0 && !is_ca)) return ListScope::part;
  if (point->distpoint == nullptr) return ListScope::whole;
  if (point->distpoint->type != 0) return ListScope::part;
  const auto named =
      owned(static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(
                certificate.handle(), NID_crl_distribution_points, nullptr, nullptr)),
            CRL_DIST_POINTS_free);
  GENERAL_NAMES* names = point->distpoint->name.fullname;
  for (int i = 0; i < sk_DIST_POINT_num(named.get()); ++i) {
    const DIST_POINT* other = sk_DIST_POINT_value(named.get(), i);
    if (other->distpoint == nullptr || other->distpoint->type != 0) continue;
    GENERAL_NAMES* others = other->distpoint->name.fullname;
    for (int a = 0; a < sk_GENERAL_NAME_num(names); ++a) {
      for (int b = 0; b < sk_GENERAL_NAME_num(others); ++b) {
        GENERAL_NAME* ours = sk_GENERAL_NAME_value(names, a);
        if (GENERAL_NAME_cmp(ours, sk_GENERAL_NAME_value(others, b)) == 0) return ListScope::whole;
      }
    }
  }
  return ListScope::part;
}

// Critical extensions that we don't know make a list unusable (RFC 5280 §5.2). A delta names what
// was revoked since its base, which it does not come with.
ListScope scope_of(const X509_CRL* crl, const Certificate& certificate) {
  bool delta = false;
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(crl, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    delta = delta || nid == NID_delta_crl;
    if (X509_EXTENSION_get_critical(extension) != 0 && nid != NID_issuing_distribution_point &&
        nid != NID_delta_crl) {
      return ListScope::unusable;
    }
  }
  const ListScope scope = scope_by_point(crl, certificate);
  return delta && scope == ListScope::whole ? ListScope::part : scope;
}

std::optional<Time> generalized_time(ASN1_GENERALIZEDTIME* time) {
  const auto holder = owned(time, ASN1_GENERALIZEDTIME_free);
  return time_of(time);
}

// expiredCertsOnCRL ::= GeneralizedTime, 2.5.29.60 (X.509 §9.5.2.8), which libcrypto does not know.
std::optional<Time> expired_certificates_since(const X509_CRL* crl) {
  const auto oid = owned(OBJ_txt2obj("2.5.29.60", 1), ASN1_OBJECT_free);
  const int at = X509_CRL_get_ext_by_OBJ(crl, oid.get(), -1);
  if (at < 0) return std::nullopt;
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(X509_CRL_get_ext(crl, at));
  DerInput input(
      ByteView(ASN1_STRING_get0_data(data), static_cast<std::size_t>(ASN1_STRING_length(data))));
  const Time time = input.reader().time();
  if (input.failed()) return std::nullopt;
  return time;
}

std::optional<CertificateStatus::Revocation> revocation_in(X509_CRL* crl, X509* certificate) {
  X509_REVOKED* entry = nullptr;
  if (X509_CRL_get0_by_cert(crl, &entry, certificate) != 1) return std::nullopt;
  CertificateStatus::Revocation result;
  // An unreadable date is taken as the earliest.
  result.when = time_of(X509_REVOKED_get0_revocationDate(entry)).value_or(Time{0});
  const auto reason = owned(static_cast<ASN1_ENUMERATED*>(
                                X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)),
                            ASN1_ENUMERATED_free);
  if (reason != nullptr) result.reason = static_cast<int>(ASN1_ENUMERATED_get(reason.get()));
  result.invalidity = generalized_time(static_cast<ASN1_GENERALIZEDTIME*>(
      X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr)));
  return result;
}

std::optional<CertificateStatus> read_crl(const StatusQuestion& question,
                                          const StatusSource& source, Notes& notes) {
  const unsigned char* at = source.octets.data();
  const auto crl =
      owned(d2i_X509_CRL(nullptr, &at, static_cast<long>(source.octets.size())), X509_CRL_free);
  if (crl == nullptr) {
    notes.push_back(source.from + ": malformed revocation list");
    return std::nullopt;
  }
  X509* issuer = question.issuer->handle();
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(issuer)) != 0) {
    return std::nullopt;  // another's
  }
  if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) {
    notes.push_back(source.from + ": the issuer may not sign revocation lists");
    return std::nullopt;
  }
  if (!well_signed(source, *question.policy, issuer, notes)) return std::nullopt;
  auto revocation = revocation_in(crl.get(), question.certificate->handle());
  const ListScope scope = scope_of(crl.get(), *question.certificate);
  if (scope == ListScope::unusable || (scope == ListScope::part && !revocation)) {
    notes.push_back(source.from +
                    ": revocation list of a kind that does not cover the certificate");
    return std::nullopt;
  }
  const auto this_update = time_of(X509_CRL_get0_lastUpdate(crl.get()));
  if (!this_update) return std::nullopt;
  CertificateStatus status;
  status.this_update = *this_update;
  status.next_update = time_of(X509_CRL_get0_nextUpdate(crl.get()));
  status.expired_since = expired_certificates_since(crl.get());
  status.revocation = std::move(revocation);
  status.issuer_expired = expired_when_sealed(issuer, source);
  status.from = "revocation list " + source.from;
  return status;
}

// Whether a CertID of RFC 6960 §4.1.1 names the certificate.
bool names(const OCSP_CERTID* id, const StatusQuestion& question) {
  ASN1_OBJECT* algorithm = nullptr;
  OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
  const EVP_MD* digest = EVP_get_digestbyobj(algorithm);
  if (digest == nullptr) return false;
  const auto expected =
      owned(OCSP_cert_to_id(digest, question.certificate->handle(), question.issuer->handle()),
            OCSP_CERTID_free);
  return expected != nullptr && OCSP_id_cmp(expected.get(), id) == 0;
}

// RFC 6960 §4.2.2.2: the issuer itself, or one to whom it gave that task by a certificate that was
// valid when the answer was made. A delegate's own revocation is not looked into.
X509* find_responder(OCSP_BASICRESP* response, const StatusQuestion& question, Time produced) {
  X509* issuer = question.issuer->handle();
  const ASN1_OCTET_STRING* key_hash = nullptr;
  const X509_NAME* name = nullptr;
  if (OCSP_resp_get0_id(response, &key_hash, &name) != 1) return nullptr;
  const auto is_named = [&](X509* certificate) {
    if (name != nullptr) return X509_NAME_cmp(X509_get_subject_name(certificate), name) == 0;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (X509_pubkey_digest(certificate, EVP_sha1(), hash, &size) != 1) return false;
    return equal(ByteView(hash, size),
                 ByteView(ASN1_STRING_get0_data(key_hash),
                          static_cast<std::size_t>(ASN1_STRING_length(key_hash))));
  };
  if (is_named(issuer)) return issuer;
  const STACK_OF(X509)* certificates = OCSP_resp_get0_certs(response);
  for (int i = 0; i < std::min(sk_X509_num(certificates), 16); ++i) {
    X509* delegate = sk_X509_value(certificates, i);
    const bool tasked = is_named(delegate) &&
                        (X509_get_extended_key_usage(delegate) & XKU_OCSP_SIGN) != 0 &&
                        (X509_get_extension_flags(delegate) & EXFLAG_XKUSAGE) != 0;
    if (!tasked) continue;
    unsigned char* der = nullptr;
    const int size = i2d_X509(delegate, &der);
    const auto holder = owned(der, [](unsigned char* p) { OPENSSL_free(p); });
    const auto read =
        size > 0 ? read_certificate(ByteView(der, static_cast<std::size_t>(size))) : nullptr;
    if (read != nullptr && read->valid_at(produced) &&
        X509_NAME_cmp(X509_get_issuer_name(delegate), X509_get_subject_name(issuer)) == 0 &&
        check_issued(*read, *question.issuer).outcome == SignatureOutcome::valid) {
      return delegate;
    }
  }
  return nullptr;
}

std::optional<CertificateStatus> read_single(OCSP_SINGLERESP* single, const StatusSource& source) {
  int reason = reason_absent;
  ASN1_GENERALIZEDTIME* revoked = nullptr;
  ASN1_GENERALIZEDTIME* this_update = nullptr;
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  const int answer = OCSP_single_get0_status(single, &reason, &revoked, &this_update, &next_update);
  const auto issued = time_of(this_update);
  if (answer == V_OCSP_CERTSTATUS_UNKNOWN || !issued) return std::nullopt;
  CertificateStatus status;
  status.this_update = *issued;
  status.next_update = time_of(next_update);
  // archiveCutoff (RFC 6960 §4.4.4)
  status.expired_since = generalized_time(static_cast<ASN1_GENERALIZEDTIME*>(
      OCSP_SINGLERESP_get1_ext_d2i(single, NID_id_pkix_OCSP_archiveCutoff, nullptr, nullptr)));
  if (answer == V_OCSP_CERTSTATUS_REVOKED) {
    status.revocation =
        CertificateStatus::Revocation{time_of(revoked).value_or(Time{0}), reason, std::nullopt};
  }
  status.from = "OCSP response " + source.from;
  return status;
}

// BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature,
//   certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
// Whether what nobody signed is of this form: libcrypto takes other tags for the list too.
bool ends_in_certificates(ByteView response) {
  DerInput input(response, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader parts = in.constructed(tag::sequence);
  parts.element(tag::sequence);
  parts.element(tag::sequence);
  parts.element(tag::bit_string);
  if (parts.next_is(tag::context(0))) {
    DerReader holder = parts.constructed(tag::context(0));
    DerReader list = holder.constructed(tag::sequence);
    while (list.more()) list.element(tag::sequence);
    holder.end();
  }
  parts.end();
  return !input.failed();
}

void read_ocsp(const StatusQuestion& question, const StatusSource& source, Notes& notes,
               std::vector<CertificateStatus>& statuses) {
  const unsigned char* at = source.octets.data();
  const auto response =
      owned(d2i_OCSP_BASICRESP(nullptr, &at, static_cast<long>(source.octets.size())),
            OCSP_BASICRESP_free);
  if (response == nullptr || !ends_in_certificates(source.octets)) {
    notes.push_back(source.from + ": malformed OCSP response");
    return;
  }
  std::vector<OCSP_SINGLERESP*> singles;
  for (int i = 0; i < std::min(OCSP_resp_count(response.get()), 1000); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(response.get(), i);
    if (names(OCSP_SINGLERESP_get0_id(single), question)) singles.push_back(single);
  }
  const auto produced = time_of(OCSP_resp_get0_produced_at(response.get()));
  if (singles.empty() || !produced) return;
  X509* responder = find_responder(response.get(), question, *produced);
  if (responder == nullptr) {
    notes.push_back(source.from + ": OCSP response of someone without that task");
    return;
  }
  if (!well_signed(source, *question.policy, responder, notes)) return;
  for (OCSP_SINGLERESP* single : singles) {
    auto status = read_single(single, source);
    if (!status) continue;
    status->issuer_expired = expired_when_sealed(responder, source);
    statuses.push_back(std::move(*status));
  }
}

}  // namespace

std::vector<CertificateStatus> read_status(const StatusQuestion& question,
                                           std::span<const StatusSource> sources,
                                           std::vector<std::string>& notes) {
  std::vector<CertificateStatus> statuses;
  for (const StatusSource& source : sources) {
    if (source.ocsp) {
      read_ocsp(question, source, notes, statuses);
    } else if (auto status = read_crl(question, source, notes)) {
      statuses.push_back(std::move(*status));
    }
  }
  ERR_clear_error();
  return statuses;
}

}  // namespace perdura::verifier
