// Showing certificates and what tells their status (declared in inspection.hpp).
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include "verifier/certificate_path.hpp"
#include "verifier/inspection.hpp"
#include "verifier/proof_chain.hpp"

namespace perdura::verifier {
namespace {

std::string time_text(const ASN1_TIME* time) {
  const auto read = time_of(time);
  return read ? to_string(*read) : "unreadable";
}

std::string algorithm_name(int nid) {
  const char* name = OBJ_nid2ln(nid);
  return name == nullptr || nid == NID_undef ? "unknown" : name;
}

}  // namespace

Shown Inspector::certificate(ByteView der) const {
  Shown shown = place(der);
  const CertificatePtr read = read_certificate(der);
  if (read == nullptr) return shown.add("unreadable", "not an X.509 certificate in DER");
  const CertificateFact fact = certificate_fact(*read);
  shown.add("subject", fact.subject).add("issuer", fact.issuer);
  shown.add("serialNumber", fact.serial_number).add("sha256", fact.sha256);
  shown.add("notBefore", to_string(fact.not_before)).add("notAfter", to_string(fact.not_after));
  shown.add("key", fact.key);
  return shown.add("signatureAlgorithm", algorithm_name(X509_get_signature_nid(read->handle())));
}

Shown Inspector::revocation_list(ByteView der) const {
  Shown shown = place(der);
  const unsigned char* at = der.data();
  const std::unique_ptr<X509_CRL, void (*)(X509_CRL*)> list(
      d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), X509_CRL_free);
  ERR_clear_error();
  if (list == nullptr) return shown.add("unreadable", "not a revocation list in DER");
  shown.add("issuer", name_text(X509_CRL_get_issuer(list.get())));
  shown.add("thisUpdate", time_text(X509_CRL_get0_lastUpdate(list.get())));
  if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get())) {
    shown.add("nextUpdate", time_text(next));
  }
  const STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(list.get());
  const int count = revoked == nullptr ? 0 : sk_X509_REVOKED_num(revoked);
  shown.add("revoked", static_cast<std::uint64_t>(count));
  return shown.add("signatureAlgorithm", algorithm_name(X509_CRL_get_signature_nid(list.get())));
}

Shown Inspector::ocsp_response(ByteView der) const {
  Shown shown = place(der);
  const unsigned char* at = der.data();
  const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> response(
      d2i_OCSP_BASICRESP(nullptr, &at, static_cast<long>(der.size())), OCSP_BASICRESP_free);
  ERR_clear_error();
  if (response == nullptr) return shown.add("unreadable", "not a basic OCSP response in DER");
  shown.add("producedAt", time_text(OCSP_resp_get0_produced_at(response.get())));
  return shown.add("answers", static_cast<std::uint64_t>(OCSP_resp_count(response.get())));
}

}  // namespace perdura::verifier
