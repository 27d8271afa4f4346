// The certificates, status lists and key files of the local TSA's own CA.
//
// Functions that only make things throw BrokenInvariant when libcrypto cannot.
// Thread safety: pure functions; a key may sign on several threads at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive/clock.hpp"
#include "archive/openssl_handles.hpp"
#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// A positive random integer of 127 bits: content octets of an INTEGER, for serial numbers.
verifier::Bytes new_serial_number();
// A certificate's serial number: content octets of the INTEGER.
verifier::Bytes serial_number(const X509* certificate);

// A calendar year, on average.
inline constexpr std::int64_t year_s = 31'557'600;

// What a certificate is to say.
struct CertificateOrder {
  std::string organisation;
  std::string unit = {};    // of the organisation; empty: not told
  unsigned generation = 1;  // from the second on it is in the name
  Time from;                // it begins an hour earlier, for clocks that are a little behind
  Time until;
  verifier::DigestAlgorithm digest = verifier::DigestAlgorithm::sha512;  // of its signature
};

// A self-signed CA certificate for `key`.
CertificateHandle make_ca_certificate(EVP_PKEY* key, const CertificateOrder& order);

// A certificate for the TSA's `key` by that CA: its extended key usage is timeStamping alone, and
// critical (RFC 3161 section 2.3).
CertificateHandle make_tsa_certificate(EVP_PKEY* key, const CertificateOrder& order, X509* ca,
                                       EVP_PKEY* ca_key);

// One entry of a status list (RFC 5280 section 5.3).
struct RevokedCertificate {
  verifier::Bytes serial_number;  // content octets of the INTEGER
  Time when;
  int reason = 0;                  // of RFC 5280 section 5.3.1
  std::optional<Time> invalidity;  // since when the key is suspected
};

// The CA's status list in DER. Its number is this_update in seconds since 1970. It says that it
// knows of certificates that have expired too (expiredCertsOnCRL, X.509 section 9.5.2.8).
verifier::Bytes make_crl(X509* ca, EVP_PKEY* ca_key, verifier::DigestAlgorithm digest,
                         Time this_update, Time next_update,
                         std::span<const RevokedCertificate> revoked);

// The first moment of the certificate's validity, and the last.
Time not_before(const X509* certificate);
Time not_after(const X509* certificate);

// The certificate, or the key as PKCS #8, in PEM. With a passphrase the key is encrypted: PBES2
// with scrypt (N 2^14, r 8, p 5) and AES-256-CBC, which `openssl pkcs8` reads.
std::string certificate_pem(X509* certificate);
std::string key_pem(EVP_PKEY* key, std::string_view passphrase);

// The key in such a PEM text. Errors: denied (wrong passphrase, or one is needed), malformed.
verifier::Result<KeyHandle> key_from_pem(const std::string& pem, std::string_view passphrase);
// The certificate in such a PEM text. Errors: malformed.
verifier::Result<CertificateHandle> certificate_from_pem(const std::string& pem);

}  // namespace perdura::archive
