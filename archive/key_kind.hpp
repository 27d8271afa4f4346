// Kinds of keys that a local authority may sign with, and signing with one.
//
// Which there are is for the linked libcrypto to say: ML-DSA and SLH-DSA need OpenSSL 3.5.
// Thread safety: pure functions; a key may sign on several threads at a time.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "archive/openssl_handles.hpp"
#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/policy.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::DigestAlgorithm;

// A kind of key. The table of all of them is in the program; kinds are compared by address.
struct KeyKind {
  std::string_view name;  // "p-256", as in settings and on command lines
  const char* algorithm;  // libcrypto's name for the key: "EC"
  const char* group;      // the curve; null where there is none
  int bits;               // as policies count them
  verifier::SignatureScheme scheme;
  // The hash that CMS names beside the signature (RFC 8419, RFC 9882, RFC 9814). Nothing: the
  // scheme signs a digest, and any of SHA-2 and SHA-3 will do.
  std::optional<DigestAlgorithm> cms_digest;
};

// All kinds, the one to take unless told otherwise first.
std::span<const KeyKind> key_kinds();
// The kind of that name; null when there is none.
const KeyKind* key_kind(std::string_view name);
// What kind of key this is; null when it is of none of these.
const KeyKind* kind_of(EVP_PKEY* key);

// A fresh key. Errors: unsupported (the linked libcrypto has none of that kind).
verifier::Result<KeyHandle> new_key(const KeyKind& kind);

// A context that signs with `key`, over `digest` where the scheme signs a digest; RSASSA-PSS with a
// salt as long as the digest. Throws BrokenInvariant when libcrypto cannot.
using SigningContext = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
SigningContext signing_context(EVP_PKEY* key, DigestAlgorithm digest);

// Whether a signature has the size that all of this key are to have, in octets. Those by ECDSA vary
// by a few: of P-256's every second is one octet shorter than the longest. Made again until it is
// of that size, evidence takes the same room each time, a rehearsal's too.
bool has_usual_size(EVP_PKEY* key, std::size_t size);

// A signature and the AlgorithmIdentifier (DER) that says how it was made.
struct Signature {
  verifier::Bytes algorithm;
  verifier::Bytes value;
};

// Signs `message`; a signature of the usual size. `digest`: as signing_context().
Signature sign(EVP_PKEY* key, DigestAlgorithm digest, verifier::ByteView message);

// The algorithm by which such a key signs over `digest`, for a policy to judge.
verifier::SignatureAlgorithm signature_algorithm(EVP_PKEY* key, DigestAlgorithm digest);

}  // namespace perdura::archive
