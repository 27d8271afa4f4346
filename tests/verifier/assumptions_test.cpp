// What would still be proven if an algorithm or an authority fell.
#include "verifier/assumptions.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::outcome;
using test::sha256;
using test::text;
using test::unfit;

const std::string judged_in_2050 = "2050-01-01";

Assumptions assumptions(const std::string& what) {
  Assumptions result;
  const auto read = read_assumptions(what, *parse_time(judged_in_2050), result);
  EXPECT_TRUE(read) << to_string(read.error());
  return result;
}

// Two time-stamps: ECDSA in 2030, and Ed25519 over it in 2040.
class Assume : public testing::Test {
 protected:
  // "older | newer", under assumptions.
  std::string judged(const std::string& what) {
    JudgeOptions options = older_.options(judged_in_2050);
    options.anchors.certificates.push_back(newer_.root.certificate);
    if (!what.empty()) assume(assumptions(what), options);
    const TokenJudge judge(options);
    const Digest document = hash(sha256, as_bytes("a document"));
    const Bytes first = older_.stamp(sha256, document, "2030-01-01");
    test::TokenSpec spec =
        newer_.spec(DigestAlgorithm::sha512, hash(DigestAlgorithm::sha512, first), "2040-01-01");
    spec.digest = DigestAlgorithm::sha512;
    const auto second = judge.judged(make_token(newer_.tsa, spec), options.at);
    report_ = judge.judged(first, second)->report();
    return outcome(report_) + " | " + outcome(second->report());
  }

  Authority older_{"ec", "Alpha"};
  Authority newer_{"ed25519", "Beta"};
  Report report_;
};

constexpr const char* fallen = "INDETERMINATE REVOKED_NO_POE";

TEST_F(Assume, NothingChangesNothing) { EXPECT_EQ(judged(""), "PASSED | PASSED"); }

TEST_F(Assume, WhatWasRenewedBeforeSurvives) {
  EXPECT_EQ(judged("ecdsa"), "PASSED | PASSED") << text(report_);
  EXPECT_EQ(judged("sha256,rsa,dsa"), "PASSED | PASSED") << text(report_);
  EXPECT_EQ(judged("ecdsa@2040-01-02"), "PASSED | PASSED") << text(report_);
}

TEST_F(Assume, WhatWasNotRenewedBeforeProvesNothing) {
  EXPECT_EQ(judged("ecdsa@2039-12-31"), std::string(unfit) + " | PASSED");
  EXPECT_NE(text(report_).find("If an algorithm is broken, as you assume"), std::string::npos);
  EXPECT_EQ(judged("sha256@2035-01-01"), std::string(unfit) + " | PASSED");
  EXPECT_EQ(judged("eddsa"), std::string("PASSED | ") + unfit);
  EXPECT_EQ(judged("sha512"), std::string("PASSED | ") + unfit);
  EXPECT_EQ(judged("1.3.101.112"), std::string("PASSED | ") + unfit);
  EXPECT_EQ(judged("ecc@2035-01-01"), std::string(unfit) + " | " + unfit);
}

TEST_F(Assume, AnAuthorityFallsByAPartOfItsNameOrByItsCertificate) {
  EXPECT_EQ(judged("tsa=Beta"), std::string("PASSED | ") + fallen);
  EXPECT_EQ(judged("tsa=Alpha"), "PASSED | PASSED");
  EXPECT_EQ(judged("tsa=Alpha@2039-01-01"), std::string(fallen) + " | PASSED");
  EXPECT_NE(text(report_).find("If this authority's key has fallen"), std::string::npos);
  EXPECT_EQ(judged("tsa=" + hash(sha256, newer_.tsa.certificate).hex()),
            std::string("PASSED | ") + fallen);
  EXPECT_EQ(judged("tsa=Gamma"), "PASSED | PASSED");
}

TEST(Assumptions, RefuseWhatNobodyKnows) {
  Assumptions into;
  for (const char* what : {"", "sha257", "rsa,", "tsa=", "rsa@yesterday", "3.1.2", "sha256;rsa"}) {
    EXPECT_FALSE(read_assumptions(what, Time{0}, into)) << what;
  }
}

TEST(Assumptions, KnowEachKindOfAlgorithm) {
  for (const char* what : {"sha256", "sha3-256", "rsa", "dsa", "ecdsa", "eddsa", "ecc", "ml-dsa",
                           "slh-dsa", "1.2.840.113549.1.1.11", "rsa@2031-05-01,ecc"}) {
    Assumptions into;
    EXPECT_TRUE(read_assumptions(what, Time{}, into)) << what;
  }
}

TEST(Assumptions, TakeAnAtSignIntoANameUnlessATimeFollows) {
  const Assumptions read = assumptions("tsa=clock@example.org,tsa=a@b@2031-05-01");
  ASSERT_EQ(read.authorities.size(), 2u);
  EXPECT_EQ(read.authorities[0].name, "clock@example.org");
  EXPECT_EQ(to_string(read.authorities[0].from), "2050-01-01T00:00:00Z");
  EXPECT_EQ(read.authorities[1].name, "a@b");
  EXPECT_EQ(to_string(read.authorities[1].from), "2031-05-01T00:00:00Z");
}

// A record with renewals: what each assumption leaves of it.
TEST(Assumptions, AreJudgedOverAWholeRecord) {
  const Authority authority("ed25519", "Chain");
  test::EvidenceMaker made(authority, {"statement", "bundle"});
  made.stamp_at("2030-01-01", sha256).renew_tree_at("2040-01-01", DigestAlgorithm::sha3_512);
  const auto judge = [&](const std::string& what) {
    JudgeOptions options = authority.options(judged_in_2050);
    assume(assumptions(what), options);
    return test::judge_octets(made.record(), made.objects(), GroupProof::whole_group,
                              TokenJudge(options));
  };
  EXPECT_EQ(judge("rsa"), "PASSED");
  EXPECT_EQ(judge("sha3-512@2039-01-01"), unfit);
  // The first tree's function fell before the tree was renewed, and after.
  EXPECT_EQ(judge("sha256@2039-01-01"), unfit);
}

}  // namespace
}  // namespace perdura::verifier
