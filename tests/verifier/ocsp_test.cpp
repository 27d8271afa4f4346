// OCSP responses as status information: expired certificates, and responders that expired.
#include <gtest/gtest.h>

#include "tests/verifier/reports.hpp"
#include "tests/verifier/test_ocsp.hpp"
#include "verifier/revocation.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::authority;
using test::imprint;
using test::make_identity;
using test::make_ocsp;
using test::make_token;
using test::OcspSpec;
using test::outcome;
using test::text;
using test::TokenSpec;

// A stamp of 2030-01-01 by a certificate that is valid until 2060, with one OCSP response as its
// only status information, judged as of `at`.
Report judge_by_response(const Bytes& response, const std::string& at) {
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.crls = {test::as_revocation_info(response)};
  const JudgeOptions options = authority().options(at);
  return TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr);
}

struct Answer {
  std::string name;
  OcspSpec spec;
  std::string at;
  std::string outcome;
};

const Answer answers[] = {
    // clang-format off
    {"Good",                          {.this_update = "2030-06-01", .next_update = "2031-06-01"}, "2031-01-01", "PASSED"},
    {"OutOfDate",                     {.this_update = "2030-06-01", .next_update = "2030-06-08"}, "2031-01-01", "INDETERMINATE TRY_LATER"},
    {"WithoutAnEnd",                  {.this_update = "2030-06-01"},                              "2031-01-01", "INDETERMINATE TRY_LATER"},
    {"Revoked",                       {.this_update = "2030-06-01", .next_update = "2031-06-01", .revoked = {{.when = "2030-03-01", .reason = 1}}}, "2031-01-01", "FAILED REVOKED_NO_POE"},
    {"RevokedWithoutAReason",         {.this_update = "2030-06-01", .next_update = "2031-06-01", .revoked = {{.when = "2029-03-01"}}}, "2031-01-01", "FAILED REVOKED"},
    {"GoodByOneNamedByItsKey",        {.this_update = "2030-06-01", .next_update = "2031-06-01", .named_by_key = true}, "2031-01-01", "PASSED"},
    {"Unknown",                       {.this_update = "2030-06-01", .next_update = "2031-06-01", .unknown = true}, "2031-01-01", "INDETERMINATE NO_REVOCATION_DATA"},
    {"AfterExpiry",                   {.this_update = "2060-06-01", .next_update = "2060-09-01"}, "2060-07-01", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
    {"AfterExpiryWithAnArchive",      {.this_update = "2060-06-01", .next_update = "2060-09-01", .archive_cutoff = "2050-01-01"}, "2060-07-01", "PASSED"},
    {"AfterExpiryOutOfTheArchive",    {.this_update = "2060-06-01", .next_update = "2060-09-01", .archive_cutoff = "2060-02-01"}, "2060-07-01", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
    {"AfterExpiryRevokedInTheArchive",{.this_update = "2060-06-01", .next_update = "2060-09-01", .archive_cutoff = "2050-01-01", .revoked = {{.when = "2045-01-01", .reason = 1}}}, "2060-07-01", "FAILED REVOKED_NO_POE"},
    // clang-format on
};

class OcspAnswer : public testing::TestWithParam<Answer> {};

TEST_P(OcspAnswer, CountsAsItsTimesAndItsArchiveAllow) {
  const Bytes response =
      make_ocsp(authority().root, authority().root, authority().tsa, GetParam().spec);
  const Report report = judge_by_response(response, GetParam().at);
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
}

INSTANTIATE_TEST_SUITE_P(Ocsp, OcspAnswer, testing::ValuesIn(answers),
                         [](const auto& row) { return row.param.name; });

// The CA gave the task of answering to one whose own certificate ends in 2031. `sealed`: a later
// time-stamp covered the answer before that.
Report judge_answer_of_expired_responder(bool sealed) {
  const auto responder = make_identity({.name = "Responder",
                                        .not_after = "2031-06-01",
                                        .extensions = test::responder_extensions(),
                                        .serial = 8},
                                       &authority().root);
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.crls = {test::as_revocation_info(
      make_ocsp(responder, authority().root, authority().tsa,
                {.this_update = "2031-01-01", .next_update = "2040-01-01"}))};
  const Bytes token = make_token(authority().tsa, spec);
  const std::string next = sealed ? "2031-03-01" : "2032-01-01";
  // What covers it must not bring status information of its own about the same certificate.
  const Authority other("ec", "Second Clock");
  JudgeOptions options = authority().options("2035-01-01");
  options.anchors.certificates.push_back(other.root.certificate);
  const TokenJudge judge(options);
  const auto later =
      judge.judged(other.stamp(DigestAlgorithm::sha256, imprint(), next), options.at);
  return judge.judged(token, later)->report();
}

TEST(Ocsp, AnAnswerByAnExpiredResponderCountsOnlyWhenItWasSealedBefore) {
  const Report sealed = judge_answer_of_expired_responder(true);
  EXPECT_EQ(outcome(sealed), "PASSED") << text(sealed);
  const Report late = judge_answer_of_expired_responder(false);
  EXPECT_EQ(outcome(late), "INDETERMINATE REVOCATION_OUT_OF_BOUNDS_NO_POE") << text(late);
  EXPECT_EQ(in_english(late.decisive()->what),
            "What says that a certificate was not revoked is signed under a certificate that "
            "expired before a later time-stamp covered it.");
}

TEST(Ocsp, AnAnswerByOneWithoutThatTaskDoesNotCount) {
  const auto stranger = make_identity(
      {.name = "Stranger", .extensions = test::tsa_extensions(), .serial = 8}, &authority().root);
  const Report report =
      judge_by_response(make_ocsp(stranger, authority().root, authority().tsa,
                                  {.this_update = "2030-06-01", .next_update = "2031-06-01"}),
                        "2031-01-01");
  EXPECT_EQ(outcome(report), "INDETERMINATE NO_REVOCATION_DATA") << text(report);
}

// However much status information evidence brings along, a list that the verifying person gives is
// looked at.
TEST(Ocsp, EvidenceCannotCrowdOutWhatThePersonGives) {
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  const Bytes old = make_ocsp(authority().root, authority().root, authority().tsa,
                              {.this_update = "2030-01-01", .next_update = "2032-01-01"});
  spec.crls.assign(600, test::as_revocation_info(old));
  JudgeOptions options = authority().options("2031-01-01");
  const Bytes token = make_token(authority().tsa, spec);
  options.extra_crls = {test::make_crl(
      authority().root, {.this_update = "2030-12-01",
                         .next_update = "2032-01-01",
                         .revoked = {{.serial = 2, .when = "2030-06-01", .reason = 1}}})};
  const Report report = TokenJudge(options).judge(token, options.at, nullptr);
  EXPECT_NE(outcome(report), "PASSED") << text(report);
}

// Who may answer: RFC 6960 section 4.2.2.2.
TEST(Ocsp, CountsFromTheIssuerAndWhomItGaveTheTaskAlone) {
  const OcspSpec current{.this_update = "2030-06-01", .next_update = "2031-06-01"};
  const auto& root = authority().root;
  const auto answered_by = [&](const test::Identity& responder) {
    return outcome(
        judge_by_response(make_ocsp(responder, root, authority().tsa, current), "2031-01-01"));
  };
  const std::string nothing = "INDETERMINATE NO_REVOCATION_DATA";
  const auto extensions = test::responder_extensions();
  EXPECT_EQ(answered_by(make_identity({.name = "Tasked", .extensions = extensions}, &root)),
            "PASSED");
  EXPECT_EQ(
      answered_by(make_identity({.name = "Untasked", .extensions = test::tsa_extensions()}, &root)),
      nothing);
  EXPECT_EQ(answered_by(make_identity(
                {.name = "Late", .not_before = "2030-12-01", .extensions = extensions}, &root)),
            nothing);
  const test::Authority stranger("ec", "Stranger");
  EXPECT_EQ(answered_by(make_identity({.name = "Tasked By Another", .extensions = extensions},
                                      &stranger.root)),
            nothing);
  // Somebody's CA with the issuer's name.
  auto impostor = make_identity(
      {.name = root.name, .key_name = "Impostor", .extensions = test::ca_extensions()}, nullptr);
  EXPECT_EQ(answered_by(make_identity({.name = "Tasked By An Impostor", .extensions = extensions},
                                      &impostor)),
            nothing);
}

TEST(Ocsp, AboutAnotherCertificateOrMalformedTellsNothing) {
  const OcspSpec current{.this_update = "2030-06-01", .next_update = "2031-06-01"};
  const auto& root = authority().root;
  const auto other =
      make_identity({.name = "Other", .extensions = test::tsa_extensions(), .serial = 77}, &root);
  EXPECT_EQ(outcome(judge_by_response(make_ocsp(root, root, other, current), "2031-01-01")),
            "INDETERMINATE NO_REVOCATION_DATA");
  Bytes spoilt = make_ocsp(root, root, authority().tsa, current);
  for (std::size_t i = 4; i < 60; ++i) {  // of what is signed
    spoilt[i] ^= 1;
    EXPECT_NE(outcome(judge_by_response(spoilt, "2031-01-01")), "PASSED") << i;
    spoilt[i] ^= 1;
  }
  for (const char* der : {"3000", "3003020101", "30053003020102"}) {
    EXPECT_NE(outcome(judge_by_response(*from_hex(der), "2031-01-01")), "PASSED") << der;
  }
}

}  // namespace
}  // namespace perdura::verifier
