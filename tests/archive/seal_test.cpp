#include "archive/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/archive/evidence_fixture.hpp"
#include "tests/archive/tsa_test_server.hpp"

namespace perdura::archive {
namespace {

using verifier::Verdict;
using Fault = MemoryStore::Fault;
using Call = MemoryStore::Call;

// A TSA that can be told not to answer.
class FickleTsa final : public TsaClient {
 public:
  FickleTsa(std::unique_ptr<TsaClient> behind, const bool& answers)
      : behind_(std::move(behind)), answers_(answers) {}
  std::string name() const override { return "fickle"; }
  bool self_asserted() const override { return true; }
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint, std::stop_token) override {
    if (!answers_) return Error{Errc::unavailable, "it does not answer", "TSA 'fickle'", ""};
    return behind_->stamp(algorithm, imprint);
  }
  FreshStatus fresh_status(ByteView token) override { return behind_->fresh_status(token); }

 private:
  std::unique_ptr<TsaClient> behind_;
  const bool& answers_;
};

class Seal : public EvidenceTest {
 protected:
  TsaClients tsas(const bool& first_answers, const bool& second_answers) {
    auto clients = open_tsas(*archive);
    EXPECT_TRUE(clients);
    TsaClients fickle;
    fickle.push_back(std::make_unique<FickleTsa>(std::move((*clients)[0]), first_answers));
    fickle.push_back(std::make_unique<FickleTsa>(std::move((*clients)[1]), second_answers));
    return fickle;
  }
};

TEST_F(Seal, GivesEveryRecordEvidenceThatTheVerifierAccepts) {
  std::vector<std::string> records;
  for (const int count : {1, 2, 5, 30}) {
    std::vector<RecordInput> inputs;
    for (int i = 0; i < count; ++i) {
      inputs.push_back(record("a", std::to_string(count) + "/" + std::to_string(i)));
    }
    for (const auto& receipt : deposit(std::move(inputs))) records.push_back(receipt->record);
    const auto sealed = seal_all();
    ASSERT_TRUE(sealed) << to_string(sealed.error());
    ASSERT_EQ(sealed->batches.size(), 1u);
    EXPECT_EQ(sealed->batches[0].records, static_cast<std::uint64_t>(count));
  }
  open();
  for (const std::string& identifier : records) {
    EXPECT_EQ(verdicts(identifier), (std::vector<Verdict>{Verdict::passed, Verdict::passed}));
  }
  expect_all_well("after four seals");
}

TEST_F(Seal, HasNothingToDoWhenNothingIsPending) {
  const auto empty = seal_all();
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->batches.empty());
  ASSERT_TRUE(deposit(record("a", "one")));
  EXPECT_EQ(seal_all()->batches.size(), 1u);
  EXPECT_TRUE(seal_all()->batches.empty());
}

TEST_F(Seal, LeavesRecordsUnsealedWhileNoTsaAnswersAndSealsThemLater) {
  const auto receipt = deposit(record("a", "one"));
  bool answers = false;
  TsaClients clients = tsas(answers, answers);
  const auto refused = seal(*archive, clients, {.actor = "tester", .progress = nullptr});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(archive->journal().head().sealed_records, 0u);
  answers = true;
  EXPECT_TRUE(seal(*archive, clients, {.actor = "tester", .progress = nullptr}));
  EXPECT_EQ(verdicts(receipt->record).size(), 2u);
}

TEST_F(Seal, SaysThatTooFewAuthoritiesAreActive) {
  ASSERT_TRUE(deposit(record("a", "one")));
  for (Track& track : config.tracks) track.state = TrackState::retired;
  open();
  const auto refused = seal_all();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_THAT(refused.error().what, testing::HasSubstr("fewer are active"));
  EXPECT_THAT(refused.error().hint, testing::HasSubstr("tsa add"));
}

TEST_F(Seal, MakesUpForATokenThatWasOwed) {
  const auto receipt = deposit(record("a", "one"));
  const bool first = true;
  bool second = false;
  TsaClients clients = tsas(first, second);
  const SealOptions options{.actor = "tester", .progress = nullptr};
  const auto sealed = seal(*archive, clients, options);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->warnings.size(), 1u);
  EXPECT_EQ(verdicts(receipt->record).size(), 1u);
  second = true;
  const auto completed = seal(*archive, clients, options);
  ASSERT_TRUE(completed);
  EXPECT_EQ(completed->completed, std::vector<std::uint64_t>{0});
  EXPECT_EQ(verdicts(receipt->record), (std::vector<Verdict>{Verdict::passed, Verdict::passed}));
  expect_all_well("after the owed token came");
}

TEST_F(Seal, IsNotHeldUpByAnAuthorityThatDripsAndMakesUpForIt) {
  const tests::TsaTestServer drips(folder / "drips", 0, tests::Behaviour::drip, clock);
  TsaClients clients = with_first_at(drips.url(), 30'000);
  const auto receipt = deposit(record("a", "one"));
  SealOptions options{.actor = "tester", .progress = nullptr};
  options.grace = std::chrono::milliseconds(300);
  const auto begin = std::chrono::steady_clock::now();
  const auto sealed = seal(*archive, clients, options);
  ASSERT_TRUE(sealed) << to_string(sealed.error());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  ASSERT_EQ(sealed->warnings.size(), 1u);
  EXPECT_NE(sealed->warnings[0].find("no longer waited for"), std::string::npos);
  EXPECT_EQ(verdicts(receipt->record), std::vector<Verdict>{Verdict::passed});
  const auto made_up = seal_all();
  ASSERT_TRUE(made_up);
  EXPECT_EQ(made_up->completed, std::vector<std::uint64_t>{0});
  EXPECT_EQ(verdicts(receipt->record), (std::vector<Verdict>{Verdict::passed, Verdict::passed}));
}

TEST_F(Seal, WaitsForWhoIsSlowWhereTheQuorumNeedsIt) {
  config.quorum = 2;
  open();
  const tests::TsaTestServer drips(folder / "drips", 0, tests::Behaviour::drip, clock);
  TsaClients clients = with_first_at(drips.url(), 1500);
  ASSERT_TRUE(deposit(record("a", "one")));
  SealOptions options{.actor = "tester", .progress = nullptr};
  options.grace = std::chrono::milliseconds(100);
  const auto refused = seal(*archive, clients, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what,
            "the records were not sealed: no answer within 1500 ms while reading the answer");
  EXPECT_TRUE(seal_all());
}

TEST_F(Seal, RefusesATokenOverAnotherRoot) {
  class LyingTsa final : public TsaClient {
   public:
    explicit LyingTsa(std::unique_ptr<TsaClient> behind) : behind_(std::move(behind)) {}
    std::string name() const override { return "liar"; }
    bool self_asserted() const override { return true; }
    Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest&, std::stop_token) override {
      return behind_->stamp(algorithm, verifier::hash(algorithm, {}));
    }
    FreshStatus fresh_status(ByteView token) override { return behind_->fresh_status(token); }

   private:
    std::unique_ptr<TsaClient> behind_;
  };
  ASSERT_TRUE(deposit(record("a", "one")));
  auto honest = open_tsas(*archive);
  TsaClients liars;
  for (auto& client : *honest) liars.push_back(std::make_unique<LyingTsa>(std::move(client)));
  const auto refused = seal(*archive, liars, {.actor = "tester", .progress = nullptr});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("refused"), std::string::npos);
}

TEST_F(Seal, FinishesASealThatDiedAndThenSealsWhatCameSince) {
  const auto first = deposit(record("a", "one"));
  store.inject(Call::commit, 2, Fault::not_done);  // the intent is kept, the batch is not
  ASSERT_FALSE(seal_all());
  open();
  const auto second = deposit(record("b", "two"));
  const auto sealed = seal_all();
  ASSERT_TRUE(sealed);
  ASSERT_EQ(sealed->batches.size(), 2u);
  EXPECT_EQ(sealed->batches[0].records, 1u);
  EXPECT_EQ(sealed->batches[1].records, 1u);
  EXPECT_EQ(verdicts(first->record).size(), 2u);
  EXPECT_EQ(verdicts(second->record).size(), 2u);
}

class SealFault : public Seal, public testing::WithParamInterface<unsigned> {};

TEST_P(SealFault, CanBeRunAgainAfterAnyCallFailed) {
  for (const Call call : {Call::put, Call::commit, Call::get, Call::scan}) {
    for (const Fault fault : {Fault::not_done, Fault::done, Fault::partly}) {
      const auto receipt = deposit(record("a", "fault " + std::to_string(static_cast<int>(call)) +
                                                   std::to_string(static_cast<int>(fault))));
      ASSERT_TRUE(receipt);
      store.inject(call, GetParam(), fault);
      if (auto sealed = seal_all(); !sealed) {
        EXPECT_EQ(sealed.error().code, Errc::io);
      }
      store.power_cut();
      open();
      const auto again = seal_all();
      ASSERT_TRUE(again) << to_string(again.error());
      EXPECT_EQ(verdicts(receipt->record),
                (std::vector<Verdict>{Verdict::passed, Verdict::passed}));
    }
  }
  expect_all_well("after all faults");
}

INSTANTIATE_TEST_SUITE_P(, SealFault, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace perdura::archive
