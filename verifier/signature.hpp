// Checks a signature over a message with a public key, both as they stand in a token, certificate,
// revocation list or OCSP response.
//
// Message-based, because some schemes (EdDSA, ML-DSA, SLH-DSA) sign no digest. RSA (PKCS#1 v1.5 and
// PSS), DSA, ECDSA by name; any other scheme that the linked libcrypto verifies and whose keys bear
// the same OBJECT IDENTIFIER as its signatures. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/policy.hpp"
#include "verifier/timestamp_token.hpp"

struct evp_pkey_st;  // libcrypto's EVP_PKEY

namespace perdura::verifier {

enum class SignatureOutcome {
  valid,
  invalid,      // the key did not make this signature over this message
  unsupported,  // this build can't tell; `detail` names the OBJECT IDENTIFIER
};

// What checking yielded, and what the policy has to know about it.
struct SignatureCheck {
  SignatureOutcome outcome = SignatureOutcome::unsupported;
  SignatureAlgorithm algorithm;  // its OBJECT IDENTIFIER names the digest too, where one does
  std::optional<DigestAlgorithm> digest;  // nothing when the scheme has none of its own
  std::string detail;                     // "RSASSA-PSS, 3072 bits, sha512"
};

// Checks `signature` over `message`. `message_digest`: the digest that CMS names beside a signature
// algorithm that names none, such as rsaEncryption.
SignatureCheck check_signature(const AlgorithmIdentifier& algorithm,
                               std::optional<DigestAlgorithm> message_digest, evp_pkey_st* key,
                               ByteView message, ByteView signature);

// Whether a dotted OBJECT IDENTIFIER is that of a signature algorithm checked here by name.
bool is_signature_algorithm(std::string_view oid);

// The parts of a SIGNED{} structure (Certificate, CertificateList, BasicOCSPResponse).
struct SignedParts {
  ByteView tbs;  // the octets that are signed
  AlgorithmIdentifier algorithm;
  ByteView signature;
};
// Reads the first three elements of a SEQUENCE as SIGNED{}; nothing when they are not.
std::optional<SignedParts> signed_parts(ByteView encoding);

}  // namespace perdura::verifier
