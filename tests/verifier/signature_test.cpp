// Signatures of each scheme that is checked, and what is written in a way that is not.
#include "verifier/signature.hpp"

#include <gtest/gtest.h>
#include <openssl/dsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "tests/verifier/test_tsa.hpp"
#include "verifier/der.hpp"

namespace perdura::verifier {
namespace {

using test::Key;
using test::key_named;

Key dsa_key() {
  static const Key key = [] {
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> parameters(
        EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* made = nullptr;
    check(EVP_PKEY_paramgen_init(parameters.get()) == 1, "DSA");
    check(EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters.get(), 1024) == 1, "DSA of 1,024 bits");
    check(EVP_PKEY_paramgen(parameters.get(), &made) == 1, "DSA parameters");
    const Key group(made, EVP_PKEY_free);
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> maker(
        EVP_PKEY_CTX_new(made, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* result = nullptr;
    check(EVP_PKEY_keygen_init(maker.get()) == 1, "DSA");
    check(EVP_PKEY_keygen(maker.get(), &result) == 1, "DSA key");
    return Key(result, EVP_PKEY_free);
  }();
  return key;
}

Key key_of(const std::string& kind) {
  return kind == "dsa" ? dsa_key() : key_named(kind, "Signature");
}

constexpr std::string_view message = "what is signed";

// By libcrypto; `salt`: RSASSA-PSS with a salt of so many octets and MGF1 with `mask`.
Bytes signature(const Key& key, const char* digest, int salt = -1, const char* mask = nullptr) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;
  check(EVP_DigestSignInit_ex(context.get(), &key_context, digest, nullptr, nullptr, key.get(),
                              nullptr) == 1,
        "signing");
  if (salt >= 0) {
    check(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) > 0, "PSS");
    check(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, salt) > 0, "salt");
    check(EVP_PKEY_CTX_set_rsa_mgf1_md_name(key_context, mask, nullptr) > 0, "mask");
  }
  std::size_t size = 4096;
  Bytes result(size);
  const ByteView octets = as_bytes(message);
  check(EVP_DigestSign(context.get(), result.data(), &size, octets.data(), octets.size()) == 1,
        "signature");
  result.resize(size);
  return result;
}

struct Scheme {
  const char* name;
  const char* kind;
  const char* algorithm;  // AlgorithmIdentifier, hex
  const char* digest;     // null: EdDSA
  int salt;               // -1: no RSASSA-PSS
  const char* mask;
  SignatureOutcome outcome;
};
constexpr auto valid = SignatureOutcome::valid;
constexpr auto invalid = SignatureOutcome::invalid;
constexpr auto unsupported = SignatureOutcome::unsupported;

const Scheme schemes[] = {
    // clang-format off
    {"rsa_sha256",              "rsa",     "300D06092A864886F70D01010B0500", "SHA256", -1, nullptr, valid},
    {"rsa_with_digest_of_cms",  "rsa",     "300D06092A864886F70D0101010500", "SHA512", -1, nullptr, valid},
    {"rsa_with_parameters",     "rsa",     "300E06092A864886F70D01010B020100", "SHA256", -1, nullptr, unsupported},
    {"rsa_of_another_digest",   "rsa",     "300D06092A864886F70D01010C0500", "SHA256", -1, nullptr, invalid},
    {"rsa_by_an_ec_key",        "ec",      "300D06092A864886F70D01010B0500", "SHA256", -1, nullptr, invalid},
    {"ecdsa_sha256",            "ec",      "300A06082A8648CE3D040302", "SHA256", -1, nullptr, valid},
    {"ecdsa_by_its_key",        "ec",      "301306072A8648CE3D020106082A8648CE3D030107", "SHA512", -1, nullptr, valid},
    {"ecdsa_by_an_rsa_key",     "rsa",     "300A06082A8648CE3D040302", "SHA256", -1, nullptr, invalid},
    {"dsa_sha1",                "dsa",     "300906072A8648CE380403", "SHA1", -1, nullptr, valid},
    {"dsa_sha256",              "dsa",     "300B0609608648016503040302", "SHA256", -1, nullptr, valid},
    {"dsa_by_an_ec_key",        "ec",      "300B0609608648016503040302", "SHA256", -1, nullptr, invalid},
    {"ed25519",                 "ed25519", "300506032B6570", nullptr, -1, nullptr, valid},
    {"ed448",                   "ed448",   "300506032B6571", nullptr, -1, nullptr, valid},
    {"ed25519_by_an_ed448_key", "ed448",   "300506032B6570", nullptr, -1, nullptr, invalid},
    {"unknown",                 "rsa",     "300406022A03", "SHA256", -1, nullptr, unsupported},
    {"pss_of_defaults",         "rsa",     "300D06092A864886F70D01010A3000", "SHA1", 20, "SHA1", valid},
    {"pss_without_parameters",  "rsa",     "300B06092A864886F70D01010A", "SHA1", 20, "SHA1", unsupported},
    {"pss_sha256",              "rsa",     "304106092A864886F70D01010A3034A00F300D06096086480165030402010500A11C301A06092A864886F70D010108300D06096086480165030402010500A203020120", "SHA256", 32, "SHA256", valid},
    {"pss_with_a_trailer",      "rsa",     "301206092A864886F70D01010A3005A303020101", "SHA1", 20, "SHA1", valid},
    {"pss_of_another_trailer",  "rsa",     "301206092A864886F70D01010A3005A303020102", "SHA1", 20, "SHA1", unsupported},
    {"pss_of_another_salt",     "rsa",     "301206092A864886F70D01010A3005A203020110", "SHA1", 16, "SHA1", valid},
    {"pss_of_a_long_salt",      "rsa",     "301306092A864886F70D01010A3006A20402020800", "SHA1", 20, "SHA1", unsupported},
    {"pss_that_lies_of_salt",   "rsa",     "301206092A864886F70D01010A3005A203020110", "SHA1", 20, "SHA1", invalid},
    {"pss_of_no_mgf1",          "rsa",     "301F06092A864886F70D01010A3012A110300E06042A030405300606022A030500", "SHA1", 20, "SHA1", unsupported},
    {"pss_of_unknown_digest",   "rsa",     "301506092A864886F70D01010A3008A006300406022A03", "SHA1", 20, "SHA1", unsupported},
    {"pss_that_goes_on",        "rsa",     "300F06092A864886F70D01010A30020500", "SHA1", 20, "SHA1", unsupported},
    {"pss_by_an_ec_key",        "ec",      "300D06092A864886F70D01010A3000", "SHA256", -1, nullptr, invalid},
    // clang-format on
};
class SignatureOf : public testing::TestWithParam<Scheme> {};
TEST_P(SignatureOf, IsCheckedAsItSays) {
  const Scheme& it = GetParam();
  const Key key = key_of(it.kind);
  Bytes made = signature(key, it.digest, it.salt, it.mask);
  const auto octets = from_hex(it.algorithm);
  ASSERT_TRUE(octets);
  DerInput input(*octets);
  DerReader in = input.reader();
  const AlgorithmIdentifier algorithm = read_algorithm_identifier(in);
  ASSERT_FALSE(input.failed()) << to_string(*input.error());
  const auto check_now = [&](std::optional<DigestAlgorithm> digest) {
    return check_signature(algorithm, digest, key.get(), as_bytes(message), made);
  };
  const SignatureCheck checked = check_now(DigestAlgorithm::sha512);
  EXPECT_EQ(checked.outcome, it.outcome) << checked.detail;
  if (it.outcome != valid) return;
  made[made.size() / 2] ^= 1;
  EXPECT_EQ(check_now(DigestAlgorithm::sha512).outcome, invalid);
}
INSTANTIATE_TEST_SUITE_P(, SignatureOf, testing::ValuesIn(schemes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SignatureCheck, NeedsADigestWhereTheAlgorithmNamesNone) {
  const Key key = key_of("rsa");
  const Bytes made = signature(key, "SHA256");
  const auto octets = from_hex("300D06092A864886F70D0101010500");
  DerInput input(*octets);
  DerReader in = input.reader();
  const AlgorithmIdentifier algorithm = read_algorithm_identifier(in);
  EXPECT_EQ(check_signature(algorithm, std::nullopt, key.get(), as_bytes(message), made).outcome,
            unsupported);
}

}  // namespace
}  // namespace perdura::verifier
