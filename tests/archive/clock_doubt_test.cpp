#include "archive/clock_doubt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/archive/archive_fixture.hpp"
#include "tests/archive/tsa_test_server.hpp"

namespace perdura::archive {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::int64_t day_s = 86400;

class ClockDoubt : public ArchiveTest {
 protected:
  // What is odd about a clock that is ahead of the right one; empty: nothing.
  std::string at(std::int64_t ahead_s, bool* far_ahead = nullptr) {
    const tests::ShiftedClock shifted(clock, ahead_s);
    lives_by = &shifted;
    open();
    const auto doubt = clock_doubt(*archive);
    lives_by = &clock;
    open();
    EXPECT_TRUE(doubt) << to_string(doubt.error());
    if (!doubt || !*doubt) return "";
    if (far_ahead != nullptr) *far_ahead = (*doubt)->far_ahead;
    return (*doubt)->what;
  }
};

TEST_F(ClockDoubt, HasNoneInAnArchiveThatHoldsNoTime) {
  EXPECT_EQ(at(0), "");
  EXPECT_EQ(at(-3650 * day_s), "");
}

TEST_F(ClockDoubt, ComesWhenTheClockIsBehindTheLastEntryOrFarAhead) {
  ASSERT_TRUE(deposit(record("a", "one")));
  EXPECT_EQ(at(0), "");
  EXPECT_EQ(at(-clock_behind_max_s + 100), "");
  EXPECT_EQ(at(clock_ahead_max_s - 100), "");
  const std::string then = to_string(clock.now() + -3650 * day_s).substr(0, 10);
  EXPECT_THAT(at(-3650 * day_s), AllOf(HasSubstr("the clock says " + then),
                                       HasSubstr(to_string(clock.now()).substr(0, 10))));
  EXPECT_NE(at(-clock_behind_max_s - 100), "");
  bool far_ahead = true;
  EXPECT_NE(at(clock_ahead_max_s + 100, &far_ahead), "");
  EXPECT_FALSE(far_ahead);
  EXPECT_NE(at(clock_far_ahead_s + 100, &far_ahead), "");
  EXPECT_TRUE(far_ahead);
}

TEST_F(ClockDoubt, ComesByTheLastTimeStampWhereAnEntryIsOlder) {
  ASSERT_TRUE(deposit(record("a", "one")));
  ASSERT_TRUE(seal_all());
  const tests::ShiftedClock wrong(clock, -3650 * day_s);
  lives_by = &wrong;
  open();
  ASSERT_TRUE(deposit(record("b", "two")));
  lives_by = &clock;
  EXPECT_NE(at(-3650 * day_s), "");
  EXPECT_EQ(at(0), "");
}

TEST_F(ClockDoubt, DoesNotComeWhereSomebodyWasThereMeanwhile) {
  ASSERT_TRUE(deposit(record("a", "one")));
  const tests::ShiftedClock later(clock, clock_ahead_max_s - day_s);
  lives_by = &later;
  open();
  ASSERT_TRUE(note_clock(*archive));
  EXPECT_EQ(at(clock_ahead_max_s + 100), "");
  EXPECT_NE(at(2 * clock_ahead_max_s), "");
  EXPECT_NE(at(0), "") << "behind what was noted";
}

}  // namespace
}  // namespace perdura::archive
