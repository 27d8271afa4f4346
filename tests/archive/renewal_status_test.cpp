// Status information that comes after the time-stamp, as it does from a real authority.
#include "archive/renewal_status.hpp"

#include <gtest/gtest.h>

#include "tests/archive/evidence_fixture.hpp"
#include "tests/archive/outside_world.hpp"
#include "tests/verifier/test_ocsp.hpp"
#include "tests/verifier/test_tsa.hpp"

namespace perdura::archive {
namespace {

using verifier::Verdict;
namespace test = verifier::test;

// Stamps without a revocation list, and has one to give once its CA has published.
class LateAuthority final : public TsaClient {
 public:
  LateAuthority(const test::Authority& authority, const Clock& clock, const bool& published,
                const std::string& revoked_since)
      : authority_(authority),
        clock_(clock),
        published_(published),
        revoked_since_(revoked_since) {}
  std::string name() const override { return "late"; }
  bool self_asserted() const override { return false; }
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint, std::stop_token) override {
    test::TokenSpec spec = authority_.spec(algorithm, imprint, to_string(clock_.now()));
    spec.crls.clear();
    return test::make_token(authority_.tsa, spec);
  }
  FreshStatus fresh_status(ByteView) override {
    FreshStatus status;
    if (!revoked_since_.empty()) {
      status.ocsp_responses.push_back(
          test::make_ocsp(authority_.root, authority_.root, authority_.tsa,
                          {.this_update = to_string(clock_.now()),
                           .next_update = "2059-01-01",
                           .revoked = test::RevokedSpec{.when = revoked_since_, .reason = 1}}));
    } else if (published_) {
      status.crls.push_back(test::make_crl(
          authority_.root,
          {.this_update = to_string(clock_.now() + 60), .next_update = "2059-01-01"}));
    } else {
      status.warnings = {"late: no status list"};
    }
    return status;
  }

 private:
  const test::Authority& authority_;
  const Clock& clock_;
  const bool& published_;
  const std::string& revoked_since_;  // empty: it is not
};

class LateStatus : public EvidenceTest {
 protected:
  LateStatus() {
    tests::write_octets(folder / "late-ca.der", authority.root.certificate);
    config.tracks = {{.name = "late",
                      .algorithm = DigestAlgorithm::sha256,
                      .url = "http://late.example/",
                      .ca_file = "late-ca.der"}};
    open();
  }
  TsaClients late() {
    TsaClients clients;
    clients.push_back(std::make_unique<LateAuthority>(authority, clock, published, revoked_since));
    return clients;
  }
  Bytes token() {
    const auto lineages = Lineages::load(archive->store(), archive->journal());
    return (*lineages)->batches().front().tracks.front().token;
  }
  std::string sealed_record() {
    const std::string id = deposit(record("a", "one"))->record;
    TsaClients clients = late();
    EXPECT_TRUE(seal(*archive, clients, {.actor = "tester", .progress = nullptr}));
    return id;
  }
  // Its warnings.
  std::vector<std::string> renew_with(RenewalWish wish) {
    TsaClients clients = late();
    RenewOptions options;
    options.actor = "tester";
    options.wish = std::move(wish);
    const auto result = renew(*archive, clients, options);
    EXPECT_TRUE(result) << to_string(result.error());
    for (const RenewalOutcome& outcome : result->outcomes) {
      EXPECT_FALSE(outcome.error) << to_string(*outcome.error);
    }
    return result->warnings;
  }

  test::Authority authority;
  bool published = false;
  std::string revoked_since;
};

TEST_F(LateStatus, IsPutIntoAnOpenTokenOnceItIsPublished) {
  const std::string id = sealed_record();
  EXPECT_EQ(verdicts(id), std::vector{Verdict::indeterminate});
  renew_with({});
  EXPECT_EQ(verdicts(id), std::vector{Verdict::indeterminate});
  published = true;
  renew_with({});
  EXPECT_EQ(verdicts(id), std::vector{Verdict::passed});
  const Bytes completed = token();
  renew_with({});  // it lacks nothing any more
  EXPECT_EQ(token(), completed);
}

TEST_F(LateStatus, IsMissedInOneSentenceUntilThen) {
  sealed_record();
  const std::vector<std::string> missed = {
      "it can't be had whether CN=Clock TSA was revoked since it stamped: late: no status list"};
  EXPECT_EQ(renew_with({}), missed);
  EXPECT_EQ(renew_with(time_stamps()), missed);
  published = true;
  EXPECT_EQ(renew_with(time_stamps()), std::vector<std::string>());
}

// Its CA answers by OCSP alone: no list tells of the revocation.
TEST_F(LateStatus, OfARevocationIsHeardByOcspToo) {
  const std::string id = sealed_record();
  revoked_since = verifier::to_string(clock.now() + 1);
  TsaClients clients = late();
  RenewOptions options;
  options.actor = "tester";
  const auto result = renew(*archive, clients, options);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->outcomes.size(), 1u);
  EXPECT_EQ(result->outcomes[0].planned.kind, RenewalKind::initial);
  EXPECT_EQ(result->outcomes[0].planned.why, "a TSA was revoked, so its time-stamps prove nothing");
}

TEST_F(LateStatus, StandsInTheNewestTokenWhenTheOneBeforeIsFrozen) {
  const std::string id = sealed_record();
  const Bytes before = token();
  renew_with(time_stamps());
  EXPECT_EQ(verdicts(id), std::vector{Verdict::indeterminate});
  published = true;
  renew_with(time_stamps());
  EXPECT_EQ(token(), before);  // what a renewal has hashed is never changed
  renew_with({});
  EXPECT_EQ(verdicts(id), std::vector{Verdict::passed});
}

TEST_F(LateStatus, IsLeftOutOfATrackWhoseHashTreeRenewalIsUnderWay) {
  const std::string id = sealed_record();
  published = true;
  TsaClients silent;
  silent.push_back(std::make_unique<SilentTsa>());
  RenewOptions options;
  options.actor = "tester";
  options.wish = hash_tree(DigestAlgorithm::sha512);
  const Bytes before = token();
  ASSERT_TRUE(renew(*archive, silent, options)->outcomes.at(0).error);  // it was begun
  TsaClients clients = late();
  std::vector<std::string> warnings;
  EXPECT_EQ(*complete_open_tokens(*archive, clients, warnings), 0u);
  EXPECT_EQ(token(), before);
  renew_with({});  // goes on
  renew_with({});
  EXPECT_EQ(shape(id, "late"), (std::pair<std::size_t, std::size_t>{2, 2}));
  EXPECT_EQ(verdicts(id), std::vector{Verdict::passed});
}

}  // namespace
}  // namespace perdura::archive
