// Revocation: which information counts, and what each reason means as of which time.
#include "verifier/revocation.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/reports.hpp"
#include "tests/verifier/test_tsa.hpp"
#include "verifier/der.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::authority;
using test::CrlSpec;
using test::imprint;
using test::make_crl;
using test::make_identity;
using test::make_token;
using test::outcome;
using test::text;
using test::TokenSpec;

// A stamp of 2030-01-01 with these revocation lists inside, judged as of `at`.
Report judge_by_lists(const std::vector<CrlSpec>& crls, const std::string& at,
                      RevocationMode mode = RevocationMode::required) {
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.crls.clear();
  for (const CrlSpec& crl : crls) spec.crls.push_back(make_crl(authority().root, crl));
  JudgeOptions options = authority().options(at);
  options.revocation = mode;
  return TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr);
}

struct Freshness {
  std::string name;
  CrlSpec crl;
  std::string at;
  std::string outcome;
};

const Freshness freshness[] = {
    // clang-format off
    {"IssuedAfterTheStampAndCurrent",    {.this_update = "2030-01-01", .next_update = "2032-01-01"}, "2031-01-01", "PASSED"},
    {"OutOfDate",                        {.this_update = "2030-01-01", .next_update = "2030-06-01"}, "2031-01-01", "INDETERMINATE TRY_LATER"},
    {"WithoutAnEnd",                     {.this_update = "2030-01-01", .next_update = ""},           "2031-01-01", "INDETERMINATE TRY_LATER"},
    {"IssuedBeforeTheStamp",             {.this_update = "2029-12-31", .next_update = "2032-01-01"}, "2031-01-01", "INDETERMINATE TRY_LATER"},
    {"IssuedAfterJudging",               {.this_update = "2031-02-01", .next_update = "2031-03-01"}, "2031-01-01", "PASSED"},
    {"AfterExpiryIgnorantOfExpiredOnes", {.this_update = "2061-01-01", .next_update = "2062-01-01"}, "2060-06-01", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
    {"AfterExpiryKnowingExpiredOnes",    {.this_update = "2061-01-01", .next_update = "2062-01-01", .expired_since = "20200101000000Z"}, "2060-06-01", "PASSED"},
    {"CurrentButTheCertificateExpired",  {.this_update = "2030-01-01", .next_update = "2062-01-01"}, "2060-06-01", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
    // clang-format on
};

class StatusFreshness : public testing::TestWithParam<Freshness> {};

TEST_P(StatusFreshness, DecidesWhetherItCounts) {
  const Report report = judge_by_lists({GetParam().crl}, GetParam().at);
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
}

INSTANTIATE_TEST_SUITE_P(Revocation, StatusFreshness, testing::ValuesIn(freshness),
                         [](const auto& row) { return row.param.name; });

struct Reason {
  std::string name;
  int reason;
  std::string when;
  std::string outcome;
};

// Judged as of 2031-01-01, with a current list; the newest token, so nothing later covers it.
const Reason reasons[] = {
    // clang-format off
    {"NoReason",                   -1, "2030-06-01", "FAILED REVOKED_NO_POE"},
    {"NoReasonAfterwards",         -1, "2031-06-01", "FAILED REVOKED_NO_POE"},
    {"KeyCompromise",               1, "2030-06-01", "FAILED REVOKED_NO_POE"},
    {"KeyCompromiseAfterwards",     1, "2031-06-01", "FAILED REVOKED_NO_POE"},
    {"KeyCompromiseBeforeTheStamp", 1, "2029-06-01", "FAILED REVOKED"},
    {"CaCompromise",                2, "2030-06-01", "FAILED REVOKED_NO_POE"},
    {"PrivilegeWithdrawn",          9, "2030-06-01", "FAILED REVOKED_NO_POE"},
    {"UnspecifiedAfterTheStamp",    0, "2030-06-01", "PASSED"},
    {"AffiliationAfterTheStamp",    3, "2030-06-01", "PASSED"},
    {"SupersededAfterTheStamp",     4, "2030-06-01", "PASSED"},
    {"CessationAfterTheStamp",      5, "2030-06-01", "PASSED"},
    {"CessationBeforeTheStamp",     5, "2029-06-01", "FAILED REVOKED"},
    {"Hold",                        6, "2030-06-01", "INDETERMINATE TRY_LATER"},
    // clang-format on
};

class RevocationReason : public testing::TestWithParam<Reason> {};

TEST_P(RevocationReason, MeansWhatTheTableSays) {
  const Report report = judge_by_lists(
      {{.this_update = "2031-07-01",
        .next_update = "2032-01-01",
        .revoked = {{.serial = 2, .when = GetParam().when, .reason = GetParam().reason}}}},
      "2031-01-01");
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
}

INSTANTIATE_TEST_SUITE_P(Revocation, RevocationReason, testing::ValuesIn(reasons),
                         [](const auto& row) { return row.param.name; });

TEST(Revocation, OfAnotherCertificateDoesNotHurt) {
  EXPECT_EQ(
      outcome(judge_by_lists({{.this_update = "2030-01-01",
                               .next_update = "2032-01-01",
                               .revoked = {{.serial = 3, .when = "2029-01-01", .reason = 1}}}},
                             "2031-01-01")),
      "PASSED");
}

TEST(Revocation, CountsHoweverOldTheListIs) {
  EXPECT_EQ(outcome(judge_by_lists({{.this_update = "2029-01-01",
                                     .next_update = "2029-02-01",
                                     .revoked = {{.serial = 2, .when = "2028-01-01", .reason = 1}}},
                                    {.this_update = "2030-01-01", .next_update = "2032-01-01"}},
                                   "2031-01-01")),
            "FAILED REVOKED");
}

TEST(Revocation, AHoldThatWasLiftedIsForgotten) {
  EXPECT_EQ(outcome(judge_by_lists({{.this_update = "2030-01-01",
                                     .next_update = "2032-01-01",
                                     .revoked = {{.serial = 2, .when = "2030-01-01", .reason = 6}}},
                                    {.this_update = "2030-06-01", .next_update = "2032-01-01"}},
                                   "2031-01-01")),
            "PASSED");
}

TEST(Revocation, MissingDataIsIndeterminateOrAWarningAsAsked) {
  EXPECT_EQ(outcome(judge_by_lists({}, "2031-01-01")), "INDETERMINATE NO_REVOCATION_DATA");
  const Report report = judge_by_lists({}, "2031-01-01", RevocationMode::if_present);
  EXPECT_EQ(outcome(report), "PASSED");
  EXPECT_TRUE(test::has_warning(report));
}

TEST(Revocation, IfPresentStillSeesARevocation) {
  EXPECT_EQ(
      outcome(judge_by_lists({{.this_update = "2029-01-01",
                               .next_update = "2029-02-01",
                               .revoked = {{.serial = 2, .when = "2028-01-01", .reason = 1}}}},
                             "2031-01-01", RevocationMode::if_present)),
      "FAILED REVOKED");
}

TEST(Revocation, AListByAStrangerOfTheSameNameDoesNotCount) {
  const auto stranger = make_identity(
      {.name = "Clock Root", .key_name = "stranger", .extensions = test::ca_extensions()}, nullptr);
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.crls = {make_crl(stranger, {.this_update = "2030-01-01", .next_update = "2032-01-01"})};
  const JudgeOptions options = authority().options("2031-01-01");
  const Report report =
      TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr);
  EXPECT_EQ(outcome(report), "INDETERMINATE NO_REVOCATION_DATA") << text(report);
}

TEST(Revocation, AListThatIsGivenCountsLikeOneInTheToken) {
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.crls.clear();
  JudgeOptions options = authority().options("2031-01-01");
  options.extra_crls = {
      make_crl(authority().root, {.this_update = "2031-01-01", .next_update = "2032-01-01"})};
  EXPECT_EQ(
      outcome(TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr)),
      "PASSED");
}

// The same revocation, with a later time-stamp that shows that the first existed before.
std::string judge_covered(const test::RevokedSpec& revoked) {
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  const Authority other("ec", "Second Clock");
  TokenSpec later = other.spec(DigestAlgorithm::sha256, imprint(), "2031-01-01");
  // Status about the older authority, in the newer token.
  later.crls.push_back(
      make_crl(authority().root,
               {.this_update = "2031-07-01", .next_update = "2032-01-01", .revoked = {revoked}}));
  JudgeOptions options = authority().options("2032-01-01");
  options.anchors.certificates.push_back(other.root.certificate);
  const TokenJudge judge(options);
  const auto newest = judge.judged(make_token(other.tsa, later), options.at);
  EXPECT_EQ(outcome(newest->report()), "PASSED") << text(newest->report());
  return outcome(judge.judged(make_token(authority().tsa, spec), newest)->report());
}

TEST(Revocation, ACompromiseAfterALaterStampDoesNotHurt) {
  EXPECT_EQ(judge_covered({.serial = 2, .when = "2031-06-01", .reason = 1}), "PASSED");
  EXPECT_EQ(judge_covered({.serial = 2, .when = "2031-06-01"}), "PASSED");
}

TEST(Revocation, ACompromiseBeforeTheLaterStampHurts) {
  EXPECT_EQ(judge_covered({.serial = 2, .when = "2030-06-01", .reason = 1}),
            "FAILED REVOKED_NO_POE");
  EXPECT_EQ(judge_covered({.serial = 2, .when = "2030-06-01"}), "FAILED REVOKED_NO_POE");
  EXPECT_EQ(
      judge_covered({.serial = 2, .when = "2031-06-01", .reason = 1, .invalidity = "2030-06-01"}),
      "FAILED REVOKED_NO_POE");
}

// Root > issuing CA > TSA: the CA's list says that the TSA is good, and the CA expires. `sealed`: a
// later time-stamp covered the list before that.
std::string judge_status_of_expired_issuer(bool sealed) {
  const auto ca = make_identity({.name = "Issuing CA",
                                 .not_after = "2032-01-01",
                                 .extensions = test::ca_extensions(),
                                 .serial = 7},
                                &authority().root);
  const auto tsa = make_identity(
      {.name = "Short TSA", .not_after = "2031-12-01", .extensions = test::tsa_extensions()}, &ca);
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.certificates = {tsa.certificate, ca.certificate};
  spec.crls.push_back(make_crl(ca, {.this_update = "2031-07-01",
                                    .next_update = "2060-01-01",
                                    .expired_since = "20200101000000Z"}));
  const Bytes token = make_token(tsa, spec);
  JudgeOptions options = authority().options("2035-01-01");
  const Bytes later =
      authority().stamp(DigestAlgorithm::sha256, imprint(), sealed ? "2031-08-01" : "2033-01-01");
  const TokenJudge judge(options);
  return outcome(judge.judged(token, judge.judged(later, options.at))->report());
}

TEST(Revocation, GoodNewsByAnExpiredIssuerCountOnlyWhenTheyWereSealedBefore) {
  EXPECT_EQ(judge_status_of_expired_issuer(true), "PASSED");
  EXPECT_EQ(judge_status_of_expired_issuer(false), "INDETERMINATE OUT_OF_BOUNDS_NO_POE");
}

// RFC 5280 section 5.2.5: a list for a part of the certificates.
struct Part {
  std::string name;
  std::string of;  // as openssl.cnf spells it
  std::string outcome;
};
const std::string nothing = "INDETERMINATE NO_REVOCATION_DATA";
const Part parts[] = {
    {"OfEndEntities", "onlyuser:TRUE", "PASSED"},
    {"OfCas", "onlyCA:TRUE", nothing},
    {"OfAttributes", "onlyAA:TRUE", nothing},
    {"OfSomeReasons", "onlysomereasons:keyCompromise", nothing},
    {"Indirect", "indirectCRL:TRUE", nothing},
    {"OfTheSamePoint", "fullname:URI:http://crl.example/a", "PASSED"},
    {"OfASecondPoint", "fullname:URI:http://crl.example/b", "PASSED"},
    {"OfAnotherPoint", "fullname:URI:http://crl.example/c", nothing},
};
class PartialList : public testing::TestWithParam<Part> {};
TEST_P(PartialList, CountsForTheCertificatesThatItIsFor) {
  auto extensions = test::tsa_extensions();
  extensions.emplace_back("crlDistributionPoints",
                          "URI:http://crl.example/a,URI:http://crl.example/b");
  const auto tsa = make_identity({.name = "With Points", .extensions = extensions, .serial = 21},
                                 &authority().root);
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.certificates = {tsa.certificate};
  spec.crls = {make_crl(
      authority().root,
      {.this_update = "2030-01-01", .next_update = "2032-01-01", .for_a_part = GetParam().of})};
  const JudgeOptions options = authority().options("2031-01-01");
  const Report report = TokenJudge(options).judge(make_token(tsa, spec), options.at, nullptr);
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
}
// RFC 5280 section 5.2: a delta list, and one with an extension that is critical and not known.
TEST(Revocation, ListsOfKindsThatAreNotKnownDoNotCount) {
  for (const bool delta : {true, false}) {
    TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
    spec.crls = {make_crl(authority().root, {.this_update = "2030-01-01",
                                             .next_update = "2032-01-01",
                                             .of_a_kind = delta ? "2.5.29.27" : "1.2.3.4"})};
    const JudgeOptions options = authority().options("2031-01-01");
    EXPECT_EQ(
        outcome(TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr)),
        nothing);
  }
}

// A revocation counts wherever the issuer says so, though the same list could show nothing good:
// beside a whole list of the same day on which nobody stands. Entries of other issuers do not.
TEST(Revocation, WhoStandsOnAListForAPartOrADeltaIsRevoked) {
  struct Case {
    std::string of;
    std::string kind;
    std::string outcome;
  };
  const std::string revoked = "FAILED REVOKED_NO_POE";
  const Case cases[] = {
      {"onlyCA:TRUE", "", revoked},
      {"onlysomereasons:keyCompromise", "", revoked},
      {"fullname:URI:http://crl.example/c", "", revoked},
      {"", "2.5.29.27", revoked},
      {"indirectCRL:TRUE", "", "PASSED"},
      {"onlyAA:TRUE", "", "PASSED"},
      {"", "1.2.3.4", "PASSED"},
  };
  for (const auto& [of, kind, expected] : cases) {
    TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
    const test::CrlSpec list{.this_update = "2030-08-01", .next_update = "2032-01-01"};
    test::CrlSpec partial = list;
    partial.for_a_part = of;
    partial.of_a_kind = kind;
    partial.revoked = {{.serial = 2, .when = "2030-06-01", .reason = 1}};
    spec.crls = {make_crl(authority().root, list), make_crl(authority().root, partial)};
    const JudgeOptions options = authority().options("2031-01-01");
    EXPECT_EQ(
        outcome(TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr)),
        expected)
        << of << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Revocation, PartialList, testing::ValuesIn(parts),
                         [](const auto& row) { return row.param.name; });

// CAdES puts what validates a signature into unsigned attributes (RFC 5126 sections 6.3.3, 6.3.4).
TEST(Revocation, CertificatesAndListsInUnsignedAttributesCount) {
  const auto list_of = [](const Bytes& element) {
    DerWriter out;
    out.constructed(tag::sequence, [&] { out.raw(element); });
    return out.take();
  };
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  DerWriter values;
  values.constructed(tag::sequence, [&] {
    values.constructed(tag::context(0), [&] { values.raw(list_of(spec.crls.front())); });
  });
  spec.unsigned_attributes = {
      {"1.2.840.113549.1.9.16.2.23", list_of(spec.certificates.front())},
      {"1.2.840.113549.1.9.16.2.24", to_bytes(values.view())},
      {"1.2.840.113549.1.9.16.2.24", Bytes{0x30, 0x03, 0xA0, 0x01, 0x00}},  // nothing protects it
      {"1.2.3.4", Bytes{0x05, 0x00}}};
  spec.certificates.clear();
  spec.crls.clear();
  const JudgeOptions options = authority().options("2031-01-01");
  const Report report =
      TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr);
  EXPECT_EQ(outcome(report), "PASSED") << text(report);
  spec.unsigned_attributes.erase(spec.unsigned_attributes.begin());
  EXPECT_NE(
      outcome(TokenJudge(options).judge(make_token(authority().tsa, spec), options.at, nullptr)),
      "PASSED");
}

TEST(Revocation, ACaThatMayNotSignListsTellsNothing) {
  const auto ca = make_identity({.name = "No Lists",
                                 .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                                                {"keyUsage", "critical,keyCertSign"}}},
                                nullptr);
  const auto tsa =
      make_identity({.name = "Under It", .extensions = test::tsa_extensions(), .serial = 3}, &ca);
  TokenSpec spec = authority().spec(DigestAlgorithm::sha256, imprint(), "2030-01-01");
  spec.certificates = {tsa.certificate};
  spec.crls = {make_crl(ca, {.this_update = "2030-01-01", .next_update = "2032-01-01"})};
  JudgeOptions options = authority().options("2031-01-01");
  options.anchors.certificates = {ca.certificate};
  const Report report = TokenJudge(options).judge(make_token(tsa, spec), options.at, nullptr);
  EXPECT_EQ(outcome(report), nothing) << text(report);
  EXPECT_NE(text(report).find("may not sign revocation lists"), std::string::npos);
}

}  // namespace
}  // namespace perdura::verifier
