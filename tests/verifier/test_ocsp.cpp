#include "tests/verifier/test_ocsp.hpp"

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "verifier/der.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier::test {
namespace {

template <typename T, typename Free>
std::unique_ptr<T, Free> owned(T* pointer, Free free) {
  check(pointer != nullptr, "test OCSP");
  return {pointer, free};
}

auto certificate_of(const Identity& identity) {
  const unsigned char* at = identity.certificate.data();
  return owned(d2i_X509(nullptr, &at, static_cast<long>(identity.certificate.size())), X509_free);
}

using GeneralizedTimePtr = std::unique_ptr<ASN1_GENERALIZEDTIME, void (*)(ASN1_GENERALIZEDTIME*)>;

// Null for the empty text.
GeneralizedTimePtr time_of_text(const std::string& text) {
  if (text.empty()) return {nullptr, ASN1_GENERALIZEDTIME_free};
  const auto time = parse_time(text);
  check(time.has_value(), "test time");
  return owned(ASN1_GENERALIZEDTIME_set(nullptr, static_cast<std::time_t>(time->seconds)),
               ASN1_GENERALIZEDTIME_free);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> responder_extensions() {
  return {{"basicConstraints", "critical,CA:FALSE"},
          {"keyUsage", "critical,digitalSignature"},
          {"extendedKeyUsage", "OCSPSigning"}};
}

Bytes make_ocsp(const Identity& responder, const Identity& issuer, const Identity& subject,
                const OcspSpec& spec) {
  const auto signer = certificate_of(responder);
  const auto response = owned(OCSP_BASICRESP_new(), OCSP_BASICRESP_free);
  const auto id = owned(
      OCSP_cert_to_id(EVP_sha1(), certificate_of(subject).get(), certificate_of(issuer).get()),
      OCSP_CERTID_free);
  const auto this_update = time_of_text(spec.this_update);
  const auto next_update = time_of_text(spec.next_update);
  const auto when = time_of_text(spec.revoked ? spec.revoked->when : "");
  OCSP_SINGLERESP* single = OCSP_basic_add1_status(
      response.get(), id.get(),
      spec.revoked   ? V_OCSP_CERTSTATUS_REVOKED
      : spec.unknown ? V_OCSP_CERTSTATUS_UNKNOWN
                     : V_OCSP_CERTSTATUS_GOOD,
      spec.revoked ? spec.revoked->reason : -1, when.get(), this_update.get(), next_update.get());
  check(single != nullptr, "test OCSP");
  if (!spec.archive_cutoff.empty()) {
    const auto cutoff = time_of_text(spec.archive_cutoff);
    check(OCSP_SINGLERESP_add1_ext_i2d(single, NID_id_pkix_OCSP_archiveCutoff, cutoff.get(), 0,
                                       0) == 1,
          "test OCSP");
  }
  // producedAt would be the time of the test: libcrypto has no way to set it.
  auto* produced = const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(response.get()));
  check(ASN1_STRING_copy(produced, this_update.get()) == 1, "test OCSP");
  const EVP_MD* digest = responder.kind.starts_with("ed") ? nullptr : EVP_sha256();
  check(OCSP_basic_sign(response.get(), signer.get(), responder.key.get(), digest, nullptr,
                        spec.named_by_key ? OCSP_NOTIME | OCSP_RESPID_KEY : OCSP_NOTIME) == 1,
        "test OCSP");
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_BASICRESP(response.get(), &der);
  Bytes octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

Bytes as_revocation_info(ByteView basic_response) {
  // 1.3.6.1.5.5.7.16.2 and 1.3.6.1.5.5.7.48.1.1: the content octets.
  static constexpr std::uint8_t ri_ocsp[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02};
  static constexpr std::uint8_t ocsp_basic[] = {0x2B, 0x06, 0x01, 0x05, 0x05,
                                                0x07, 0x30, 0x01, 0x01};
  constexpr Tag enumerated = 0x0A;
  DerWriter out;
  out.constructed(tag::context(1), [&] {
    out.oid(ri_ocsp);
    out.constructed(tag::sequence, [&] {
      out.element(enumerated, Bytes{0});
      out.constructed(tag::context(0), [&] {
        out.constructed(tag::sequence, [&] {
          out.oid(ocsp_basic);
          out.octet_string(basic_response);
        });
      });
    });
  });
  return out.take();
}

}  // namespace perdura::verifier::test
