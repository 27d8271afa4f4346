// Time-stamps by themselves: tokens, responses, and RFC 5544 TimeStampedData.
#include "verifier/time_stamp_file.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "tests/verifier/test_tsa.hpp"
#include "verifier/cms.hpp"
#include "verifier/der.hpp"
#include "verifier/evidence_file.hpp"
#include "verifier/inspection.hpp"
#include "verifier/verify_time_stamp_file.hpp"

namespace perdura::verifier {
namespace {

using test::authority;
using test::outcome;
using test::sha256;
using test::text;

constexpr std::string_view document = "scan of 1999";

Bytes token_over(ByteView octets, const std::string& time = "2030-01-01") {
  return authority().stamp(sha256, hash(sha256, octets), time);
}

DataObject object(std::string_view octets) {
  return {"document", {{sha256, hash(sha256, as_bytes(octets))}}};
}

// TimeStampResp with a status and, unless empty, a token.
Bytes response(std::uint64_t status, ByteView token) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] { out.integer(status); });
    out.raw(token);
  });
  return out.take();
}

struct DataSpec {
  std::optional<std::string> content = std::string(document);
  bool protected_metadata = false;
  bool broken_link = false;
  int tokens = 2;
};

// TimeStampedData whose tokens cover each other.
Bytes time_stamped_data(const DataSpec& spec) {
  DerWriter metadata;
  if (spec.protected_metadata) {
    constexpr std::uint8_t yes = 0xFF;
    metadata.constructed(tag::sequence, [&] { metadata.element(tag::boolean, ByteView(&yes, 1)); });
  }
  Bytes covered = to_bytes(metadata.view());
  const auto octets = as_bytes(document);
  covered.insert(covered.end(), octets.begin(), octets.end());
  DerWriter tokens;
  for (int i = 0; i < spec.tokens; ++i) {
    if (spec.broken_link && i > 0) covered.push_back(0);
    const Bytes token = token_over(covered, std::to_string(2030 + i) + "-01-01");
    DerWriter one;
    one.constructed(tag::sequence, [&] { one.raw(token); });
    covered = one.take();
    tokens.raw(covered);
  }
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(oid_of::time_stamped_data);
    out.constructed(tag::context(0), [&] {
      out.constructed(tag::sequence, [&] {
        out.integer(1);
        out.raw(metadata.view());
        if (spec.content) out.octet_string(as_bytes(*spec.content));
        out.constructed(tag::context(0), [&] { out.raw(tokens.view()); });
      });
    });
  });
  return out.take();
}

std::string judge_file(const Bytes& file, const std::vector<DataObject>& objects,
                       EvidenceReport* report = nullptr, const std::string& as_of = "") {
  const auto parsed = parse_time_stamp_file(file);
  if (!parsed) return parsed.error().what;
  JudgeOptions options = authority().options(as_of.empty() ? "2040-01-01" : as_of);
  options.at_chosen = !as_of.empty();
  const auto judged = judge_time_stamp_file(*parsed, objects, options);
  if (report != nullptr) *report = judged;
  return outcome(judged.report);
}

TEST(TimeStampFile, ATokenAndTheResponseAroundItAreToldApartByTheirContent) {
  const Bytes token = token_over(as_bytes(document));
  EXPECT_EQ(kind_of_evidence(token), EvidenceKind::time_stamp);
  EXPECT_EQ(kind_of_evidence(response(0, token)), EvidenceKind::time_stamp);
  EXPECT_EQ(kind_of_evidence(time_stamped_data({})), EvidenceKind::time_stamped_data);
  EXPECT_EQ(kind_of_evidence(as_bytes(document)), EvidenceKind::other);
}

TEST(TimeStampFile, ATokenPassesForItsDocumentAndSaysSinceWhen) {
  EvidenceReport report;
  const Bytes token = token_over(as_bytes(document));
  EXPECT_EQ(judge_file(token, {object(document)}, &report), "PASSED") << text(report.report);
  EXPECT_EQ(to_string(*report.existed_since), "2030-01-01T00:00:01Z");
  EXPECT_EQ(judge_file(response(1, token), {object(document)}), "PASSED");
}

TEST(TimeStampFile, ATokenFailsForAnotherDocument) {
  const Bytes token = token_over(as_bytes(document));
  EXPECT_EQ(judge_file(token, {object("another")}), "FAILED HASH_FAILURE");
  EXPECT_EQ(judge_file(token, {object(document), object("another")}), "FAILED HASH_FAILURE");
}

TEST(TimeStampFile, ATokenInBerPassesToo) {
  auto spec = authority().spec(sha256, hash(sha256, as_bytes(document)), "2030-01-01");
  spec.indefinite = true;
  EXPECT_EQ(judge_file(test::make_token(authority().tsa, spec), {object(document)}), "PASSED");
}

TEST(TimeStampFile, NoDocumentIsIndeterminate) {
  EXPECT_EQ(judge_file(token_over(as_bytes(document)), {}), "INDETERMINATE NO_EVIDENCE");
}

TEST(TimeStampFile, ARefusalIsNoEvidence) {
  EXPECT_EQ(judge_file(response(2, {}), {}), "the authority gave no time-stamp: status 2");
  EXPECT_EQ(judge_file(response(2, token_over(as_bytes(document))), {}),
            "a time-stamp comes with a status of refusal");
}

TEST(TimeStampedData, PassesForTheDataInsideAndEachTokenForTheOneBefore) {
  EvidenceReport report;
  EXPECT_EQ(judge_file(time_stamped_data({}), {}, &report), "PASSED") << text(report.report);
  EXPECT_EQ(report.report.parts.size(), 2U);
  EXPECT_EQ(judge_file(time_stamped_data({}), {object(document)}), "PASSED");
  EXPECT_EQ(judge_file(time_stamped_data({.protected_metadata = true}), {}), "PASSED");
}

TEST(TimeStampedData, IsJudgedByWhatExistedAtAMoment) {
  const Bytes data = time_stamped_data({.tokens = 3});
  EvidenceReport report;
  EXPECT_EQ(judge_file(data, {}, &report, "2029-12-31"), "INDETERMINATE NO_POE");
  for (const char* at : {"2030-01-01", "2031-06-01", "2033-01-01"}) {
    EXPECT_EQ(judge_file(data, {}, &report, at), "PASSED") << at << text(report.report);
  }
  EXPECT_EQ(report.chains.front().size(), 3u);
  EXPECT_EQ(judge_file(data, {}, &report, "2031-06-01"), "PASSED");
  EXPECT_EQ(report.chains.front().size(), 2u);
  EXPECT_NE(text(report.report).find("was not yet made at that moment"), std::string::npos);
  EXPECT_EQ(judge_file(token_over(as_bytes(document)), {object(document)}, nullptr, "2029-12-31"),
            "INDETERMINATE NO_POE");
}

TEST(TimeStampedData, FailsForOtherDataAndForABrokenLink) {
  EXPECT_EQ(judge_file(time_stamped_data({.content = "another"}), {}), "FAILED HASH_FAILURE");
  EXPECT_EQ(judge_file(time_stamped_data({}), {object("another")}), "FAILED HASH_FAILURE");
  EXPECT_EQ(judge_file(time_stamped_data({.broken_link = true}), {}), "FAILED LINK_FAILURE");
}

TEST(TimeStampedData, WithoutTheDataNeedsTheDocument) {
  EXPECT_EQ(judge_file(time_stamped_data({.content = std::nullopt}), {object(document)}), "PASSED");
  EXPECT_EQ(judge_file(time_stamped_data({.content = std::nullopt}), {}),
            "INDETERMINATE NO_EVIDENCE");
}

TEST(TimeStampedData, ProtectedMetadataWithoutTheDataCantBeJudged) {
  EXPECT_EQ(judge_file(time_stamped_data({.content = std::nullopt, .protected_metadata = true}),
                       {object(document)}),
            "INDETERMINATE UNSUPPORTED_ALGORITHM");
}

TEST(TimeStampedData, IsShownTokenByToken) {
  const auto shown = inspect(time_stamped_data({.protected_metadata = true}), InspectDetail::full);
  ASSERT_TRUE(shown) << to_string(shown.error());
  const std::string words = shown->as_text();
  for (const char* line : {"time stamped data:\n  content octets: 12\n  meta data protected: yes\n",
                           "time stamps:\n    1.\n", "time: 2030-01-01T00:00:00Z\n", "\n    2.\n",
                           "time: 2031-01-01T00:00:00Z\n", "revocation lists: none\n"}) {
    EXPECT_NE(words.find(line), std::string::npos) << line << words;
  }
  EXPECT_NE(shown->as_json().find("\"timeStampedData\":{\"contentOctets\":12"), std::string::npos);
  const auto detached = inspect(time_stamped_data({.content = std::nullopt}), InspectDetail::brief);
  EXPECT_EQ(detached->as_text().find("content octets"), std::string::npos);
}

// Evidence ::= CHOICE { [0] time-stamps, [1] an evidence record, [2] anything }
Bytes stamped_data_with(ByteView evidence) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(oid_of::time_stamped_data);
    out.constructed(tag::context(0), [&] {
      out.constructed(tag::sequence, [&] {
        out.integer(1);
        out.octet_string(as_bytes(document));
        out.raw(evidence);
      });
    });
  });
  return out.take();
}

TEST(TimeStampedData, MayHoldAnEvidenceRecord) {
  const Bytes record = test::EvidenceMaker(authority(), {std::string(document)})
                           .stamp_at("2030-01-01", sha256)
                           .record();
  Bytes evidence = record;
  evidence[0] = tag::context(1);
  const Bytes octets = stamped_data_with(evidence);
  const auto file = parse_time_stamp_file(octets);
  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_TRUE(file->evidence_record);
  EXPECT_EQ(*file->evidence_record, record);
  EXPECT_TRUE(digest_algorithms(*file).empty());
  const std::string words = inspect(octets, InspectDetail::brief)->as_text();
  EXPECT_NE(words.find("evidence record:"), std::string::npos) << words;
}

TEST(TimeStampedData, OfAnotherKindOrTooManyIsRefused) {
  EXPECT_EQ(parse_time_stamp_file(stamped_data_with(Bytes{0xA2, 0x00})).error().code,
            Errc::unsupported);
  DerWriter many;
  many.constructed(tag::context(0), [&] {
    for (int i = 0; i < 1'001; ++i) {
      many.constructed(tag::sequence, [&] { many.constructed(tag::sequence, [] {}); });
    }
  });
  EXPECT_EQ(parse_time_stamp_file(stamped_data_with(many.view())).error().code, Errc::too_large);
  EXPECT_FALSE(parse_time_stamp_file(stamped_data_with(Bytes{0xA0, 0x00})));
}

TEST(TimeStampFile, NamesTheHashFunctionThatItsDocumentIsNeededIn) {
  const Bytes octets = token_over(as_bytes(document));
  const auto token = parse_time_stamp_file(octets);
  EXPECT_EQ(digest_algorithms(*token), std::vector{sha256});
  // A document that was hashed otherwise decides nothing.
  const DataObject other{"document", {{DigestAlgorithm::sha512, Digest(Bytes(64, 1))}}};
  EXPECT_EQ(judge_file(token_over(as_bytes(document)), {other}),
            "INDETERMINATE UNSUPPORTED_ALGORITHM");
}

}  // namespace
}  // namespace perdura::verifier
