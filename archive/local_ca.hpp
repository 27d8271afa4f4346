// The certificates, status list and key files of the local TSA's own CA: ECDSA P-256, signed with
// SHA-512.
//
// Functions that only make things throw BrokenInvariant when libcrypto cannot.
// Thread safety: pure functions; a key may sign on several threads at a time.
#pragma once

#include <string>
#include <string_view>

#include "archive/clock.hpp"
#include "archive/openssl_handles.hpp"
#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// A fresh P-256 key.
KeyHandle new_signing_key();

// A positive random integer of 127 bits: content octets of an INTEGER, for serial numbers.
verifier::Bytes new_serial_number();

// A self-signed CA certificate for `key`, valid for 25 years from `from` (and an hour before).
CertificateHandle make_ca_certificate(EVP_PKEY* key, const std::string& organisation, Time from);

// A certificate for the TSA's `key` by that CA, valid for 10 years from `from` (and an hour
// before): its extended key usage is timeStamping alone, and critical (RFC 3161 section 2.3).
CertificateHandle make_tsa_certificate(EVP_PKEY* key, const std::string& organisation, Time from,
                                       X509* ca, EVP_PKEY* ca_key);

// The CA's status list in DER: nothing is revoked. Its number is this_update in seconds since 1970.
verifier::Bytes make_empty_crl(X509* ca, EVP_PKEY* ca_key, Time this_update, Time next_update);

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
