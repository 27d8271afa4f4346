// Policies: what a table says about an algorithm at a moment.
#include "verifier/policy.hpp"

#include <gtest/gtest.h>

namespace perdura::verifier {
namespace {

constexpr const char* some_oid = "1.2.3.4";
constexpr const char* rsa_key = "1.2.840.113549.1.1.1";
constexpr const char* sha256_with_rsa = "1.2.840.113549.1.1.11";

FitPeriod period(const std::string& start, const std::string& end) {
  return {parse_time(start), parse_time(end)};
}

PolicyEvaluation evaluation(std::vector<PolicyParameter> parameters, const std::string& end) {
  return {std::move(parameters), period("", end)};
}

PolicyParameter at_least(const std::string& parameter, int bits) {
  return {parameter, bits, std::nullopt};
}

AlgorithmPolicy policy_with(std::vector<PolicyAlgorithm> algorithms) {
  PolicyTable table;
  table.algorithms = std::move(algorithms);
  return AlgorithmPolicy(std::move(table));
}

std::string end_text(const std::optional<Time>& end) { return end ? to_string(*end) : "open"; }

std::string end_of_rsa(const AlgorithmPolicy& policy, int bits) {
  return end_text(policy.end_of({SignatureScheme::rsa_pkcs1, bits, 0, sha256_with_rsa}));
}

const std::string never = "0000-01-01T00:00:00Z";

TEST(AlgorithmPolicy, WhatItDoesNotNameEndsBeforeEverything) {
  const AlgorithmPolicy policy = policy_with({});
  EXPECT_FALSE(policy.fitness_of_oid(some_oid).known);
  EXPECT_EQ(end_text(policy.end_of_oid(some_oid)), never);
  EXPECT_EQ(end_text(policy.end_of(DigestAlgorithm::sha512)), never);
  EXPECT_EQ(end_of_rsa(policy, 4096), never);
}

TEST(AlgorithmPolicy, TakesTheStepOfTheKeysLength) {
  const AlgorithmPolicy policy =
      policy_with({{"RSA",
                    {rsa_key},
                    {},
                    {evaluation({at_least("moduluslength", 1024)}, "2008-01-01"),
                     evaluation({at_least("moduluslength", 2048)}, "2030-01-01"),
                     evaluation({{"moduluslength", 3000, 4000}}, "")},
                    ""}});
  EXPECT_EQ(end_of_rsa(policy, 1023), never);
  EXPECT_EQ(end_of_rsa(policy, 1024), "2008-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy, 2047), "2008-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy, 2048), "2030-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy, 3000), "open");
  EXPECT_EQ(end_of_rsa(policy, 4001), "2030-01-01T00:00:00Z");
}

TEST(AlgorithmPolicy, AConstraintThatIsNotUnderstoodTakesItsEvaluationOut) {
  PolicyParameter strange = at_least("moduluslength", 1024);
  strange.understood = false;
  const AlgorithmPolicy policy =
      policy_with({{"RSA",
                    {rsa_key},
                    {},
                    {evaluation({strange}, ""), evaluation({at_least("roundness", 1)}, ""),
                     evaluation({at_least("moduluslength", 1024)}, "2020-01-01")},
                    ""}});
  EXPECT_EQ(end_of_rsa(policy, 4096), "2020-01-01T00:00:00Z");
}

TEST(AlgorithmPolicy, AnAlgorithmThatFallsIsFitUntilThen) {
  const auto left_of = [](FitPeriod fit, const std::string& falls) {
    PolicyTable table;
    table.algorithms = {{"X", {some_oid}, {}, {{{}, fit}}, ""},
                        {"RSA", {rsa_key}, {}, {{{}, fit}}, ""}};
    const AlgorithmPolicy policy(
        std::move(table),
        {{{SignatureScheme::rsa_pkcs1}, {some_oid, "1.2.3.5"}, *parse_time(falls)}});
    EXPECT_FALSE(policy.fitness_of_oid("1.2.3.5").known);
    EXPECT_FALSE(policy.fitness_of({SignatureScheme::other, 0, 0, "1.2.3.6"}).known);
    EXPECT_EQ(end_of_rsa(policy, 3072), end_text(policy.end_of_oid(some_oid)));
    return end_text(policy.end_of_oid(some_oid)).substr(0, 4);
  };
  EXPECT_EQ(left_of(period("", ""), "2010-01-01"), "2010");
  EXPECT_EQ(left_of(period("2000-01-01", "2020-01-01"), "2010-01-01"), "2010");
  EXPECT_EQ(left_of(period("2000-01-01", "2005-01-01"), "2010-01-01"), "2005");
  EXPECT_EQ(left_of(period("2015-01-01", "2020-01-01"), "2010-01-01"), "0000");
  EXPECT_EQ(left_of(period("2015-01-01", ""), "2010-01-01"), "0000");
}

TEST(AlgorithmPolicy, PeriodsWithoutAStartComeFirst) {
  const AlgorithmPolicy policy = policy_with({{"X",
                                               {some_oid},
                                               {},
                                               {{{}, period("2010-01-01", "2020-01-01")},
                                                {{}, period("", "2001-01-01")},
                                                {{}, period("", "2000-01-01")},
                                                {{}, period("2005-01-01", "2006-01-01")}},
                                               ""}});
  EXPECT_EQ(policy.fitness_of_oid(some_oid).periods.size(), 3u);
}

TEST(AlgorithmPolicy, SchemesHaveNames) {
  for (const auto scheme :
       {SignatureScheme::rsa_pkcs1, SignatureScheme::rsa_pss, SignatureScheme::dsa,
        SignatureScheme::ecdsa, SignatureScheme::eddsa, SignatureScheme::other}) {
    EXPECT_FALSE(name(scheme).empty());
  }
}

TEST(AlgorithmPolicy, DsaNeedsBothOfItsLengths) {
  const AlgorithmPolicy policy = policy_with(
      {{"DSA",
        {"1.2.840.10040.4.1"},
        {},
        {evaluation({at_least("plength", 1024), at_least("qlength", 160)}, "2008-01-01"),
         evaluation({at_least("plength", 2048), at_least("qlength", 224)}, "2020-01-01")},
        ""}});
  const auto end = [&](int p, int q) {
    return end_text(policy.end_of({SignatureScheme::dsa, p, q, ""}));
  };
  EXPECT_EQ(end(2048, 224), "2020-01-01T00:00:00Z");
  EXPECT_EQ(end(2048, 160), "2008-01-01T00:00:00Z");
  EXPECT_EQ(end(2048, 0), never);
}

TEST(AlgorithmPolicy, PaddingAndKeyMustBothBeFit) {
  const PolicyAlgorithm key = {"RSA", {rsa_key}, {}, {evaluation({}, "2030-01-01")}, "key"};
  const PolicyAlgorithm whole = {
      "SHA-256 with RSA", {sha256_with_rsa}, {}, {evaluation({}, "2020-01-01")}, "whole"};
  EXPECT_EQ(end_of_rsa(policy_with({key}), 2048), "2030-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy_with({whole}), 2048), "2020-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy_with({key, whole}), 2048), "2020-01-01T00:00:00Z");
}

TEST(AlgorithmPolicy, WhatBecameFitAgainWasUnfitBetween) {
  const AlgorithmPolicy policy =
      policy_with({{"X",
                    {some_oid},
                    {},
                    {{{}, period("2010-01-01", "2020-01-01")}, {{}, period("", "2000-01-01")}},
                    ""}});
  const Fitness fitness = policy.fitness_of_oid(some_oid);
  ASSERT_EQ(fitness.periods.size(), 2u);
  EXPECT_TRUE(fitness.periods[0].contains(*parse_time("1999-12-31T23:59:59Z")));
  EXPECT_FALSE(fitness.periods[0].contains(*parse_time("2000-01-01")));
  EXPECT_FALSE(fitness.periods[1].contains(*parse_time("2009-12-31")));
  EXPECT_TRUE(fitness.periods[1].contains(*parse_time("2010-01-01")));
  EXPECT_EQ(end_text(fitness.end()), "2020-01-01T00:00:00Z");
}

TEST(AlgorithmPolicy, TheBuiltInOneNamesAllThatTheVerifierKnows) {
  const AlgorithmPolicy& policy = *AlgorithmPolicy::built_in();
  for (const auto algorithm :
       {DigestAlgorithm::sha1, DigestAlgorithm::ripemd160, DigestAlgorithm::sha224,
        DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512,
        DigestAlgorithm::sha512_256, DigestAlgorithm::sha3_256, DigestAlgorithm::sha3_384,
        DigestAlgorithm::sha3_512}) {
    EXPECT_TRUE(policy.fitness_of(algorithm).known) << name(algorithm);
  }
  // ETSI TS 119 312 has none shorter of SHA-3.
  EXPECT_FALSE(policy.fitness_of(DigestAlgorithm::sha3_224).known);
  EXPECT_EQ(end_text(policy.end_of(DigestAlgorithm::sha1)), "2012-08-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy, 2048), "2029-01-01T00:00:00Z");
  EXPECT_EQ(end_of_rsa(policy, 512), never);
  EXPECT_EQ(end_text(policy.end_of({SignatureScheme::eddsa, 256, 0, "1.3.101.112"})), "open");
}

TEST(AlgorithmPolicy, PeriodsThatTouchAreOneAndEmptyOnesAreNone) {
  const auto periods_of = [](std::vector<FitPeriod> periods) {
    std::vector<PolicyEvaluation> evaluations;
    for (FitPeriod& one : periods) evaluations.push_back({{}, one});
    const AlgorithmPolicy policy = policy_with({{"X", {some_oid}, {}, evaluations, ""}});
    std::string text;
    for (const FitPeriod& one : policy.fitness_of_oid(some_oid).periods) {
      text += end_text(one.start).substr(0, 4) + "-" + end_text(one.end).substr(0, 4) + " ";
    }
    return text;
  };
  EXPECT_EQ(periods_of({period("2000-01-01", "2010-01-01"), period("2010-01-01", "2020-01-01")}),
            "2000-2020 ");
  EXPECT_EQ(periods_of({period("2000-01-01", "2020-01-01"), period("2005-01-01", "2010-01-01")}),
            "2000-2020 ");
  EXPECT_EQ(periods_of({period("2000-01-01", ""), period("2005-01-01", "2010-01-01")}),
            "2000-open ");
  EXPECT_EQ(periods_of({period("2005-01-01", ""), period("", "2010-01-01")}), "open-open ");
  EXPECT_EQ(periods_of({period("2010-01-01", "2005-01-01")}), "");
  EXPECT_EQ(periods_of({period("2010-01-01", "2020-01-01"), period("2000-01-01", "2005-01-01")}),
            "2000-2005 2010-2020 ");
}

TEST(AlgorithmPolicy, KeyAndSignatureAreFitWhenBothAre) {
  const auto both = [](FitPeriod key, FitPeriod whole) {
    const AlgorithmPolicy policy = policy_with(
        {{"RSA", {rsa_key}, {}, {{{}, key}}, ""}, {"S", {sha256_with_rsa}, {}, {{{}, whole}}, ""}});
    const auto fitness =
        policy.fitness_of(SignatureAlgorithm{SignatureScheme::rsa_pkcs1, 2048, 0, sha256_with_rsa});
    if (fitness.periods.empty()) return std::string("never");
    return end_text(fitness.periods[0].start).substr(0, 4) + "-" +
           end_text(fitness.periods[0].end).substr(0, 4);
  };
  EXPECT_EQ(both(period("2000-01-01", "2020-01-01"), period("2010-01-01", "2030-01-01")),
            "2010-2020");
  EXPECT_EQ(both(period("", ""), period("2010-01-01", "2030-01-01")), "2010-2030");
  EXPECT_EQ(both(period("2010-01-01", "2030-01-01"), period("", "")), "2010-2030");
  EXPECT_EQ(both(period("2000-01-01", "2005-01-01"), period("2010-01-01", "")), "never");
}

}  // namespace
}  // namespace perdura::verifier
