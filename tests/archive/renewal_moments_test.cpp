// What each way of renewing proves at which moment, by the verifier: the table of
// archive/formats/renewal.md.
#include "archive/confirm.hpp"
#include "archive/tsa_acts.hpp"
#include "tests/archive/evidence_fixture.hpp"
#include "verifier/assumptions.hpp"

namespace perdura::archive {
namespace {

using verifier::Verdict;

// A row of the table: as of when, what had fallen, and what of the evidence still proves.
struct Moment {
  const char* name;
  int at_days;  // from the renewal
  const char* broken;
  int broken_days;  // from the renewal
  Verdict time_stamp;
  Verdict hash_tree;  // from digests too
};
constexpr Verdict yes = Verdict::passed;
constexpr Verdict no = Verdict::indeterminate;
// Sealed 400 days before the renewal, with SHA-256; renewed by another key, a tree with SHA-512.
// clang-format off
constexpr Moment moments[] = {
    {"before the seal, nothing is proven",          -500, "",        0,    no,  no},
    {"before the renewal",                          -100, "",        0,    yes, yes},
    {"before the renewal, its hash falls later",    -100, "sha256",  -50,  yes, yes},
    {"before the renewal, its hash had fallen",     -100, "sha256",  -150, no,  no},
    {"before the renewal, its TSA had fallen",      -100, "tsa",     -150, no,  no},
    {"after the renewal",                           100,  "",        0,    yes, yes},
    {"the old hash had fallen before the renewal",  100,  "sha256",  -50,  no,  no},
    {"the old hash fell after the renewal",         100,  "sha256",  50,   no,  yes},
    {"the new hash fell after the renewal",         100,  "sha512",  50,   yes, no},
    {"the old TSA had fallen before the renewal",   100,  "tsa",     -50,  no,  no},
    {"the old TSA fell after the renewal",          100,  "tsa",     50,   yes, yes},
};
// clang-format on

class RenewalMoments : public EvidenceTest {
 protected:
  RenewalMoments() {
    config.tracks.pop_back();
    lives_by = &manual;
    open();
    identifier = deposit(record("a", "a document"))->record;
    EXPECT_TRUE(seal_all());
    tsa = first_signer();
    manual.set(renewed);
    // Of its own certificates the new authority takes another hash function than those that fall.
    const AuthorityForm form{.digest = DigestAlgorithm::sha384};
    EXPECT_TRUE(roll_over_tsa(*archive, "local", form, true, "tester"));
  }

  // The SHA-256 of the certificate that signed the first time-stamp.
  std::string first_signer() {
    const auto first = reports(identifier).front().chains.front().front();
    return hash(DigestAlgorithm::sha256, first->facts().signer->octets()).hex();
  }
  void expect_table(Verdict Moment::*column, const char* when) {
    for (const Moment& row : moments) {
      judged_otherwise = [&](verifier::JudgeOptions& options) {
        options.at = renewed + std::int64_t{86400} * row.at_days;
        options.at_chosen = true;
        verifier::Assumptions assumptions;
        const Time from = renewed + std::int64_t{86400} * row.broken_days;
        const std::string what = std::string(row.broken) == "tsa" ? "tsa=" + tsa : row.broken;
        if (!what.empty()) {
          ASSERT_TRUE(verifier::read_assumptions(what, from, assumptions));
        }
        verifier::assume(assumptions, options);
      };
      const verifier::EvidenceReport judged = reports(identifier).front();
      const verifier::Finding* why = judged.report.decisive();
      EXPECT_EQ(judged.report.verdict(), row.*column)
          << when << ": " << row.name << ": " << (why ? verifier::in_english(why->what) : "");
    }
    judged_otherwise = nullptr;
  }

  const Time sealed = clock.now();
  const Time renewed = sealed + std::int64_t{86400} * 400;
  ManualClock manual{sealed};
  std::string identifier;
  std::string tsa;
};

TEST_F(RenewalMoments, OfATimeStampRenewal) {
  expect_renewed(renew_as(time_stamps()), 1);
  expect_table(&Moment::time_stamp, "time-stamp renewal");
}

TEST_F(RenewalMoments, OfAHashTreeRenewal) {
  expect_renewed(renew_as(hash_tree(DigestAlgorithm::sha512)), 1);
  expect_table(&Moment::hash_tree, "hash-tree renewal");
}

TEST_F(RenewalMoments, OfAHashTreeRenewalFromDigestsBeforeItIsConfirmedAndAfter) {
  expect_renewed(renew_as(hash_tree(DigestAlgorithm::sha512, true)), 1);
  EXPECT_EQ(*unconfirmed_renewals(*archive), 1u);
  expect_table(&Moment::hash_tree, "before it is confirmed");
  manual.set(renewed + 86400);
  ASSERT_TRUE(confirm_renewals(*archive, {.actor = "tester", .threads = 2, .progress = {}}));
  EXPECT_EQ(*unconfirmed_renewals(*archive), 0u);
  expect_table(&Moment::hash_tree, "after it was confirmed");
}

// The clock was set back: a renewal from the future is wrong, and is not renewed in silence.
TEST_F(RenewalMoments, NothingIsRenewedOverATimeStampFromTheFuture) {
  expect_renewed(renew_as(time_stamps()), 1);
  manual.set(sealed + 86400);
  const auto back = renew_as(time_stamps());
  expect_renewed(back, 0);
  EXPECT_EQ(back->not_renewed, 1u);
  EXPECT_EQ(back->warnings.size(), 1u);
  manual.set(renewed + 86400);
  const auto right = renew_as(time_stamps());
  expect_renewed(right, 1);
  EXPECT_EQ(right->not_renewed, 0u);
  expect_passes(identifier, 1);
}

}  // namespace
}  // namespace perdura::archive
