#include "archive/rehearsal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "archive/calendar.hpp"
#include "archive/rehearsal_verdict.hpp"
#include "tests/archive/outside_world.hpp"

namespace perdura::archive {
namespace {

class RehearsalTest : public testing::Test {
 protected:
  RehearsalTest() {
    options.start = *verifier::parse_time("2026-01-01");
    options.years = 16;
    options.records = 96;
    options.turn_months = 6;
    options.make = made_up_records(7);
  }

  void let_happen(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const auto event = parse_rehearsal_event(text, 3);
      ASSERT_TRUE(event) << to_string(event.error());
      options.events.push_back(*event);
    }
  }

  // Lives through all years.
  void live() {
    options.folder = folder / ("life" + std::to_string(++lives));
    auto begun = Rehearsal::begin(options);
    ASSERT_TRUE(begun) << to_string(begun.error());
    rehearsal = *std::move(begun);
    for (;;) {
      const auto lived = rehearsal->live_a_year();
      ASSERT_TRUE(lived) << to_string(lived.error());
      if (!*lived) return;
    }
  }
  RehearsedVerdict verdict() {
    auto judged = judge_rehearsal(*rehearsal);
    EXPECT_TRUE(judged) << to_string(judged.error());
    return judged ? *std::move(judged) : RehearsedVerdict{};
  }
  void expect_nothing_lost() {
    if (HasFatalFailure()) return;
    const RehearsedVerdict judged = verdict();
    EXPECT_EQ(judged.records, options.records);
    EXPECT_EQ(judged.package_problem, "");
    for (const RehearsedLoss& loss : judged.losses) {
      ADD_FAILURE() << loss.records << " records: " << loss.why;
    }
  }
  std::size_t renewals(RenewalKind kind) const {
    std::size_t count = 0;
    for (const RehearsedYear& year : rehearsal->years()) {
      count += static_cast<std::size_t>(
          std::ranges::count(year.renewals, kind, &RehearsedRenewal::kind));
    }
    return count;
  }
  // All counts and dates.
  std::string story() const {
    std::string text;
    for (const RehearsedYear& year : rehearsal->years()) {
      text += std::to_string(year.year) + " " + std::to_string(year.deposited) + " " +
              std::to_string(year.seals) + " " + std::to_string(year.tokens) + " " +
              std::to_string(year.evidence_bytes_a_record) + "\n";
      for (const std::string& event : year.events) text += event + "\n";
      for (const RehearsedRenewal& renewal : year.renewals) {
        text += to_string(renewal.when) + " " + renewal.track + " " +
                std::string(name(renewal.kind)) + " " + std::to_string(renewal.batches) + "\n";
      }
    }
    return text;
  }

  tests::TemporaryFolder folder;
  RehearsalOptions options;
  std::unique_ptr<Rehearsal> rehearsal;
  int lives = 0;
};

struct Scenario {
  const char* name;
  unsigned tracks;
  std::vector<std::string> events;
};

class RehearsalOf : public RehearsalTest, public testing::WithParamInterface<Scenario> {};

TEST_P(RehearsalOf, LosesNoRecord) {
  options.tracks = GetParam().tracks;
  let_happen(GetParam().events);
  live();
  expect_nothing_lost();
}

// clang-format off
const Scenario scenarios[] = {
    {"QuietYears",             1, {}},
    {"QuietYearsOnTwoTracks",  2, {}},
    {"AHashFunctionEnding",    1, {"2034 SHA-256 broken"}},
    {"BothHashFunctionsEnding", 2, {"2032 SHA-256 broken", "2036 SHA-512,SHA-384 broken"}},
    {"ASignatureEnding",       1, {"2033 RSA,ECDSA broken"}},
    {"ATsaGone",               2, {"2033-05-17 tsa local2 gone"}},
    {"TheFirstTsaGone",        2, {"2033 tsa local gone"}},
    {"ATsaCompromised",        2, {"2034-02-03 tsa local2 compromised"}},
    {"TwoTsasCompromisedInTurn", 2, {"2031 tsa local compromised", "2036 tsa local2 compromised"}},
    {"AHashBrokenOvernight",   1, {"2034 SHA-256 broken overnight"}},
    {"BothHashesOvernight",    2, {"2032 SHA-256 broken overnight", "2036 SHA-512,SHA-384 broken overnight"}},
    {"ASignatureBrokenOvernight", 2, {"2034 RSA,ECDSA broken overnight"}},
    {"AHashBrokenUnannounced", 2, {"2034 SHA-256 broken unannounced"}},
    {"HashThenTsaUnannounced", 2, {"2031 SHA-256 broken unannounced", "2036 tsa local2 compromised"}},
    {"AllTogether",            2, {"2030 RSA,ECDSA broken", "2032 SHA-256 broken", "2034 tsa local gone",
                                   "2037 tsa local2 compromised", "2039 SHA-512,SHA-384 broken"}},
};
// clang-format on
INSTANTIATE_TEST_SUITE_P(, RehearsalOf, testing::ValuesIn(scenarios),
                         [](const auto& row) { return std::string(row.param.name); });

// The next turn may come when it is too late.
TEST_F(RehearsalTest, LosesNoRecordWhenTurnsAreAYearApart) {
  options.tracks = 1;
  options.turn_months = 12;
  options.years = 14;
  let_happen({"2031 SHA-256 broken", "2037 SHA-512 broken"});
  for (RehearsalEvent& event : options.events) event.known = plus_months(event.when, -24);
  live();
  expect_nothing_lost();
}

TEST_F(RehearsalTest, RenewsWithOneTokenATrack) {
  live();
  EXPECT_GT(renewals(RenewalKind::time_stamp), 2u);
  EXPECT_LT(renewals(RenewalKind::time_stamp), 12u);
  EXPECT_EQ(renewals(RenewalKind::hash_tree), 0u);
}

TEST_F(RehearsalTest, RenewsFromDigestsWhenAHashBreaksOvernight) {
  options.tracks = 1;
  let_happen({"2034 SHA-256 broken overnight"});
  live();
  EXPECT_EQ(renewals(RenewalKind::hash_tree), 1u);
  for (const RehearsedYear& year : rehearsal->years()) {
    for (const RehearsedRenewal& renewal : year.renewals) {
      EXPECT_EQ(renewal.from_digests, renewal.kind == RenewalKind::hash_tree);
    }
  }
}

TEST_F(RehearsalTest, IsTheSameForTheSameSeed) {
  let_happen({"2033 RSA,ECDSA broken", "2035 tsa local gone"});
  live();
  const std::string first = story();
  live();
  EXPECT_EQ(story(), first);
}

TEST_F(RehearsalTest, LosesRecordsWithRenewalOffAndSaysSinceWhen) {
  options.renewing = false;
  let_happen({"2034 SHA-256 broken"});
  live();
  const RehearsedVerdict judged = verdict();
  EXPECT_GT(judged.lost(), options.records / 2);
  EXPECT_GT(judged.passed, 0u);  // what was sealed last still holds
  std::uint64_t counted = 0;
  for (const RehearsedLoss& loss : judged.losses) {
    EXPECT_NE(loss.why, "");
    for (const auto& [year, records] : loss.lost_after) {
      EXPECT_GE(year, 2026);
      EXPECT_LT(year, 2041);
      counted += records;
    }
  }
  EXPECT_EQ(counted, judged.lost());
  EXPECT_EQ(renewals(RenewalKind::time_stamp), 0u);
}

// On one track nothing makes up for what can't be renewed in time: the verifier must say so.
TEST_F(RehearsalTest, LosesWhatAnUnannouncedBreakLeavesNoTimeToRenew) {
  options.tracks = 1;
  let_happen({"2034 RSA,ECDSA broken unannounced"});
  live();
  EXPECT_GT(verdict().lost(), options.records / 3);
}

// PERDURA_REHEARSAL=full: as 'perdura rehearse' does, minutes of processor time.
TEST_F(RehearsalTest, LivesFiftyYearsWithAllThatUsuallyHappens) {
  const char* size = std::getenv("PERDURA_REHEARSAL");
  const bool full = size != nullptr && std::string_view(size) == "full";
  options.years = 50;
  options.records = full ? 10'000 : 400;
  options.turn_months = full ? 3 : 12;
  let_happen(usual_rehearsal_events());
  live();
  expect_nothing_lost();
}

TEST(RehearsalEvents, AreReadAsWritten) {
  const auto event = parse_rehearsal_event("2035 RSA,ECDSA broken", 3);
  ASSERT_TRUE(event);
  EXPECT_EQ(to_string(event->when), "2035-01-01T00:00:00Z");
  EXPECT_EQ(to_string(event->known), "2032-01-01T00:00:00Z");
  EXPECT_EQ(event->algorithms.size(), 2u);
  const auto tsa = parse_rehearsal_event("2044-05-06 tsa local2 gone", 3);
  ASSERT_TRUE(tsa);
  EXPECT_EQ(tsa->tsa, "local2");
  EXPECT_EQ(to_string(tsa->when), "2044-05-06T00:00:00Z");
}

TEST(RehearsalEvents, RefuseWhatTheyDoNotKnow) {
  for (const char* text :
       {"", "2035", "2035 broken", "RSA broken", "2035 XYZ broken", "2035 RSA broken soon",
        "2035 tsa gone", "2035 tsa local asleep", "2035 tsa=x broken", "2035-13-01 RSA broken",
        "2035 RSA broken overnight now", "20350 RSA broken"}) {
    EXPECT_FALSE(parse_rehearsal_event(text, 3)) << text;
  }
}

TEST(RehearsalEvents, AreAboutATsaThatStampsThen) {
  const auto refused = [](const std::vector<std::string>& texts, unsigned tracks) {
    std::vector<RehearsalEvent> events;
    for (const std::string& text : texts) events.push_back(*parse_rehearsal_event(text, 3));
    const auto checked = check_authorities(events, tracks);
    return checked ? std::string() : to_string(checked.error());
  };
  EXPECT_EQ(refused(usual_rehearsal_events(), 2), "");
  EXPECT_EQ(refused({"2040 tsa local2 gone"}, 1),
            "event 'tsa local2 gone': no TSA 'local2' stamps at 2040-01-01");
  EXPECT_NE(refused({"2040 tsa nobody compromised"}, 8), "");
  // Replaced three months later, or at once; each name counts once.
  EXPECT_NE(refused({"2040 tsa local gone", "2040-04-01 tsa local2 gone"}, 1), "");
  EXPECT_EQ(refused({"2040-04-02 tsa local2 gone", "2040 tsa local gone"}, 1), "");
  EXPECT_EQ(refused({"2040 tsa local compromised", "2040-01-02 tsa local2 gone"}, 1), "");
  EXPECT_NE(refused({"2040 tsa local gone", "2041 tsa local gone"}, 2), "");
}

TEST_F(RehearsalTest, RefusesAnEventOfATsaThatNobodyHasBeforeAYearIsLived) {
  let_happen({"2040 tsa local9 gone"});
  options.folder = folder / "none";
  const auto begun = Rehearsal::begin(options);
  ASSERT_FALSE(begun);
  EXPECT_NE(begun.error().what.find("no TSA 'local9'"), std::string::npos) << begun.error().what;
  EXPECT_FALSE(std::filesystem::exists(options.folder / "store"));
}

}  // namespace
}  // namespace perdura::archive
