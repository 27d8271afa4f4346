// Each way in which evidence that was renewed can fail: a sub-indication and a plain sentence of
// its own, in every language.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {
namespace {

using test::authority;
using test::Authority;
using test::CrlSpec;
using test::EvidenceMaker;
using test::make_crl;
using test::outcome;
using test::sha256;
using test::sha512;
using test::text;

// Evidence of 2030 for one document; then what goes wrong with it.
class Case {
 public:
  Case() { begin("statement").stamp_at("2030-01-01", sha256); }

  // Evidence of another document, with no time-stamp yet.
  EvidenceMaker& begin(const std::string& document) {
    maker_ = std::make_unique<EvidenceMaker>(authority(), std::vector{document});
    return *maker_;
  }
  EvidenceMaker& maker() { return *maker_; }
  // The evidence as it is to be judged; empty: the maker's.
  std::vector<std::vector<Bytes>> chains;
  JudgeOptions options = authority().options("2050-01-01");

  Report judge() const {
    const DigestAlgorithm algorithms[] = {sha256, DigestAlgorithm::sha224, sha512};
    const Bytes octets =
        write_evidence_record(algorithms, chains.empty() ? maker_->chains() : chains);
    Report report;
    test::judge_octets(octets, maker_->objects(), GroupProof::whole_group, TokenJudge(options),
                       &report);
    return report;
  }
  ByteView newest_token() {
    octets_ = maker_->record();
    record_ = *parse_evidence_record(octets_);
    return record_.chains.back().archive_timestamps.back().time_stamp;
  }

 private:
  std::unique_ptr<EvidenceMaker> maker_;
  Bytes octets_;
  EvidenceRecord record_;
};

// A stamp of 2030 whose certificate ends in 2032, renewed by another at `when`.
void expire(Case& it, const std::string& when) {
  Authority old = authority();
  old.tsa = test::make_identity({.name = "Old TSA",
                                 .not_after = "2032-01-01",
                                 .extensions = test::tsa_extensions(),
                                 .serial = 9},
                                &authority().root);
  EvidenceMaker first(old, {"statement"});
  first.stamp_at("2030-01-01", sha256);
  const Bytes octets = first.record();
  const auto record = parse_evidence_record(octets);
  const Digest previous = hash(sha256, record->chains[0].archive_timestamps[0].time_stamp);
  it.chains = {{first.chains()[0][0], it.maker().archive_timestamp({previous}, 1, sha256, when)}};
}

// The authority of 2030, revoked at `when`; another one renews in 2035.
void revoke(Case& it, const std::string& when) {
  static const Authority other("ec", "Second Clock");
  EvidenceMaker later(other, {});
  const Digest previous = hash(sha256, it.newest_token());
  it.chains = {
      {it.maker().chains()[0][0], later.archive_timestamp({previous}, 1, sha256, "2035-01-01")}};
  it.options.anchors.certificates.push_back(other.root.certificate);
  it.options.extra_crls = {
      make_crl(authority().root, CrlSpec{.this_update = "2036-01-01",
                                         .next_update = "2059-01-01",
                                         .revoked = {{.serial = 2, .when = when, .reason = 1}}})};
}

struct Way {
  const char* name;
  std::function<void(Case&)> make;
  const char* outcome;
  const char* sentence;
};

const Way ways[] = {
    {"NotAtAll", [](Case& it) { it.maker().renew_at("2035-01-01"); }, "PASSED", ""},
    {"ExpiredThoughCoveredBefore", [](Case& it) { expire(it, "2031-01-01"); }, "PASSED", ""},
    {"NoProofOfExistenceBeforeExpiry", [](Case& it) { expire(it, "2033-01-01"); },
     "INDETERMINATE OUT_OF_BOUNDS_NO_POE",
     "A certificate of the time-stamp has expired, and no later time-stamp had covered it before."},
    {"RevokedBefore", [](Case& it) { revoke(it, "2029-06-01"); }, "FAILED REVOKED",
     "A certificate of the time-stamp was revoked before the stamp, so the stamp proves nothing."},
    {"RevokedAfter", [](Case& it) { revoke(it, "2034-06-01"); }, "FAILED REVOKED_NO_POE",
     "A certificate of the time-stamp was revoked after the stamp, and no later time-stamp had "
     "covered it before, so the stamp proves nothing."},
    {"RevokedAfterItWasCovered", [](Case& it) { revoke(it, "2035-06-01"); }, "PASSED", ""},
    {"AlgorithmNoLongerFitWhenUsed",
     [](Case& it) {
       it.begin("statement").stamp_at("2029-06-01", DigestAlgorithm::sha224);
       it.maker().renew_tree_at("2030-06-01", sha512);
     },
     "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE",
     "An algorithm was already too weak when it was used."},
    {"AlgorithmNoLongerFitWhenRenewed",
     [](Case& it) {
       it.begin("statement").stamp_at("2025-01-01", DigestAlgorithm::sha224);
       it.maker().renew_tree_at("2030-06-01", sha512);
     },
     "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
     "An algorithm grew too weak before a later time-stamp covered what it protects."},
    {"TimesOutOfOrder", [](Case& it) { it.maker().renew_at("2029-01-01"); },
     "FAILED TIMESTAMP_ORDER_FAILURE", "The times of the time-stamps are out of order."},
    {"WrongHashFunctionInAChain",
     [](Case& it) {
       const Digest previous = hash(sha512, it.newest_token());
       it.chains = {{it.maker().chains()[0][0],
                     it.maker().archive_timestamp({previous}, 1, sha512, "2035-01-01")}};
     },
     "FAILED HASH_ALGORITHM_FAILURE",
     "A renewed time-stamp uses another hash function than its chain."},
    {"BrokenLinkOfATimeStampRenewal",
     [](Case& it) {
       auto foreign = EvidenceMaker(authority(), {"foreign"}).stamp_at("2030-01-02", sha256);
       foreign.renew_at("2035-01-01");
       it.chains = {{it.maker().chains()[0][0], foreign.chains()[0][1]}};
     },
     "FAILED LINK_FAILURE", "The renewed time-stamp does not cover the one before it."},
    {"BrokenLinkOfAHashTreeRenewal",
     [](Case& it) {
       it.maker().renew_at("2035-01-01").renew_tree_at("2040-01-01", sha512);
       it.chains = it.maker().chains();
       it.chains[0].pop_back();
     },
     "FAILED LINK_FAILURE",
     "The renewed hash tree does not cover the documents together with the evidence before."},
    {"AnotherDocument",
     [](Case& it) {
       const auto chains = it.maker().chains();
       it.begin("another").stamp_at("2030-01-01", sha256);
       it.chains = chains;
     },
     "FAILED HASH_FAILURE",
     "\"another\" is not what was time-stamped: it was altered, or is another document."},
};

class WayToFail : public testing::TestWithParam<Way> {};

TEST_P(WayToFail, HasItsSubIndicationAndItsSentence) {
  Case it;
  GetParam().make(it);
  const Report report = it.judge();
  EXPECT_EQ(outcome(report), GetParam().outcome) << text(report);
  if (report.verdict() == Verdict::passed) return;
  const Finding* decisive = report.decisive();
  EXPECT_EQ(in_english(decisive->what), GetParam().sentence) << text(report);
  const std::string japanese = in_words(decisive->what, Language::ja);
  EXPECT_NE(japanese, in_english(decisive->what));
  EXPECT_EQ(japanese.find('{'), std::string::npos) << japanese;
  EXPECT_FALSE(decisive->rule.empty());
}

INSTANTIATE_TEST_SUITE_P(Renewed, WayToFail, testing::ValuesIn(ways),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SubIndicationNames, AreInTheSchemaOfTheReport) {
  std::ifstream in(PERDURA_SOURCE_DIR "/verifier/formats/report.schema.json");
  const std::string schema(std::istreambuf_iterator<char>(in), {});
  for (int i = 0; i <= static_cast<int>(SubIndication::no_evidence); ++i) {
    const std::string quoted = '"' + std::string(name(static_cast<SubIndication>(i))) + '"';
    EXPECT_NE(schema.find(quoted), std::string::npos) << quoted;
  }
}

}  // namespace
}  // namespace perdura::verifier
