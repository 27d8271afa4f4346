#include "verifier/signature.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

namespace perdura::verifier {
namespace {

struct SignatureRow {
  std::string_view oid;
  SignatureScheme scheme;
  std::optional<DigestAlgorithm> digest;  // nothing: named elsewhere, or none
};

using enum DigestAlgorithm;
constexpr std::string_view pss_oid = "1.2.840.113549.1.1.10";
// Some makers write the key's algorithm, perhaps with its curve, for the signature's.
constexpr std::string_view ec_key_oid = "1.2.840.10045.2.1";

constexpr SignatureRow signature_rows[] = {
    // clang-format off
    {"1.2.840.113549.1.1.1",    SignatureScheme::rsa_pkcs1, std::nullopt},
    {"1.2.840.113549.1.1.5",    SignatureScheme::rsa_pkcs1, sha1},
    {"1.3.36.3.3.1.2",          SignatureScheme::rsa_pkcs1, ripemd160},
    {"1.2.840.113549.1.1.14",   SignatureScheme::rsa_pkcs1, sha224},
    {"1.2.840.113549.1.1.11",   SignatureScheme::rsa_pkcs1, sha256},
    {"1.2.840.113549.1.1.12",   SignatureScheme::rsa_pkcs1, sha384},
    {"1.2.840.113549.1.1.13",   SignatureScheme::rsa_pkcs1, sha512},
    {"1.2.840.113549.1.1.16",   SignatureScheme::rsa_pkcs1, sha512_256},
    {"2.16.840.1.101.3.4.3.14", SignatureScheme::rsa_pkcs1, sha3_256},
    {"2.16.840.1.101.3.4.3.15", SignatureScheme::rsa_pkcs1, sha3_384},
    {"2.16.840.1.101.3.4.3.16", SignatureScheme::rsa_pkcs1, sha3_512},
    {pss_oid,                   SignatureScheme::rsa_pss,   std::nullopt},
    {"1.2.840.10040.4.3",       SignatureScheme::dsa,       sha1},
    {"2.16.840.1.101.3.4.3.1",  SignatureScheme::dsa,       sha224},
    {"2.16.840.1.101.3.4.3.2",  SignatureScheme::dsa,       sha256},
    {ec_key_oid,                SignatureScheme::ecdsa,     std::nullopt},
    {"1.2.840.10045.4.1",       SignatureScheme::ecdsa,     sha1},
    {"1.2.840.10045.4.3.1",     SignatureScheme::ecdsa,     sha224},
    {"1.2.840.10045.4.3.2",     SignatureScheme::ecdsa,     sha256},
    {"1.2.840.10045.4.3.3",     SignatureScheme::ecdsa,     sha384},
    {"1.2.840.10045.4.3.4",     SignatureScheme::ecdsa,     sha512},
    {"2.16.840.1.101.3.4.3.10", SignatureScheme::ecdsa,     sha3_256},
    {"2.16.840.1.101.3.4.3.11", SignatureScheme::ecdsa,     sha3_384},
    {"2.16.840.1.101.3.4.3.12", SignatureScheme::ecdsa,     sha3_512},
    {"1.3.101.112",             SignatureScheme::eddsa,     std::nullopt},
    {"1.3.101.113",             SignatureScheme::eddsa,     std::nullopt},
    // clang-format on
};

const SignatureRow* find_row(std::string_view oid) {
  for (const SignatureRow& row : signature_rows) {
    if (row.oid == oid) return &row;
  }
  return nullptr;
}

// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1] DEFAULT
//   mgf1SHA1, saltLength [2] INTEGER DEFAULT 20, trailerField [3] DEFAULT 1 }    -- RFC 4055 §3.1
struct PssParameters {
  std::optional<DigestAlgorithm> digest = sha1;
  std::optional<DigestAlgorithm> mask_digest = sha1;
  std::uint64_t salt_length = 20;
};

std::optional<PssParameters> read_pss_parameters(const AlgorithmIdentifier& algorithm) {
  PssParameters result;
  if (!algorithm.parameters) return std::nullopt;  // RFC 4055 §3.1: they are there in signatures
  DerInput input(*algorithm.parameters);
  DerReader in = input.reader();
  DerReader parameters = in.constructed(tag::sequence);
  if (parameters.next_is(tag::context(0))) {
    DerReader holder = parameters.constructed(tag::context(0));
    result.digest = digest_algorithm(read_algorithm_identifier(holder));
    holder.end();
  }
  if (parameters.next_is(tag::context(1))) {
    DerReader holder = parameters.constructed(tag::context(1));
    DerReader mask = holder.constructed(tag::sequence);
    if (oid_text(mask.oid()) != "1.2.840.113549.1.1.8") mask.fail("mask function is not MGF1");
    result.mask_digest = digest_algorithm(read_algorithm_identifier(mask));
    mask.end();
    holder.end();
  }
  if (parameters.next_is(tag::context(2))) {
    DerReader holder = parameters.constructed(tag::context(2));
    result.salt_length = holder.small_integer();
    holder.end();
  }
  if (parameters.next_is(tag::context(3))) {
    DerReader holder = parameters.constructed(tag::context(3));
    if (holder.small_integer() != 1) holder.fail("trailer field is not 1");
    holder.end();
  }
  parameters.end();
  in.end();
  if (input.failed() || result.salt_length > 1024) return std::nullopt;
  return result;
}

// libcrypto fetches by OBJECT IDENTIFIER too.
std::string fetch_name(DigestAlgorithm algorithm) { return oid_text(oid(algorithm)); }

// The OBJECT IDENTIFIER that names scheme and digest both; `oid` when there is none.
std::string exact_oid(SignatureScheme scheme, std::optional<DigestAlgorithm> digest,
                      std::string_view oid) {
  const auto names_both = [&](const SignatureRow& row) {
    return digest && row.scheme == scheme && row.digest == digest;
  };
  const auto found = std::ranges::find_if(signature_rows, names_both);
  return std::string(found != std::end(signature_rows) ? found->oid : oid);
}

// The bits of a number of a key; 0 when it has none.
int bits_of(EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) return 0;
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> holder(number, BN_free);
  return BN_num_bits(number);
}

// Whether checking one signature takes so long that evidence made of them would exhaust who judges
// it. No maker has such keys: exponents are 65537 or less.
bool takes_too_long(EVP_PKEY* key, int bits) {
  if (EVP_PKEY_is_a(key, "DSA") == 1) return bits > 4096;
  if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "RSA-PSS") != 1) return false;
  return bits > 16384 || bits_of(key, OSSL_PKEY_PARAM_RSA_E) > (bits > 4096 ? 32 : 64);
}

bool set_pss(EVP_PKEY_CTX* context, const PssParameters& pss) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, fetch_name(*pss.mask_digest).c_str(), nullptr) >
             0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(pss.salt_length)) > 0;
}

bool key_suits(const SignatureRow* row, std::string_view oid, EVP_PKEY* key) {
  if (row == nullptr || row->scheme == SignatureScheme::eddsa) {
    return EVP_PKEY_is_a(key, std::string(oid).c_str()) == 1;
  }
  switch (row->scheme) {
    case SignatureScheme::rsa_pkcs1:
      return EVP_PKEY_is_a(key, "RSA") == 1;
    case SignatureScheme::rsa_pss:
      return EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
    case SignatureScheme::dsa:
      return EVP_PKEY_is_a(key, "DSA") == 1;
    default:
      return EVP_PKEY_is_a(key, "EC") == 1;
  }
}

SignatureOutcome verify(EVP_PKEY* key, const std::optional<DigestAlgorithm>& digest,
                        const PssParameters* pss, ByteView message, ByteView signature) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  check(context != nullptr, "memory for a signature context");
  EVP_PKEY_CTX* key_context = nullptr;
  const std::string digest_name = digest ? fetch_name(*digest) : std::string();
  const bool ready =
      EVP_DigestVerifyInit_ex(context.get(), &key_context, digest ? digest_name.c_str() : nullptr,
                              nullptr, nullptr, key, nullptr) > 0 &&
      (pss == nullptr || set_pss(key_context, *pss));
  if (!ready) return SignatureOutcome::unsupported;
  const int answer = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                      message.data(), message.size());
  return answer == 1 ? SignatureOutcome::valid : SignatureOutcome::invalid;
}

}  // namespace

SignatureCheck check_signature(const AlgorithmIdentifier& algorithm,
                               std::optional<DigestAlgorithm> message_digest, EVP_PKEY* key,
                               ByteView message, ByteView signature) {
  SignatureCheck result;
  const std::string oid = oid_text(algorithm.oid);
  result.detail = "signature algorithm " + oid;
  if (key == nullptr) {
    result.detail += ", with a key that this build can't read";
    ERR_clear_error();
    return result;
  }
  const SignatureRow* row = find_row(oid);
  result.algorithm.oid = oid;
  result.algorithm.key_bits = EVP_PKEY_get_bits(key);
  if (row != nullptr) result.algorithm.scheme = row->scheme;
  std::optional<PssParameters> pss;
  if (row != nullptr && row->scheme == SignatureScheme::rsa_pss) {
    pss = read_pss_parameters(algorithm);
    if (!pss || !pss->digest || !pss->mask_digest) {
      result.detail += ", with parameters that this build can't read";
      return result;
    }
    result.digest = pss->digest;
  } else if (!algorithm.plain() && oid != ec_key_oid) {
    result.detail += ", with parameters that do not belong there";
    return result;
  } else if (row != nullptr && row->scheme != SignatureScheme::eddsa) {
    result.digest = row->digest ? row->digest : message_digest;
  }
  if (!key_suits(row, oid, key)) {
    const bool known = row != nullptr;
    result.outcome = known ? SignatureOutcome::invalid : SignatureOutcome::unsupported;
    if (known) result.detail += ", but the key is of another kind";
    return result;
  }
  const bool needs_digest = row != nullptr && row->scheme != SignatureScheme::eddsa;
  if (needs_digest && !result.digest) return result;
  result.detail = std::string(row != nullptr ? name(row->scheme) : std::string_view(oid)) + ", " +
                  std::to_string(result.algorithm.key_bits) + " bits";
  if (result.digest) result.detail += ", " + std::string(name(*result.digest));
  result.algorithm.oid = exact_oid(result.algorithm.scheme, result.digest, oid);
  if (result.algorithm.scheme == SignatureScheme::dsa) {
    result.algorithm.subgroup_bits = bits_of(key, OSSL_PKEY_PARAM_FFC_Q);
  }
  if (takes_too_long(key, result.algorithm.key_bits)) {
    result.detail += ", with a key that takes too long to be used";
    return result;
  }
  result.outcome = verify(key, result.digest, pss ? &*pss : nullptr, message, signature);
  ERR_clear_error();
  return result;
}

bool is_signature_algorithm(std::string_view oid) { return find_row(oid) != nullptr; }

std::optional<SignedParts> signed_parts(ByteView encoding) {
  DerInput input(encoding, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader parts = in.constructed(tag::sequence);
  SignedParts result;
  result.tbs = parts.element(tag::sequence);
  result.algorithm = read_algorithm_identifier(parts);
  result.signature = parts.bit_string();
  if (input.failed()) return std::nullopt;
  return result;
}

}  // namespace perdura::verifier
