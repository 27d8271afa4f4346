#include "archive/status_collector.hpp"

#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "archive/ocsp.hpp"
#include "archive/openssl_handles.hpp"

namespace perdura::archive {
namespace {

using verifier::Certificate;
using verifier::CertificatePtr;
using verifier::Time;

constexpr std::size_t path_length_max = 10;
constexpr std::size_t places_max = 20;  // to ask, of all certificates together

using DistributionPoints = OpensslHandle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using AccessDescriptions = OpensslHandle<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using Pkcs7Handle = OpensslHandle<PKCS7, PKCS7_free>;

// Appends the name when it is an http or https URL.
void take_url(const GENERAL_NAME* name, std::vector<std::string>& places) {
  if (name->type != GEN_URI) return;
  const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
  std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                   static_cast<std::size_t>(ASN1_STRING_length(uri)));
  if (text.starts_with("http://") || text.starts_with("https://")) {
    places.push_back(std::move(text));
  }
}

// Where the certificate's CRL lies.
std::vector<std::string> list_places(X509* certificate) {
  std::vector<std::string> places;
  const DistributionPoints points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      take_url(sk_GENERAL_NAME_value(names, j), places);
    }
  }
  return places;
}

// The places of one access method (NID_ad_ca_issuers, NID_ad_OCSP).
std::vector<std::string> access_places(X509* certificate, int method) {
  std::vector<std::string> places;
  const AccessDescriptions access(static_cast<AUTHORITY_INFO_ACCESS*>(
      X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(one->method) == method) take_url(one->location, places);
  }
  return places;
}

// What lies at a caIssuers place: one certificate, or a PKCS #7 with several (RFC 5280 section
// 4.2.2.1).
std::vector<Bytes> certificates_in(ByteView octets) {
  if (read_certificate(octets)) return {verifier::to_bytes(octets)};
  const unsigned char* at = octets.data();
  const Pkcs7Handle read(d2i_PKCS7(nullptr, &at, static_cast<long>(octets.size())));
  ERR_clear_error();
  std::vector<Bytes> all;
  if (!read || !PKCS7_type_is_signed(read.get()) || read->d.sign == nullptr) return all;
  const STACK_OF(X509)* certificates = read->d.sign->cert;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    all.push_back(openssl_der(i2d_X509, sk_X509_value(certificates, i)));
  }
  return all;
}

bool is_root(const Certificate& certificate) {
  return X509_check_issued(certificate.handle(), certificate.handle()) == X509_V_OK;
}

// The CRL at `place`. Without the issuer's certificate only its name is compared.
Result<Bytes> checked_list(HttpResponse response, const std::string& place,
                           const Certificate& certificate, const CertificatePtr& issuer) {
  if (response.status != 200) {
    return Error{Errc::unavailable, "HTTP status " + std::to_string(response.status), place, ""};
  }
  const CrlHandle crl = read_crl(response.body);
  if (!crl) return Error{Errc::malformed, "what lies there is not a CRL in DER", place, ""};
  const X509_NAME* wanted = X509_get_issuer_name(certificate.handle());
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), wanted) != 0) {
    return Error{Errc::malformed,
                 "the CRL there is that of " + name_text(X509_CRL_get_issuer(crl.get())) +
                     ", not of " + name_text(wanted),
                 place, ""};
  }
  if (issuer && X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer->handle())) != 1) {
    ERR_clear_error();
    return Error{Errc::malformed, "the CRL there is not signed by " + name_text(wanted), place, ""};
  }
  return std::move(response.body);
}

// A sentence when `crl` is of a time before `wanted_since`; empty otherwise.
std::string too_old(ByteView crl, const std::string& place, std::optional<Time> wanted_since) {
  const CrlHandle read = read_crl(crl);
  const auto this_update = verifier::time_of(X509_CRL_get0_lastUpdate(read.get()));
  if (!wanted_since || (this_update && *this_update >= *wanted_since)) return {};
  return "the status list from " + place + " is of " +
         (this_update ? to_string(*this_update) : "an unknown time") + ", before " +
         to_string(*wanted_since) +
         ": a newer one is needed before it shows the state at that time";
}

}  // namespace

// What came for the request within the time that is left; nothing when `once_for` was asked for
// before, or too many were.
std::optional<Result<HttpResponse>> StatusCollector::ask(HttpRequest request,
                                                         const std::string& once_for) {
  if (asked_.size() >= places_max || !asked_.insert(once_for).second) return std::nullopt;
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin_);
  HttpOptions what_is_left = options_;
  what_is_left.timeout_ms = std::max(0, options_.timeout_ms - static_cast<int>(spent.count()));
  return http_exchange(request, what_is_left);
}

// The issuer's certificate, from where `certificate` says.
std::optional<Bytes> StatusCollector::issuer_of(const Certificate& certificate) {
  for (const std::string& place : access_places(certificate.handle(), NID_ad_ca_issuers)) {
    const auto response = ask(
        {.url = place, .content_type = "", .accept = "application/pkix-cert", .body = {}}, place);
    if (!response) continue;
    if (!*response) {
      warn("no certificate of a CA", response->error());
      continue;
    }
    const auto found = collect_chain(certificate.octets(), certificates_in((*response)->body));
    if (!found.empty()) return found.front();
    warn("no certificate of a CA",
         {Errc::malformed, "what lies there is not that of " + certificate.subject() + "'s issuer",
          place, ""});
  }
  return std::nullopt;
}

std::vector<Bytes> StatusCollector::path_above(ByteView certificate, std::vector<Bytes> pool) {
  std::vector<Bytes> path = collect_chain(certificate, pool);
  while (path.size() < path_length_max) {
    const CertificatePtr top =
        verifier::read_certificate(path.empty() ? certificate : ByteView(path.back()));
    if (!top || is_root(*top)) break;
    auto issuer = issuer_of(*top);
    if (!issuer) break;
    pool.push_back(*std::move(issuer));
    path = collect_chain(certificate, pool);
  }
  ERR_clear_error();
  return path;
}

void StatusCollector::ask_lists(const Certificate& certificate, const CertificatePtr& issuer,
                                std::optional<Time> wanted_since) {
  for (const std::string& place : list_places(certificate.handle())) {
    auto response = ask(
        {.url = place, .content_type = "", .accept = "application/pkix-crl", .body = {}}, place);
    if (!response) continue;
    auto list = *response ? checked_list(*std::move(*response), place, certificate, issuer)
                          : Result<Bytes>(response->error());
    if (!list) {
      warn("no status list", list.error());
      continue;
    }
    if (auto old = too_old(*list, place, wanted_since); !old.empty()) {
      collected_.warnings.push_back(std::move(old));
    }
    collected_.crls.push_back(*std::move(list));
  }
}

void StatusCollector::ask_responders(const CertificatePtr& certificate,
                                     const CertificatePtr& issuer) {
  for (const std::string& place : access_places(certificate->handle(), NID_ad_OCSP)) {
    const OcspQuestion question = ocsp_question(certificate, issuer);
    const auto response = ask({.url = place,
                               .content_type = "application/ocsp-request",
                               .accept = "application/ocsp-response",
                               .body = question.request},
                              place + " " + verifier::to_hex(certificate->serial_number()));
    if (!response) continue;
    if (!*response) {
      warn("no OCSP response", response->error());
      continue;
    }
    auto answer =
        (*response)->status == 200
            ? read_ocsp_answer((*response)->body, question, now_, policy_)
            : Result<Bytes>(Error{Errc::unavailable,
                                  "HTTP status " + std::to_string((*response)->status), place, ""});
    if (answer) {
      collected_.ocsp_responses.push_back(*std::move(answer));
      return;  // one is enough
    }
    Error error = answer.error();
    error.where = place;
    warn("no OCSP response", error);
  }
}

void StatusCollector::ask_status(const std::vector<Bytes>& path, std::optional<Time> wanted_since) {
  CertificatePtr certificate = path.empty() ? nullptr : verifier::read_certificate(path.front());
  for (std::size_t i = 0; i < path.size() && certificate; ++i) {
    CertificatePtr issuer = i + 1 < path.size() ? verifier::read_certificate(path[i + 1]) : nullptr;
    ask_lists(*certificate, issuer, wanted_since);
    if (issuer) ask_responders(certificate, issuer);
    certificate = std::move(issuer);
  }
  ERR_clear_error();
}

}  // namespace perdura::archive
