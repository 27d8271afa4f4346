// Verdicts as of a moment that was chosen: what was stamped after it did not exist yet.
#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/assumptions.hpp"
#include "verifier/texts.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::EvidenceMaker;
using test::sha256;
using test::sha512;
using test::text;
using test::unfit;

constexpr const char* nothing_yet = "INDETERMINATE NO_POE";

// Stamped in 2030, stamped again in 2035, and the tree renewed with SHA-512 in 2040.
class AsOf : public testing::Test {
 protected:
  AsOf() {
    made_.stamp_at("2030-01-01", sha256).renew_at("2035-01-01").renew_tree_at("2040-01-01", sha512);
  }
  std::string judged(const std::string& at, const std::string& broken = "", bool chosen = true) {
    JudgeOptions options = authority_.options(at);
    options.at_chosen = chosen;
    Assumptions assumptions;
    if (!broken.empty()) {
      EXPECT_TRUE(read_assumptions(broken, options.at, assumptions)) << broken;
    }
    assume(assumptions, options);
    return test::judge_octets(made_.record(), made_.objects(), GroupProof::whole_group,
                              TokenJudge(options), &report_);
  }
  // How many time-stamps the report is about.
  std::size_t stamps() const {
    std::size_t count = 0;
    for (const Report& chain : report_.parts) count += chain.parts.size();
    return count;
  }

  const Authority authority_{"ed25519"};
  EvidenceMaker made_{authority_, {"statement", "bundle"}};
  Report report_;
};

struct Moment {
  const char* at;
  const char* broken;
  const char* verdict;
  std::size_t stamps;  // that existed
};
// clang-format off
constexpr Moment moments[] = {
    {"2029-12-31T23:59:59Z", "",                  nothing_yet, 0},
    {"2029-12-31T23:59:59Z", "sha256",            nothing_yet, 0},
    {"2030-01-01T00:00:00Z", "",                  "PASSED",    1},
    {"2034-12-31T23:59:59Z", "",                  "PASSED",    1},
    {"2034-12-31T23:59:59Z", "sha256@2035-01-01", "PASSED",    1},
    {"2034-12-31T23:59:59Z", "sha256@2034-01-01", unfit,       1},
    {"2034-12-31T23:59:59Z", "eddsa@2034-01-01",  unfit,       1},
    {"2035-01-01T00:00:00Z", "",                  "PASSED",    2},
    {"2038-01-01T00:00:00Z", "eddsa",             unfit,       2},
    // A time-stamp renewal does not keep a tree whose hash function falls.
    {"2038-01-01T00:00:00Z", "sha256",            unfit,       2},
    {"2038-01-01T00:00:00Z", "sha256@2039-01-01", "PASSED",    2},
    // A hash-tree renewal does, if it came before.
    {"2045-01-01T00:00:00Z", "",                  "PASSED",    3},
    {"2045-01-01T00:00:00Z", "sha256",            "PASSED",    3},
    {"2045-01-01T00:00:00Z", "sha256@2040-01-02", "PASSED",    3},
    {"2045-01-01T00:00:00Z", "sha256@2039-01-01", unfit,       3},
    {"2045-01-01T00:00:00Z", "sha512",            unfit,       3},
    {"2045-01-01T00:00:00Z", "sha512@2046-01-01", "PASSED",    3},
};
// clang-format on

TEST_F(AsOf, EachMomentHasTheVerdictOfWhatExistedThen) {
  for (const Moment& moment : moments) {
    const std::string which = std::string(moment.at) + " " + moment.broken;
    EXPECT_EQ(judged(moment.at, moment.broken), moment.verdict) << which << '\n' << text(report_);
    EXPECT_EQ(stamps(), moment.stamps) << which;
  }
}

TEST_F(AsOf, TheReportSaysWhatWasNotYetMade) {
  judged("2036-01-01");
  EXPECT_NE(text(report_).find("A time-stamp was not yet made at that moment"), std::string::npos)
      << text(report_);
  judged("2031-01-01");
  EXPECT_NE(text(report_).find("2 time-stamps were not yet made at that moment"),
            std::string::npos);
  judged("2041-01-01");
  EXPECT_EQ(text(report_).find("not yet made"), std::string::npos);
  judged("2020-01-01");
  EXPECT_NE(text(report_).find("so nothing proves that the documents existed then"),
            std::string::npos);
}

TEST_F(AsOf, NowATimeStampFromTheFutureIsWrong) {
  for (const char* at : {"2029-01-01", "2031-01-01", "2036-01-01"}) {
    EXPECT_EQ(judged(at, "", false), "FAILED NOT_YET_VALID") << at;
  }
}

// Only what stands at the end is left out: a time-stamp between others that is dated after the
// moment is out of order all the same.
TEST(AsOfAMoment, TimesOutOfOrderStayWrong) {
  const Authority authority;
  EvidenceMaker made(authority, {"statement"});
  made.stamp_at("2030-01-01", sha256).renew_at("2040-01-01").renew_at("2035-01-01");
  JudgeOptions options = authority.options("2036-01-01");
  options.at_chosen = true;
  EXPECT_EQ(test::judge_octets(made.record(), made.objects(), GroupProof::whole_group,
                               TokenJudge(options)),
            "FAILED TIMESTAMP_ORDER_FAILURE");
}

// Whoever alters a document gains nothing by a moment between renewals.
TEST_F(AsOf, AnotherDocumentFailsAtEveryMomentAtWhichSomethingIsProven) {
  std::vector<DataObject> objects = made_.objects();
  for (auto& [algorithm, digest] : objects[1].digests) {
    digest = hash(algorithm, as_bytes("another bundle"));
  }
  for (const char* at : {"2031-01-01", "2036-01-01", "2041-01-01"}) {
    JudgeOptions options = authority_.options(at);
    options.at_chosen = true;
    EXPECT_EQ(
        test::judge_octets(made_.record(), objects, GroupProof::whole_group, TokenJudge(options)),
        "FAILED HASH_FAILURE")
        << at;
  }
}

}  // namespace
}  // namespace perdura::verifier
