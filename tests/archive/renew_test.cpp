#include "archive/renew.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "archive/confirm.hpp"
#include "archive/policy_in_use.hpp"
#include "tests/archive/evidence_fixture.hpp"
#include "tests/archive/outside_world.hpp"
#include "tests/archive/tsa_test_server.hpp"

namespace perdura::archive {
namespace {

using Fault = MemoryStore::Fault;
using Call = MemoryStore::Call;
using verifier::Verdict;
using Shape = std::pair<std::size_t, std::size_t>;

class Renew : public EvidenceTest {
 protected:
  static constexpr std::int64_t day_s = 86400;
  // Alters the record's first document where it is stored, or brings it back.
  void flip_bit_of(const std::string& identifier) {
    const auto index = find_record(*archive, identifier);
    const auto row = deposit_row(archive->journal(), *index);
    const ContentLocation& at = *row->documents[0].location;
    store.flip_bit(at.object, at.offset + at.stored_length - 1, 3);
  }
  static RenewalWish rejoining() {
    RenewalWish wish;
    wish.rejoin = true;
    return wish;
  }
  // How many archive timestamps the record's evidence has on each track.
  std::vector<std::size_t> stamps_of(const std::string& identifier) {
    std::vector<std::size_t> all;
    for (const auto& one : reports(identifier)) {
      std::size_t stamps = 0;
      for (const auto& chain : one.chains) stamps += chain.size();
      all.push_back(stamps);
    }
    return all;
  }
  // Two batches, the second of so many records; the identifiers of some of them.
  std::vector<std::string> two_batches(int second = 260) {
    std::vector<std::string> records;
    for (const char* content : {"one", "two", "three"}) {
      records.push_back(deposit(record("a", content))->record);
    }
    EXPECT_TRUE(seal_all());
    for (int i = 0; i < second; ++i) {
      auto receipt = deposit(record("b", "more " + std::to_string(i)));
      if (i % 130 == 0) records.push_back(receipt->record);
    }
    EXPECT_TRUE(seal_all());
    return records;
  }
};

TEST_F(Renew, FindsNothingDueInFreshEvidence) {
  two_batches();
  expect_renewed(renew_as({}), 0);
}

TEST_F(Renew, CoversAllBatchesOfATrackWithOneTimeStamp) {
  const auto records = two_batches();
  expect_renewed(renew_as(time_stamps()), 2);  // one a track
  for (const std::string& one : records) {
    EXPECT_EQ(shape(one, "local"), (Shape{2, 1}));
    expect_passes(one, 2);
  }
  expect_all_well("after a time-stamp renewal");
}

TEST_F(Renew, RenewsHashTreesOverTheDocumentsThemselves) {
  const auto records = two_batches();
  expect_renewed(renew_as(hash_tree(DigestAlgorithm::sha384)), 2);
  for (const std::string& one : records) {
    EXPECT_EQ(shape(one, "other"), (Shape{2, 2}));
    expect_passes(one, 2);
  }
  expect_all_well("after a hash-tree renewal");
}

TEST_F(Renew, KeepsPassingThroughManyRenewalsOfBothKinds) {
  const auto records = two_batches();
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::sha512, DigestAlgorithm::sha3_256, DigestAlgorithm::sha3_512}) {
    expect_renewed(renew_as(time_stamps()), 2);
    expect_renewed(renew_as(time_stamps()), 2);
    expect_renewed(renew_as(hash_tree(algorithm)), 2);
  }
  expect_renewed(renew_as(time_stamps()), 2);
  const auto late = deposit(record("late", "sealed under the newest hash function"));
  ASSERT_TRUE(seal_all());
  expect_renewed(renew_as(time_stamps()), 2);
  for (const std::string& one : records) {
    EXPECT_EQ(shape(one, "local"), (Shape{12, 4}));
    expect_passes(one, 2);
  }
  expect_passes(late->record, 2);
  expect_all_well("after many renewals");
}

TEST_F(Renew, TakesDocumentsByTheDigestsThatStatementsFix) {
  const auto records = two_batches();
  const auto read_before = store.calls(Call::read);
  RenewalWish wish = hash_tree(DigestAlgorithm::sha512, true);
  wish.track = "local";
  expect_renewed(renew_as(wish), 1);
  // Statements are read, one a record, and pages of the renewal; documents are not.
  EXPECT_LT(store.calls(Call::read) - read_before, 263u * 2);
  for (const std::string& one : records) expect_passes(one, 2);
  expect_all_well("after a renewal from digests");
}

TEST_F(Renew, ConfirmsARenewalFromDigestsByReadingTheDocuments) {
  const auto records = two_batches();
  const auto row = deposit_row(archive->journal(), *find_record(*archive, records[1]));
  const ContentLocation& at = *row->documents[0].location;
  store.flip_bit(at.object, at.offset + at.stored_length - 1, 3);
  expect_renewed(renew_as(hash_tree(DigestAlgorithm::sha512, true)), 2);
  ConfirmOptions options;
  options.actor = "tester";
  const auto altered = confirm_renewals(*archive, options);
  ASSERT_TRUE(altered) << to_string(altered.error());
  ASSERT_EQ(altered->altered.size(), 2u);  // one a track
  EXPECT_EQ(altered->altered[0].record, records[1]);
  EXPECT_EQ(*unconfirmed_renewals(*archive), 2u);
  store.flip_bit(at.object, at.offset + at.stored_length - 1, 3);  // brought back
  EXPECT_TRUE(confirm_renewals(*archive, options)->altered.empty());
  EXPECT_EQ(*unconfirmed_renewals(*archive), 0u);
  EXPECT_EQ(confirm_renewals(*archive, options)->records, 0u);
  for (const std::string& one : records) expect_passes(one, 2);
}

// Another track has SHA-512 already, and no statement fixes SHA3-256 digests: better the same
// function twice than to read every document.
TEST_F(Renew, TakesAFunctionThatStatementsFixWhenItMayNotRead) {
  const auto records = two_batches(2);
  RenewalWish wish = hash_tree(DigestAlgorithm::sha512, true);
  wish.algorithm.reset();
  wish.track = "local";
  const auto result = renew_as(wish);
  expect_renewed(result, 1);
  EXPECT_EQ(result->outcomes.at(0).planned.algorithm, DigestAlgorithm::sha512);
  EXPECT_TRUE(result->warnings.empty());
  wish.algorithm = DigestAlgorithm::sha3_256;
  const auto read = renew_as(wish);
  expect_renewed(read, 1);
  ASSERT_EQ(read->warnings.size(), 1u);
  EXPECT_NE(read->warnings[0].find("documents are read all the same"), std::string::npos);
  for (const std::string& one : records) expect_passes(one, 2);
}

TEST_F(Renew, LeavesSha2FromDigestsWhereStatementsFixSha3) {
  config.sha3_256 = true;
  open();
  const auto records = two_batches();
  const auto read_before = store.calls(Call::read);
  RenewalWish wish = hash_tree(DigestAlgorithm::sha3_256, true);
  wish.track = "other";
  expect_renewed(renew_as(wish), 1);
  EXPECT_LT(store.calls(Call::read) - read_before, 263u * 2);
  for (const std::string& one : records) expect_passes(one, 2);
  expect_all_well("after leaving SHA-2");
}

TEST_F(Renew, SetsARecordAsideThatNoLongerIsWhatTheEvidenceSays) {
  const auto records = two_batches();
  flip_bit_of(records[1]);
  const auto result = renew_as(hash_tree(DigestAlgorithm::sha512));
  ASSERT_TRUE(result);
  for (const RenewalOutcome& outcome : result->outcomes) {
    EXPECT_FALSE(outcome.error);
    ASSERT_EQ(outcome.set_aside.size(), 1u);
    EXPECT_EQ(outcome.set_aside[0].record, records[1]);
    EXPECT_FALSE(outcome.set_aside[0].why.empty());
  }
  for (const std::string& one : records) {
    if (one != records[1]) expect_passes(one, 2);
  }
  flip_bit_of(records[1]);       // brought back
  expect_passes(records[1], 2);  // its evidence from before still stands
  ASSERT_EQ(problems().size(), 2u);
  EXPECT_NE(problems()[0].what.find("renew --rejoin"), std::string::npos) << problems()[0].what;
}

TEST_F(Renew, LetsARecordRejoinThatWasSetAsideAndIsWholeAgain) {
  const auto records = two_batches(2);
  flip_bit_of(records[1]);
  ASSERT_TRUE(renew_as(hash_tree(DigestAlgorithm::sha512)));
  ASSERT_TRUE(renew_as(time_stamps()));
  // Not while it is not whole.
  const auto early = renew_as(rejoining());
  expect_renewed(early, 0);
  EXPECT_EQ(early->stay_set_aside, 2u);  // on two tracks
  ASSERT_EQ(early->warnings.size(), 2u);
  EXPECT_NE(early->warnings[0].find("record " + records[1] + " stays set aside"),
            std::string::npos);
  flip_bit_of(records[1]);
  const auto rejoined = renew_as(rejoining());
  expect_renewed(rejoined, 2);
  EXPECT_EQ(rejoined->stay_set_aside, 0u);
  for (const RenewalOutcome& outcome : rejoined->outcomes) {
    EXPECT_EQ(outcome.set_aside_count, 0u);
    EXPECT_EQ(outcome.planned.why, "1 of its records are whole again");
    EXPECT_EQ(outcome.planned.batches, std::vector<std::uint64_t>{0});
  }
  EXPECT_EQ(stamps_of(records[1]), (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(stamps_of(records[0]), (std::vector<std::size_t>{4, 4}));
  expect_renewed(renew_as(rejoining()), 0);
  expect_renewed(renew_as(time_stamps()), 2);
  expect_renewed(renew_as(hash_tree(DigestAlgorithm::sha3_512)), 2);
  EXPECT_EQ(stamps_of(records[1]), (std::vector<std::size_t>{4, 4}));
  for (const std::string& one : records) expect_passes(one, 2);
  expect_all_well("after it rejoined");
}

TEST_F(Renew, SaysThatARecordCannotRejoinWhoseEvidenceEndedMeanwhile) {
  config.tracks[1].algorithm = DigestAlgorithm::sha3_256;
  open();
  const auto records = two_batches(2);
  flip_bit_of(records[1]);
  ASSERT_TRUE(renew_as(hash_tree(DigestAlgorithm::sha384)));
  flip_bit_of(records[1]);
  std::string policy(
      verifier::as_text(tests::read_octets(PERDURA_SOURCE_DIR "/verifier/policies/default.xml")));
  const std::string endless = "<Validity/>";
  policy.replace(
      policy.find(endless, policy.find("<Name>SHA3-256</Name>")), endless.size(),
      "<Validity><End>" + to_string(clock.now() + day_s).substr(0, 10) + "</End></Validity>");
  ASSERT_TRUE(use_policy(*archive, verifier::as_bytes(policy), "tester"));
  const tests::ShiftedClock later(clock, 3 * day_s);
  lives_by = &later;
  open();
  const auto result = renew_as(rejoining());
  archive.reset();
  expect_renewed(result, 1);
  ASSERT_EQ(result->outcomes.size(), 1u);
  EXPECT_EQ(result->outcomes[0].planned.track, "local");
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_NE(result->warnings[0].find("its evidence from before no longer stands"),
            std::string::npos)
      << result->warnings[0];
}

TEST_F(Renew, MakesUpATrackThatCameLater) {
  config.tracks.pop_back();
  open();
  const auto records = two_batches();
  for (const std::string& one : records) expect_passes(one, 1);
  config.tracks.push_back(
      {.name = "other", .algorithm = DigestAlgorithm::sha512, .url = "", .ca_file = "tsa/ca.pem"});
  open();
  expect_renewed(renew_as({}), 1);
  for (const std::string& one : records) expect_passes(one, 2);
  expect_all_well("after a track was made up");
}

TEST_F(Renew, HasAnotherAuthorityCoverAtOnceWhatARetiredOneStamped) {
  const auto records = two_batches(2);
  config.tracks.back().state = TrackState::retired;
  config.tracks.back().retired = clock.now();
  open();
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // stamps have whole seconds
  const auto result = renew_as({});
  expect_renewed(result, 1);
  EXPECT_EQ(result->outcomes.at(0).planned.why, "the authority that stamped them is retired");
  EXPECT_EQ(shape(records[0], "other"), (std::pair<std::size_t, std::size_t>{2, 1}));
  expect_renewed(renew_as({}), 0);
  for (const std::string& one : records) expect_passes(one, 2);
}

TEST_F(Renew, LeavesFormerEvidenceAloneWhenNoTsaStamps) {
  const auto records = two_batches();
  TsaClients none;
  for (int i = 0; i < 2; ++i) none.push_back(std::make_unique<SilentTsa>());
  RenewOptions options;
  options.actor = "tester";
  options.wish = time_stamps();
  const auto result = renew(*archive, none, options);
  ASSERT_TRUE(result);
  for (const RenewalOutcome& outcome : result->outcomes) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, Errc::unavailable);
  }
  for (const std::string& one : records) expect_passes(one, 2);
}

TEST_F(Renew, LeavesATrackWhoseAuthorityIsSlowForLast) {
  two_batches(2);
  const tests::TsaTestServer drips(folder / "drips", 0, tests::Behaviour::drip, clock);
  TsaClients clients = with_first_at(drips.url(), 1500);
  RenewOptions options;
  options.actor = "tester";
  options.wish = time_stamps();
  options.patience = std::chrono::milliseconds(300);
  const auto result = renew(*archive, clients, options);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->outcomes.size(), 2u);
  EXPECT_EQ(result->outcomes[0].planned.track, "other");
  EXPECT_FALSE(result->outcomes[0].error);
  ASSERT_TRUE(result->outcomes[1].error);
  EXPECT_EQ(result->outcomes[1].error->what, "no answer within 1500 ms while reading the answer");
}

class RenewFault : public Renew, public testing::WithParamInterface<unsigned> {};

TEST_P(RenewFault, CanBeRunAgainAfterAnyCallFailed) {
  const auto records = two_batches(20);
  unsigned round = 0;
  for (const Call call : {Call::put, Call::commit, Call::read}) {
    for (const Fault fault : {Fault::not_done, Fault::done, Fault::partly}) {
      const DigestAlgorithm algorithm =
          ++round % 2 == 0 ? DigestAlgorithm::sha256 : DigestAlgorithm::sha512;
      store.inject(call, GetParam(), fault);
      (void)renew_as(round % 3 == 0 ? time_stamps() : hash_tree(algorithm));
      store.power_cut();
      open();
      for (const std::string& one : records) expect_passes(one, 2);
      expect_all_well("after a fault");
      const auto again = renew_as(hash_tree(algorithm));
      ASSERT_TRUE(again) << to_string(again.error());
      for (const RenewalOutcome& outcome : again->outcomes) {
        EXPECT_FALSE(outcome.error) << to_string(*outcome.error);
        EXPECT_EQ(outcome.set_aside_count, 0u);
      }
      for (const std::string& one : records) expect_passes(one, 2);
    }
  }
  expect_all_well("after all faults");
}

INSTANTIATE_TEST_SUITE_P(, RenewFault, testing::Values(1u, 2u, 3u, 4u, 6u));

}  // namespace
}  // namespace perdura::archive
