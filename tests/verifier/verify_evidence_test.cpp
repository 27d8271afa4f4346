// Evidence records made here, whole and with one thing wrong.
#include "verifier/verify_evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/evidence.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::authority;
using test::EvidenceMaker;
using test::judge_octets;
using test::sha256;
using test::sha512;
using test::text;

EvidenceMaker maker() { return {authority(), {"statement", "bundle", "image"}}; }

class VerifyEvidence : public testing::Test {
 protected:
  std::string judge(const Bytes& record, const std::vector<DataObject>& objects,
                    GroupProof proof = GroupProof::whole_group) {
    return judge_octets(record, objects, proof, judge_, &report_);
  }
  std::string judge(const EvidenceMaker& made, GroupProof proof = GroupProof::whole_group) {
    return judge(made.record(), made.objects(), proof);
  }

  TokenJudge judge_{authority().options("2050-01-01")};
  Report report_;
};

TEST_F(VerifyEvidence, AcceptsAGroupUnderItsFirstTimeStamp) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  EXPECT_EQ(judge(made), "PASSED") << text(report_);
  EXPECT_FALSE(test::has_warning(report_)) << text(report_);
}

TEST_F(VerifyEvidence, SaysSinceWhenTheDocumentsExisted) {
  const auto made = maker().stamp_at("2030-01-01", sha256).renew_at("2035-01-01");
  const Bytes octets = made.record();
  const auto record = parse_evidence_record(octets);
  const auto judged =
      judge_evidence_record(*record, made.objects(), GroupProof::whole_group, judge_);
  ASSERT_TRUE(judged.existed_since);
  EXPECT_EQ(to_string(*judged.existed_since), "2030-01-01T00:00:01Z");  // accuracy of a second
}

TEST_F(VerifyEvidence, AcceptsRenewalsOfBothKinds) {
  auto made = maker().stamp_at("2030-01-01", sha256).renew_at("2035-01-01").renew_at("2040-01-01");
  EXPECT_EQ(judge(made), "PASSED") << text(report_);
  made.renew_tree_at("2042-01-01", sha512).renew_at("2044-01-01");
  EXPECT_EQ(judge(made), "PASSED") << text(report_);
  made.renew_tree_at("2046-01-01", DigestAlgorithm::sha3_256);
  EXPECT_EQ(judge(made), "PASSED") << text(report_);
  EXPECT_FALSE(test::has_warning(report_)) << text(report_);
}

TEST_F(VerifyEvidence, AcceptsRenewalsInSortedOrderWithAWarning) {
  // The two readings differ only where the document's hash is greater than the sequence's.
  int warned = 0;
  for (int i = 0; i < 8; ++i) {
    EvidenceMaker made(authority(), {"document " + std::to_string(i)});
    made.stamp_at("2030-01-01", sha256).renew_tree_at("2040-01-01", sha512, true);
    EXPECT_EQ(judge(made), "PASSED") << text(report_);
    if (test::has_warning(report_)) ++warned;
  }
  EXPECT_GT(warned, 0);
  EXPECT_LT(warned, 8);
}

TEST_F(VerifyEvidence, TellsBriefWhatPassed) {
  JudgeOptions options = authority().options("2050-01-01");
  options.detail = ReportDetail::brief;
  const TokenJudge brief(options);
  const auto made = maker().stamp_at("2030-01-01", sha256);
  Report report;
  EXPECT_EQ(judge_octets(made.record(), made.objects(), GroupProof::whole_group, brief, &report),
            "PASSED");
  EXPECT_LT(text(report).size(), 800u);
}

TEST_F(VerifyEvidence, AcceptsATokenWithoutATreeForOneDocument) {
  const Digest digest = hash(sha256, as_bytes("alone"));
  const Bytes token = authority().stamp(sha256, digest, "2030-01-01");
  const DigestAlgorithm algorithms[] = {sha256};
  const Bytes record =
      write_evidence_record(algorithms, {{write_archive_timestamp(sha256, {}, token)}});
  EXPECT_EQ(judge(record, {{"alone", {{sha256, digest}}}}), "PASSED") << text(report_);
  EXPECT_EQ(judge(record, {{"other", {{sha256, hash(sha256, as_bytes("other"))}}}}),
            "FAILED HASH_FAILURE");
}

TEST_F(VerifyEvidence, AcceptsASingleHashThatWasHashedOnceMoreWithAWarning) {
  const Digest digest = hash(sha256, as_bytes("alone"));
  const auto record_over = [&](const Digest& stamped) {
    const DigestAlgorithm algorithms[] = {sha256};
    const Bytes token = authority().stamp(sha256, stamped, "2030-01-01");
    return write_evidence_record(algorithms,
                                 {{write_archive_timestamp(sha256, {{digest}}, token)}});
  };
  const std::vector<DataObject> objects = {{"alone", {{sha256, digest}}}};
  EXPECT_EQ(judge(record_over(digest), objects), "PASSED") << text(report_);
  EXPECT_FALSE(test::has_warning(report_)) << text(report_);
  EXPECT_EQ(judge(record_over(hash(sha256, digest)), objects), "PASSED") << text(report_);
  EXPECT_TRUE(test::has_warning(report_)) << text(report_);
  EXPECT_EQ(judge(record_over(hash(sha256, hash(sha256, digest))), objects),
            "FAILED HASH_FAILURE");
}

TEST_F(VerifyEvidence, AHashFunctionThatThePolicyDoesNotListDecidesNothingButAnotherDocumentFails) {
  const auto made = maker().stamp_at("2030-01-01", DigestAlgorithm::sha3_224);
  EXPECT_EQ(judge(made).substr(0, 13), "INDETERMINATE") << text(report_);
  auto objects = made.objects();
  objects[1].digests[0].second = hash(DigestAlgorithm::sha3_224, as_bytes("Bundle"));
  EXPECT_EQ(judge(made.record(), objects), "FAILED HASH_FAILURE");
}

TEST_F(VerifyEvidence, RefusesAnotherDocument) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  auto objects = made.objects();
  objects[1].digests[0].second = hash(sha256, as_bytes("Bundle"));
  EXPECT_EQ(judge(made.record(), objects, GroupProof::single_objects), "FAILED HASH_FAILURE");
  EXPECT_NE(text(report_).find("\"bundle\" is not what was time-stamped"), std::string::npos)
      << text(report_);
}

TEST_F(VerifyEvidence, ForOneMemberItSaysWhatIsWrongAndNotThatOthersAreMissing) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  const auto other = maker().stamp_at("2031-01-01", sha256).renew_at("2035-01-01");
  const DigestAlgorithm algorithms[] = {sha256};
  const Bytes octets =
      write_evidence_record(algorithms, {{made.chains()[0][0], other.chains()[0][1]}});
  const auto record = parse_evidence_record(octets);
  const std::vector<DataObject> one = {made.objects().front()};
  EXPECT_EQ(test::outcome(judge_objects(*record, one, false, judge_).report),
            "FAILED LINK_FAILURE");
  EXPECT_EQ(test::outcome(judge_objects(*record, one, true, judge_).report),
            "FAILED SIGNED_DATA_NOT_FOUND");
  const auto evidence = Evidence::parse(octets);
  ASSERT_TRUE(evidence);
  EXPECT_EQ(test::outcome(evidence->judge(one, false, judge_.options()).report),
            "FAILED LINK_FAILURE");
}

TEST_F(VerifyEvidence, AMissingMemberFailsTheGroupAndNotTheSingleObject) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  auto objects = made.objects();
  objects.pop_back();
  EXPECT_EQ(judge(made.record(), objects), "FAILED SIGNED_DATA_NOT_FOUND");
  EXPECT_EQ(judge(made.record(), objects, GroupProof::single_objects), "PASSED");
}

TEST_F(VerifyEvidence, WithoutADocumentNothingIsDecided) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  EXPECT_EQ(judge(made.record(), {}), "INDETERMINATE NO_EVIDENCE");
}

TEST_F(VerifyEvidence, WithoutAHashInTheRightFunctionNothingIsDecided) {
  const auto made = maker().stamp_at("2030-01-01", sha256);
  EXPECT_EQ(judge(made.record(), {{"x", {{sha512, hash(sha512, as_bytes("x"))}}}}),
            "INDETERMINATE UNSUPPORTED_ALGORITHM");
}

TEST_F(VerifyEvidence, ATreeThatDoesNotLeadFailsWithoutTheRightHashToo) {
  const auto made = maker().stamp_at("2030-01-01", sha256, 1);
  Bytes octets = made.record();
  const auto record = parse_evidence_record(octets);
  const auto& lists = *record->chains[0].archive_timestamps[0].reduced_hashtree;
  const ByteView sibling = *lists.back().begin();
  octets[static_cast<std::size_t>(sibling.data() - octets.data())] ^= 1;
  EXPECT_EQ(judge(octets, {{"x", {{sha512, hash(sha512, as_bytes("x"))}}}}), "FAILED HASH_FAILURE");
}

TEST_F(VerifyEvidence, RefusesARenewalThatCoversAnotherTimeStamp) {
  auto made = maker().stamp_at("2030-01-01", sha256);
  auto foreign = EvidenceMaker(authority(), {"foreign"}).stamp_at("2030-01-02", sha256);
  foreign.renew_at("2035-01-01");
  const DigestAlgorithm algorithms[] = {sha256};
  const Bytes record =
      write_evidence_record(algorithms, {{made.chains()[0][0], foreign.chains()[0][1]}});
  EXPECT_EQ(judge(record, made.objects()), "FAILED LINK_FAILURE");
}

TEST_F(VerifyEvidence, RefusesATreeRenewalAfterAnEarlierTimeStampWasTakenAway) {
  auto made = maker().stamp_at("2030-01-01", sha256).renew_at("2035-01-01");
  made.renew_tree_at("2040-01-01", sha512);
  auto chains = made.chains();
  chains[0].pop_back();
  const DigestAlgorithm algorithms[] = {sha256, sha512};
  EXPECT_EQ(judge(write_evidence_record(algorithms, chains), made.objects()),
            "FAILED LINK_FAILURE");
}

TEST_F(VerifyEvidence, RefusesChainsInTheWrongOrder) {
  auto made = maker().stamp_at("2030-01-01", sha256).renew_tree_at("2040-01-01", sha512);
  auto chains = made.chains();
  std::swap(chains[0], chains[1]);
  const DigestAlgorithm algorithms[] = {sha256, sha512};
  const std::string verdict = judge(write_evidence_record(algorithms, chains), made.objects());
  EXPECT_EQ(verdict.substr(0, 6), "FAILED") << text(report_);
  EXPECT_NE(text(report_).find("TIMESTAMP_ORDER_FAILURE"), std::string::npos);
}

TEST_F(VerifyEvidence, RefusesARenewalThatIsDatedBefore) {
  auto made = maker().stamp_at("2030-01-01", sha256).renew_at("2029-01-01");
  EXPECT_EQ(judge(made), "FAILED TIMESTAMP_ORDER_FAILURE") << text(report_);
}

TEST_F(VerifyEvidence, AnInversionInsideTheAccuracyIsAWarning) {
  auto made = maker().stamp_at("2030-01-01T00:00:02Z", sha256).renew_at("2030-01-01T00:00:01Z");
  EXPECT_EQ(judge(made), "PASSED") << text(report_);
  EXPECT_TRUE(test::has_warning(report_));
}

TEST_F(VerifyEvidence, RefusesAnotherHashFunctionInsideAChain) {
  auto made = maker().stamp_at("2030-01-01", sha256);
  const Bytes octets = made.record();
  const auto parsed = parse_evidence_record(octets);
  const Digest previous = hash(sha512, parsed->chains[0].archive_timestamps[0].time_stamp);
  const Bytes renewal = made.archive_timestamp({previous}, 1, sha512, "2035-01-01");
  const DigestAlgorithm algorithms[] = {sha256, sha512};
  EXPECT_EQ(
      judge(write_evidence_record(algorithms, {{made.chains()[0][0], renewal}}), made.objects()),
      "FAILED HASH_ALGORITHM_FAILURE");
}

TEST_F(VerifyEvidence, RefusesAHashFunctionThatTheRecordDoesNotList) {
  auto made = maker().stamp_at("2030-01-01", sha256);
  const DigestAlgorithm algorithms[] = {sha512};
  EXPECT_EQ(judge(write_evidence_record(algorithms, made.chains()), made.objects()),
            "FAILED FORMAT_FAILURE");
}

TEST_F(VerifyEvidence, RefusesAFieldThatIsNotTheImprintsFunction) {
  auto made = maker();
  const Digest digest = hash(sha256, as_bytes("one"));
  const Bytes token = authority().stamp(sha256, digest, "2030-01-01");
  const DigestAlgorithm algorithms[] = {sha256, sha512};
  const Bytes ats = write_archive_timestamp(sha512, {{digest}}, token);
  EXPECT_EQ(judge(write_evidence_record(algorithms, {{ats}}), {{"one", {{sha256, digest}}}}),
            "FAILED HASH_ALGORITHM_FAILURE");
}

TEST_F(VerifyEvidence, RefusesAHashValueOfTheWrongLength) {
  auto made = maker();
  const auto hashes = made.hashes(sha256);
  Hasher hasher(sha256);
  const Digest sibling = hash(DigestAlgorithm::sha1, as_bytes("short"));
  const Digest top = node_hash(hasher, combine(hasher, hashes), sibling);
  const Bytes token = authority().stamp(sha256, top, "2030-01-01");
  const Bytes ats = write_archive_timestamp(sha256, {hashes, {sibling}}, token);
  const DigestAlgorithm algorithms[] = {sha256};
  made.stamp_at("2030-01-01", sha256);
  EXPECT_EQ(judge(write_evidence_record(algorithms, {{ats}}), made.objects()),
            "FAILED FORMAT_FAILURE");
}

TEST_F(VerifyEvidence, TakesEqualValuesAsASetWithAWarningWhenOnlyThatHolds) {
  const Digest a = hash(sha256, as_bytes("a"));
  const Digest b = hash(sha256, as_bytes("b"));
  Hasher hasher(sha256);
  const Digest top = node_hash(hasher, a, b);
  const Bytes token = authority().stamp(sha256, top, "2030-01-01");
  const DigestAlgorithm algorithms[] = {sha256};
  const Bytes record =
      write_evidence_record(algorithms, {{write_archive_timestamp(sha256, {{a, b, b}}, token)}});
  EXPECT_EQ(judge(record, {{"a", {{sha256, a}}}}, GroupProof::single_objects), "PASSED");
  EXPECT_TRUE(test::has_warning(report_));
}

TEST_F(VerifyEvidence, AHashThatEndedBeforeItsRenewalDecidesNothing) {
  const TokenJudge early(authority().options("2028-01-01"));
  const TokenJudge late(authority().options("2030-01-01"));
  auto made = maker().stamp_at("2025-01-01", DigestAlgorithm::sha224);
  EXPECT_EQ(judge_octets(made.record(), made.objects(), GroupProof::whole_group, early), "PASSED");
  EXPECT_EQ(judge_octets(made.record(), made.objects(), GroupProof::whole_group, late),
            "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  made.renew_tree_at("2028-06-01", sha256);
  EXPECT_EQ(judge_octets(made.record(), made.objects(), GroupProof::whole_group, late), "PASSED");
}

TEST_F(VerifyEvidence, AWeakHashNeverPasses) {
  const TokenJudge judge_then(authority().options("2025-01-01"));
  auto made = maker().stamp_at("2024-01-01", DigestAlgorithm::sha1);
  EXPECT_EQ(judge_octets(made.record(), made.objects(), GroupProof::whole_group, judge_then),
            "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE");
}

TEST_F(VerifyEvidence, AnExpiredTsaIsGoodWhenItWasCoveredInTime) {
  const test::Identity old_tsa = test::make_identity({.name = "Old TSA",
                                                      .not_after = "2032-01-01",
                                                      .extensions = test::tsa_extensions(),
                                                      .serial = 9},
                                                     &authority().root);
  Authority old = authority();
  old.tsa = old_tsa;
  EvidenceMaker first(old, {"statement"});
  first.stamp_at("2030-01-01", sha256);
  EXPECT_EQ(judge(first), "INDETERMINATE OUT_OF_BOUNDS_NO_POE");
  // The renewal by the other TSA, before and after the certificate's end.
  for (const bool in_time : {true, false}) {
    const std::string when = in_time ? "2031-06-01" : "2032-06-01";
    const auto parsed_octets = first.record();
    const auto parsed = parse_evidence_record(parsed_octets);
    EvidenceMaker renewal(authority(), {});
    const Digest previous = hash(sha256, parsed->chains[0].archive_timestamps[0].time_stamp);
    const Bytes ats = renewal.archive_timestamp({previous}, 1, sha256, when);
    const DigestAlgorithm algorithms[] = {sha256};
    const Bytes record = write_evidence_record(algorithms, {{first.chains()[0][0], ats}});
    EXPECT_EQ(judge(record, first.objects()),
              in_time ? "PASSED" : "INDETERMINATE OUT_OF_BOUNDS_NO_POE")
        << text(report_);
  }
}

// Every single bit of a record with both renewals, but for what nothing protects in the newest
// token (it is open until a renewal covers it).
TEST_F(VerifyEvidence, DoesNotPassWithAnyBitFlipped) {
  auto made = maker().stamp_at("2030-01-01", sha256).renew_at("2035-01-01");
  made.renew_tree_at("2040-01-01", sha512);
  Bytes octets = made.record();
  const auto objects = made.objects();
  const auto parsed = parse_evidence_record(octets);
  ASSERT_TRUE(parsed);
  const ByteView newest = parsed->chains.back().archive_timestamps.back().time_stamp;
  const auto token = parse_timestamp_token(newest);
  const ByteView open = token->digest_algorithms.front().encoding;
  const auto open_first = static_cast<std::size_t>(open.data() - octets.data()) - 3;
  const std::size_t open_end = open_first + 3 + open.size();
  ASSERT_EQ(judge(octets, objects), "PASSED") << text(report_);
  std::size_t flips = 0;
  for (std::size_t bit = 0; bit < octets.size() * 8; bit += 5) {
    const std::size_t at = bit / 8;
    octets[at] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    ++flips;
    if (judge(octets, objects) == "PASSED") {
      EXPECT_TRUE(at >= open_first && at < open_end) << "octet " << at << '\n' << text(report_);
    }
    octets[at] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  }
  EXPECT_GT(flips, 5000u);
}

}  // namespace
}  // namespace perdura::verifier
