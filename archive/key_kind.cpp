#include "archive/key_kind.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

using enum verifier::SignatureScheme;
using verifier::Bytes;
using verifier::ByteView;
using verifier::check;

constexpr KeyKind kinds[] = {
    // clang-format off
    {"p-256",             "EC",                "P-256", 256,  ecdsa,     std::nullopt},
    {"p-384",             "EC",                "P-384", 384,  ecdsa,     std::nullopt},
    {"rsa-3072",          "RSA",               nullptr, 3072, rsa_pkcs1, std::nullopt},
    {"ed25519",           "ED25519",           nullptr, 256,  eddsa,     DigestAlgorithm::sha512},
    {"ed448",             "ED448",             nullptr, 456,  eddsa,     DigestAlgorithm::shake256},
    {"ml-dsa-65",         "ML-DSA-65",         nullptr, 0,    other,     DigestAlgorithm::sha512},
    {"slh-dsa-sha2-192s", "SLH-DSA-SHA2-192s", nullptr, 0,    other,     DigestAlgorithm::sha512},
    // clang-format on
};

// libcrypto fetches by OBJECT IDENTIFIER too.
std::string fetch_name(DigestAlgorithm digest) { return verifier::oid_text(verifier::oid(digest)); }

// The AlgorithmIdentifier of the signatures that the context makes, in libcrypto's words.
Bytes algorithm_identifier(EVP_MD_CTX* context) {
  Bytes octets(512);
  OSSL_PARAM asked[] = {OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID,
                                                          octets.data(), octets.size()),
                        OSSL_PARAM_construct_end()};
  check(EVP_PKEY_CTX_get_params(EVP_MD_CTX_get_pkey_ctx(context), asked) == 1 &&
            OSSL_PARAM_modified(asked) == 1 && asked[0].return_size <= octets.size(),
        "libcrypto names the signature's algorithm");
  octets.resize(asked[0].return_size);
  return octets;
}

}  // namespace

std::span<const KeyKind> key_kinds() { return kinds; }

const KeyKind* key_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &KeyKind::name);
  return found == std::end(kinds) ? nullptr : &*found;
}

const KeyKind* kind_of(EVP_PKEY* key) {
  for (const KeyKind& kind : kinds) {
    // The other schemes have one size each.
    const bool sized = kind.scheme == ecdsa || kind.scheme == rsa_pkcs1;
    if (EVP_PKEY_is_a(key, kind.algorithm) != 1) continue;
    if (!sized || EVP_PKEY_get_bits(key) == kind.bits) return &kind;
  }
  return nullptr;
}

verifier::Result<KeyHandle> new_key(const KeyKind& kind) {
  KeyHandle key;
  if (kind.group != nullptr) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.algorithm, kind.group));
  } else if (kind.scheme == rsa_pkcs1) {
    key.reset(
        EVP_PKEY_Q_keygen(nullptr, nullptr, kind.algorithm, static_cast<std::size_t>(kind.bits)));
  } else {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.algorithm));
  }
  if (key) return key;
  return verifier::Error{
      verifier::Errc::unsupported,
      "this build can make no keys of kind " + std::string(kind.name) + ": " + openssl_reason(),
      "local time-stamp authority", "choose another kind"};
}

SigningContext signing_context(EVP_PKEY* key, DigestAlgorithm digest) {
  const KeyKind* kind = kind_of(key);
  const bool over_digest = kind == nullptr || !kind->cms_digest;
  SigningContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const std::string name = fetch_name(digest);
  check(EVP_DigestSignInit_ex(context.get(), &key_context, over_digest ? name.c_str() : nullptr,
                              nullptr, nullptr, key, nullptr) == 1,
        "libcrypto can sign with the local authority's key");
  return context;
}

bool has_usual_size(EVP_PKEY* key, std::size_t size) {
  const KeyKind* kind = kind_of(key);
  const auto longest = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  return kind == nullptr || kind->scheme != ecdsa || size + 1 == longest;
}

Signature sign(EVP_PKEY* key, DigestAlgorithm digest, ByteView message) {
  Signature signature;
  do {
    const SigningContext context = signing_context(key, digest);
    signature.algorithm = algorithm_identifier(context.get());
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1,
          "libcrypto says how long a signature is");
    signature.value.resize(size);
    check(EVP_DigestSign(context.get(), signature.value.data(), &size, message.data(),
                         message.size()) == 1,
          "libcrypto signs with the local authority's key");
    signature.value.resize(size);
  } while (!has_usual_size(key, signature.value.size()));
  return signature;
}

verifier::SignatureAlgorithm signature_algorithm(EVP_PKEY* key, DigestAlgorithm digest) {
  const Bytes identifier = algorithm_identifier(signing_context(key, digest).get());
  verifier::DerInput input(identifier);
  verifier::DerReader in = input.reader();
  const auto algorithm = verifier::read_algorithm_identifier(in);
  check(!input.failed(), "libcrypto names the signature's algorithm in DER");
  const KeyKind* kind = kind_of(key);
  return {.scheme = kind == nullptr ? other : kind->scheme,
          .key_bits = EVP_PKEY_get_bits(key),
          .subgroup_bits = 0,
          .oid = verifier::oid_text(algorithm.oid)};
}

}  // namespace perdura::archive
