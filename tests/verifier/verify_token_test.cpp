// Time-stamp tokens, each with one thing different.
#include "verifier/verify_token.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/verifier/reports.hpp"
#include "tests/verifier/test_tsa.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::CertificateSpec;
using test::Identity;
using test::imprint;
using test::make_crl;
using test::make_identity;
using test::make_token;
using test::outcome;
using test::text;
using test::TokenSpec;

const std::string stamped_at = "2030-01-01T00:00:00Z";
const std::string judged_at = "2031-01-01T00:00:00Z";

const Authority& clock_authority() {
  static const Authority authority;
  return authority;
}

TokenSpec good_spec() {
  return clock_authority().spec(DigestAlgorithm::sha256, imprint(), stamped_at);
}

Report judge_token(const Bytes& token, const JudgeOptions& options) {
  const Digest expected = imprint();
  return TokenJudge(options).judge(token, options.at, &expected);
}

Report judge_token(const TokenSpec& spec) {
  return judge_token(make_token(clock_authority().tsa, spec), clock_authority().options(judged_at));
}

// A token by a TSA whose certificate differs, with a CRL that is current.
Report judge_with_certificate(CertificateSpec spec, const std::string& at = judged_at) {
  spec.serial = 2;
  const Authority& authority = clock_authority();
  const Identity tsa = make_identity(spec, &authority.root);
  TokenSpec token = good_spec();
  token.certificates = {tsa.certificate};
  return judge_token(make_token(tsa, token), authority.options(at));
}

CertificateSpec tsa_spec() {
  return {.name = "Clock TSA", .extensions = test::tsa_extensions(), .serial = 2};
}

TEST(VerifyToken, AcceptsAProperToken) {
  const Report report = judge_token(good_spec());
  EXPECT_EQ(outcome(report), "PASSED") << text(report);
  EXPECT_FALSE(test::has_warning(report)) << text(report);
}

TEST(VerifyToken, AcceptsEachSignatureScheme) {
  for (const std::string kind : {"rsa", "ec", "ed25519"}) {
    const Authority authority(kind, "Scheme " + kind);
    for (const bool pss : {false, true}) {
      if (pss && kind != "rsa") continue;
      TokenSpec spec = authority.spec(DigestAlgorithm::sha256, imprint(), "2025-01-01");
      spec.digest = DigestAlgorithm::sha512;
      spec.pss = pss;
      const Report report =
          judge_token(make_token(authority.tsa, spec), authority.options("2026-01-01"));
      EXPECT_EQ(outcome(report), "PASSED") << kind << pss << '\n' << text(report);
    }
  }
}

// RFC 8419 §3: Ed25519 with SHA-512, Ed448 with SHAKE256 of 512 bits.
TEST(VerifyToken, AcceptsEdwardsCurvesWithTheHashFunctionsOfTheirStandard) {
  const std::pair<std::string, DigestAlgorithm> rows[] = {{"ed25519", DigestAlgorithm::sha512},
                                                          {"ed448", DigestAlgorithm::shake256}};
  for (const auto& [kind, digest] : rows) {
    const Authority authority(kind, "Curve " + kind);
    TokenSpec spec = authority.spec(DigestAlgorithm::sha256, imprint(), stamped_at);
    spec.digest = digest;
    const Report report =
        judge_token(make_token(authority.tsa, spec), authority.options(judged_at));
    EXPECT_EQ(outcome(report), "PASSED") << kind << '\n' << text(report);
    spec.wrong_message_digest = true;
    EXPECT_EQ(outcome(judge_token(make_token(authority.tsa, spec), authority.options(judged_at))),
              "FAILED HASH_FAILURE");
  }
}

// Replaces the only octets `what` of the token's SignerInfo by `by`.
Bytes with_octets_replaced(Bytes token, const Bytes& what, const Bytes& by) {
  const auto at = std::find_end(token.begin(), token.end(), what.begin(), what.end());
  EXPECT_NE(at, token.end());
  std::copy(by.begin(), by.end(), at);
  return token;
}

TEST(VerifyToken, ASignatureAlgorithmThatIsNotKnownDecidesNothingAndIsNamed) {
  const Authority authority("ed25519", "Unknown");
  const TokenSpec spec = authority.spec(DigestAlgorithm::sha256, imprint(), stamped_at);
  // 1.3.101.112 becomes 1.3.101.99, in the SignerInfo alone.
  const Bytes token = with_octets_replaced(make_token(authority.tsa, spec), {6, 3, 0x2B, 101, 112},
                                           {6, 3, 0x2B, 101, 99});
  const Report report = judge_token(token, authority.options(judged_at));
  EXPECT_EQ(outcome(report), "INDETERMINATE UNSUPPORTED_ALGORITHM") << text(report);
  EXPECT_NE(text(report).find("1.3.101.99"), std::string::npos) << text(report);
}

TEST(VerifyToken, WithoutAnAnchorDecidesNothing) {
  JudgeOptions options = clock_authority().options(judged_at);
  options.anchors.certificates.clear();
  EXPECT_EQ(outcome(judge_token(make_token(clock_authority().tsa, good_spec()), options)),
            "INDETERMINATE NO_TRUST_ANCHOR");
}

TEST(VerifyToken, TakesTheSignersCertificateAsAnAnchorAndSaysThatItsStatusWasNotAsked) {
  JudgeOptions options = clock_authority().options(judged_at);
  const Bytes token = make_token(clock_authority().tsa, good_spec());
  EXPECT_FALSE(test::has_warning(judge_token(token, options)));
  options.anchors.certificates = {clock_authority().tsa.certificate};
  const Report report = judge_token(token, options);
  EXPECT_EQ(outcome(report), "PASSED");
  EXPECT_TRUE(test::has_warning(report)) << test::text(report);
}

TEST(VerifyToken, DoesNotTakeACaOfTheSameNameWithAnotherKey) {
  const Identity stranger = make_identity(
      {.name = "Clock Root", .key_name = "stranger", .extensions = test::ca_extensions()}, nullptr);
  JudgeOptions options = clock_authority().options(judged_at);
  options.anchors.certificates = {stranger.certificate};
  EXPECT_EQ(outcome(judge_token(make_token(clock_authority().tsa, good_spec()), options)),
            "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
  // Beside the right one it does no harm, in either order.
  options.anchors.certificates.push_back(clock_authority().root.certificate);
  EXPECT_EQ(outcome(judge_token(make_token(clock_authority().tsa, good_spec()), options)),
            "PASSED");
  std::swap(options.anchors.certificates[0], options.anchors.certificates[1]);
  EXPECT_EQ(outcome(judge_token(make_token(clock_authority().tsa, good_spec()), options)),
            "PASSED");
}

TEST(VerifyToken, ASignerUnderAStrangersCaOfTheSameNameIsNotTrusted) {
  const Identity stranger = make_identity(
      {.name = "Clock Root", .key_name = "stranger", .extensions = test::ca_extensions()}, nullptr);
  CertificateSpec spec = tsa_spec();
  spec.key_name = "stranger TSA";
  const Identity forger = make_identity(spec, &stranger);
  TokenSpec token = good_spec();
  token.certificates = {forger.certificate, stranger.certificate};
  token.crls = {make_crl(stranger, {.this_update = stamped_at, .next_update = "2060-01-01"})};
  EXPECT_EQ(outcome(judge_token(make_token(forger, token), clock_authority().options(judged_at))),
            "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
}

TEST(VerifyToken, WithoutTheSignersCertificateNothingIsDecided) {
  TokenSpec spec = good_spec();
  spec.certificates.clear();
  EXPECT_EQ(outcome(judge_token(spec)), "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
  JudgeOptions options = clock_authority().options(judged_at);
  options.extra_certificates = {clock_authority().tsa.certificate};
  EXPECT_EQ(outcome(judge_token(make_token(clock_authority().tsa, spec), options)), "PASSED");
}

TEST(VerifyToken, RefusesAnotherImprint) {
  TokenSpec spec = good_spec();
  spec.imprint = hash(DigestAlgorithm::sha256, as_bytes("another document"));
  EXPECT_EQ(outcome(judge_token(spec)), "FAILED HASH_FAILURE");
}

TEST(VerifyToken, RefusesAnImprintOfAnotherLength) {
  TokenSpec spec = good_spec();
  spec.imprint = hash(DigestAlgorithm::sha384, as_bytes("a document"));
  EXPECT_EQ(outcome(judge_token(spec)), "FAILED FORMAT_FAILURE");
}

struct Fault {
  std::string name;
  void (*make)(TokenSpec&);
  std::string outcome;
};

const Fault faults[] = {
    // clang-format off
    {"NoSigningCertificateAttribute", [](TokenSpec& s) { s.ess = "none"; },               "FAILED CERTIFICATE_FAILURE"},
    {"NamesAnotherCertificate",       [](TokenSpec& s) { s.ess = "foreign"; },            "FAILED CERTIFICATE_FAILURE"},
    {"ContentTypeOfPlainData",        [](TokenSpec& s) { s.wrong_content_type = true; },  "FAILED FORMAT_FAILURE"},
    {"MessageDigestOfSomethingElse",  [](TokenSpec& s) { s.wrong_message_digest = true; },"FAILED HASH_FAILURE"},
    {"VersionTwo",                    [](TokenSpec& s) { s.tst_version = 2; },            "INDETERMINATE UNSUPPORTED_ALGORITHM"},
    {"UnknownCriticalExtension",      [](TokenSpec& s) { s.critical_extension = "1.2.3"; },"INDETERMINATE UNSUPPORTED_ALGORITHM"},
    {"DatedAfterJudging",             [](TokenSpec& s) { s.gen_time = "20310101010000Z"; },"FAILED NOT_YET_VALID"},
    {"DatedBeforeTheCertificate",     [](TokenSpec& s) { s.gen_time = "20190101000000Z"; },"FAILED NOT_YET_VALID"},
    {"TimeWithoutSeconds",            [](TokenSpec& s) { s.gen_time = "203001010000Z"; }, "FAILED FORMAT_FAILURE"},
    {"TimeWithoutZone",               [](TokenSpec& s) { s.gen_time = "20300101000000"; },"FAILED FORMAT_FAILURE"},
    {"TimeInMonthThirteen",           [](TokenSpec& s) { s.gen_time = "20301301000000Z"; },"FAILED FORMAT_FAILURE"},
    {"SigningCertificateVersion1",    [](TokenSpec& s) { s.ess = "v1"; },                 "PASSED"},
    {"TimeWithAFraction",             [](TokenSpec& s) { s.gen_time = "20300101000000.25Z"; },"PASSED"},
    {"TimeWithTrailingZeros",         [](TokenSpec& s) { s.gen_time = "20300101000000.250Z"; },"PASSED"},
    {"NoAccuracy",                    [](TokenSpec& s) { s.accuracy_s.reset(); },         "PASSED"},
    {"BerWithContentInSegments",      [](TokenSpec& s) { s.indefinite = true; },          "PASSED"},
    {"Sha1Imprint",                   [](TokenSpec& s) { s.imprint_algorithm = DigestAlgorithm::sha1; }, "FAILED FORMAT_FAILURE"},
    // clang-format on
};

class FaultyToken : public testing::TestWithParam<Fault> {};

TEST_P(FaultyToken, IsJudgedAsItDeserves) {
  TokenSpec spec = good_spec();
  GetParam().make(spec);
  const Report report = judge_token(spec);
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
}

INSTANTIATE_TEST_SUITE_P(VerifyToken, FaultyToken, testing::ValuesIn(faults),
                         [](const auto& row) { return row.param.name; });

struct BadExtension {
  std::string name;
  std::vector<std::pair<std::string, std::string>> extensions;
};

const BadExtension bad_extensions[] = {
    // clang-format off
    {"NoExtendedKeyUsage",         {}},
    {"ExtendedKeyUsageNotCritical",{{"extendedKeyUsage", "timeStamping"}}},
    {"ExtendedKeyUsageOfServer",   {{"extendedKeyUsage", "critical,serverAuth"}}},
    {"ASecondExtendedKeyUsage",    {{"extendedKeyUsage", "critical,timeStamping,serverAuth"}}},
    {"KeyUsageForCertificates",    {{"extendedKeyUsage", "critical,timeStamping"}, {"keyUsage", "critical,digitalSignature,keyCertSign"}}},
    {"KeyUsageForEncryption",      {{"extendedKeyUsage", "critical,timeStamping"}, {"keyUsage", "critical,keyEncipherment"}}},
    // clang-format on
};

class BadTsaCertificate : public testing::TestWithParam<BadExtension> {};

TEST_P(BadTsaCertificate, FailsTheToken) {
  CertificateSpec spec = tsa_spec();
  spec.extensions = GetParam().extensions;
  const Report report = judge_with_certificate(spec);
  EXPECT_EQ(outcome(report), "FAILED CERTIFICATE_FAILURE") << text(report);
}

INSTANTIATE_TEST_SUITE_P(VerifyToken, BadTsaCertificate, testing::ValuesIn(bad_extensions),
                         [](const auto& row) { return row.param.name; });

TEST(VerifyToken, AnUnknownCriticalExtensionOfTheCertificateFails) {
  CertificateSpec spec = tsa_spec();
  spec.extensions.emplace_back("1.2.3.4", "critical,DER:0500");
  EXPECT_EQ(outcome(judge_with_certificate(spec)), "FAILED CERTIFICATE_FAILURE");
}

TEST(VerifyToken, ACertificateThatExpiredBeforeJudgingDecidesNothing) {
  CertificateSpec spec = tsa_spec();
  spec.not_after = "2030-06-01";
  EXPECT_EQ(outcome(judge_with_certificate(spec, "2030-05-01")), "PASSED");
  EXPECT_EQ(outcome(judge_with_certificate(spec)), "INDETERMINATE OUT_OF_BOUNDS_NO_POE");
}

// Root > middle > TSA, the middle as given.
Report judge_with_middle(CertificateSpec middle_spec, const CertificateSpec& tsa) {
  const Authority& authority = clock_authority();
  middle_spec.serial = 7;
  const Identity middle = make_identity(middle_spec, &authority.root);
  const Identity signer = make_identity(tsa, &middle);
  TokenSpec token = good_spec();
  token.certificates = {signer.certificate, middle.certificate};
  token.crls.push_back(make_crl(middle, {.this_update = stamped_at, .next_update = "2060-01-01"}));
  return judge_token(make_token(signer, token), authority.options(judged_at));
}

CertificateSpec middle_spec() { return {.name = "Middle", .extensions = test::ca_extensions()}; }

TEST(VerifyToken, FollowsAPathThroughAnIntermediateCa) {
  const Report report = judge_with_middle(middle_spec(), tsa_spec());
  EXPECT_EQ(outcome(report), "PASSED") << text(report);
}

TEST(VerifyToken, AnIntermediateThatIsNoCaFails) {
  CertificateSpec middle = middle_spec();
  middle.extensions = {{"basicConstraints", "critical,CA:FALSE"}};
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa_spec())), "FAILED CERTIFICATE_FAILURE");
  middle.extensions = {{"keyUsage", "critical,keyCertSign,cRLSign"}};
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa_spec())), "FAILED CERTIFICATE_FAILURE");
  middle.extensions = {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "digitalSignature"}};
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa_spec())), "FAILED CERTIFICATE_FAILURE");
}

TEST(VerifyToken, NameConstraintsHold) {
  CertificateSpec middle = middle_spec();
  middle.extensions.emplace_back("nameConstraints", "critical,permitted;DNS:clinic.example");
  CertificateSpec tsa = tsa_spec();
  tsa.extensions.emplace_back("subjectAltName", "DNS:clock.clinic.example");
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa)), "PASSED");
  tsa.extensions.back().second = "DNS:elsewhere.example";
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa)), "FAILED CERTIFICATE_FAILURE");
}

TEST(VerifyToken, PathLengthHolds) {
  const Authority& authority = clock_authority();
  const Identity root =
      make_identity({.name = "Short Root",
                     .extensions = {{"basicConstraints", "critical,CA:TRUE,pathlen:0"},
                                    {"keyUsage", "critical,keyCertSign,cRLSign"}}},
                    nullptr);
  CertificateSpec spec = middle_spec();
  spec.serial = 7;
  const Identity middle = make_identity(spec, &root);
  const Identity signer = make_identity(tsa_spec(), &middle);
  TokenSpec token = good_spec();
  token.certificates = {signer.certificate, middle.certificate};
  JudgeOptions options = authority.options(judged_at);
  options.anchors.certificates = {root.certificate};
  EXPECT_EQ(outcome(judge_token(make_token(signer, token), options)), "FAILED CERTIFICATE_FAILURE");
}

TEST(VerifyToken, AnIntermediateThatWasNotValidThenFails) {
  CertificateSpec middle = middle_spec();
  middle.not_before = "2030-01-02";
  EXPECT_EQ(outcome(judge_with_middle(middle, tsa_spec())), "FAILED NOT_YET_VALID");
}

TEST(VerifyToken, RefusesTrailingOctets) {
  Bytes token = make_token(clock_authority().tsa, good_spec());
  token.push_back(0);
  EXPECT_EQ(outcome(judge_token(token, clock_authority().options(judged_at))),
            "FAILED FORMAT_FAILURE");
}

TEST(VerifyToken, RefusesEveryTruncation) {
  const Bytes token = make_token(clock_authority().tsa, good_spec());
  for (std::size_t size = 0; size < token.size(); size += 3) {
    EXPECT_FALSE(parse_timestamp_token(ByteView(token).first(size))) << size;
  }
}

// Nothing covers the token's version and its set of digest algorithms (STANDARDS: RFC 5652 §5.1);
// everything else that is flipped must not pass.
TEST(VerifyToken, DoesNotPassWithAnyBitFlipped) {
  Bytes token = make_token(clock_authority().tsa, good_spec());
  const auto parsed = parse_timestamp_token(token);
  ASSERT_TRUE(parsed);
  const auto offset_of = [&](ByteView view) {
    return static_cast<std::size_t>(view.data() - token.data());
  };
  const ByteView algorithm = parsed->digest_algorithms.front().encoding;
  const std::size_t version = offset_of(algorithm) - 3;  // 02 01 03 31 .. 30 ..
  const std::size_t unprotected_end = offset_of(algorithm) + algorithm.size();
  const JudgeOptions options = clock_authority().options(judged_at);
  for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
    const std::size_t at = bit / 8;
    token[at] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const Report report = judge_token(token, options);
    if (report.verdict() == Verdict::passed) {
      EXPECT_TRUE(at >= version && at < unprotected_end) << "octet " << at << '\n' << text(report);
    }
    token[at] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  }
}

TEST(VerifyToken, JudgesATokenOnceForManyRecords) {
  const TokenJudge judge(clock_authority().options(judged_at));
  const Bytes token = make_token(clock_authority().tsa, good_spec());
  const auto first = judge.judged(token, *parse_time(judged_at));
  EXPECT_EQ(first, judge.judged(Bytes(token), *parse_time(judged_at)));
  EXPECT_NE(first, judge.judged(token, *parse_time("2032-01-01")));
  Bytes other = token;
  other[other.size() / 2] ^= 1;
  EXPECT_NE(first, judge.judged(other, *parse_time(judged_at)));
}

TEST(VerifyToken, JudgesForSeveralThreadsAtOnce) {
  const TokenJudge judge(clock_authority().options(judged_at));
  std::vector<Bytes> tokens;
  for (int i = 0; i < 8; ++i) {
    TokenSpec spec = good_spec();
    spec.imprint = hash(DigestAlgorithm::sha256, as_bytes(std::to_string(i)));
    tokens.push_back(make_token(clock_authority().tsa, spec));
  }
  std::atomic<int> passed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          for (const Bytes& token : tokens) {
            const auto judged = judge.judged(token, *parse_time(judged_at));
            if (judged->verdict() == Verdict::passed &&
                judged->digest(DigestAlgorithm::sha512) == hash(DigestAlgorithm::sha512, token)) {
              ++passed;
            }
          }
        }
      });
    }
  }
  EXPECT_EQ(passed, 4 * 50 * 8);
}

TEST(VerifyToken, TheSignerMayBeNamedByTheIdentifierOfItsKey) {
  const Authority& one = clock_authority();
  auto extensions = test::tsa_extensions();
  extensions.emplace_back("subjectKeyIdentifier", "0102030405");
  const Identity tsa = test::make_identity(
      {.name = "Named By Key", .extensions = extensions, .serial = 31}, &one.root);
  TokenSpec spec = one.spec(DigestAlgorithm::sha256, imprint(), stamped_at);
  spec.certificates = {one.tsa.certificate, tsa.certificate};
  spec.by_key_identifier = true;
  const JudgeOptions options = one.options(judged_at);
  const TokenJudge judge(options);
  EXPECT_EQ(outcome(judge.judge(make_token(tsa, spec), options.at, nullptr)), "PASSED");
  spec.certificates = {one.tsa.certificate};
  EXPECT_NE(outcome(judge.judge(make_token(tsa, spec), options.at, nullptr)), "PASSED");
}

}  // namespace
}  // namespace perdura::verifier
