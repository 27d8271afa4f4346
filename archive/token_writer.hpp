// Writes RFC 3161 time-stamp tokens in DER, for the local TSA.
//
// By hand and not by OpenSSL's TS functions, because those put the machine's own time into a signed
// attribute (signingTime) where only the Clock's may stand, and write sets that are not sorted.
// Thread safety: pure functions; a key may sign on several threads at a time.
#pragma once

#include <openssl/evp.h>

#include <vector>

#include "archive/clock.hpp"
#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::archive {

// What a TSTInfo says (RFC 3161 section 2.4.2), with an accuracy of one second.
struct TokenFields {
  verifier::DigestAlgorithm algorithm = verifier::DigestAlgorithm::sha256;
  verifier::Digest imprint;
  verifier::Bytes policy;         // content octets of the OBJECT IDENTIFIER
  verifier::Bytes serial_number;  // content octets of the INTEGER
  Time gen_time;
  verifier::Bytes nonce;  // content octets of the INTEGER; empty: none
};

// Who signs: a key and its certificate, DER, with the parts of it that a SignerInfo names.
struct TokenSigner {
  EVP_PKEY* key = nullptr;
  verifier::Bytes certificate;
  verifier::Bytes issuer;         // Name, the whole element
  verifier::Bytes serial_number;  // content octets of the INTEGER
  // Of the message digest and the ESSCertIDv2, and of the signature where it is over a digest.
  verifier::DigestAlgorithm hash = verifier::DigestAlgorithm::sha256;
};

// The ContentInfo, with these certificates and CRLs (DER) in it, sorted as DER asks. Throws
// BrokenInvariant when libcrypto cannot sign.
verifier::Bytes write_token(const TokenFields& fields, const TokenSigner& signer,
                            const std::vector<verifier::Bytes>& certificates,
                            const std::vector<verifier::Bytes>& crls);

}  // namespace perdura::archive
