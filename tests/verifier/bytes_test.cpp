// Octets and text: what is UTF-8, how octets are ordered, what a terminal may be shown.
#include "verifier/bytes.hpp"

#include <gtest/gtest.h>

#include "verifier/printable.hpp"

namespace perdura::verifier {
namespace {

struct Utf8Case {
  const char* name;
  std::string_view octets;
  bool utf8;
};

const Utf8Case utf8_cases[] = {
    // clang-format off
    {"ascii",                     "a",                true},
    {"two_octets",                "\xC2\x80",         true},
    {"last_of_two_octets",        "\xDF\xBF",         true},
    {"first_of_three_octets",     "\xE0\xA0\x80",     true},
    {"before_the_surrogates",     "\xED\x9F\xBF",     true},
    {"behind_the_surrogates",     "\xEE\x80\x80",     true},
    {"first_of_four_octets",      "\xF0\x90\x80\x80", true},
    {"last_of_all",               "\xF4\x8F\xBF\xBF", true},
    {"tail_alone",                "\x80",             false},
    {"a_in_two_octets",           "\xC1\xA1",         false},
    {"two_octets_cut_short",      "\xC2",             false},
    {"two_octets_without_a_tail", "\xC2z",            false},
    {"two_octets_in_three",       "\xE0\x9F\xBF",     false},
    {"surrogate",                 "\xED\xA0\x80",     false},
    {"three_octets_cut_short",    "\xE2\x82",         false},
    {"three_octets_no_second",    "\xE2z\xAC",        false},
    {"three_octets_in_four",      "\xF0\x8F\xBF\xBF", false},
    {"beyond_unicode",            "\xF4\x90\x80\x80", false},
    {"four_octets_no_second",     "\xF1z\x80\x80",    false},
    {"four_octets_no_third",      "\xF1\x80z\x80",    false},
    {"four_octets_no_fourth",     "\xF1\x80\x80z",    false},
    {"lead_of_five_octets",       "\xF8\x88\x80\x80", false},
    // clang-format on
};
class Utf8 : public testing::TestWithParam<Utf8Case> {};
TEST_P(Utf8, IsWhatTheStandardSays) {
  EXPECT_EQ(is_utf8(GetParam().octets), GetParam().utf8);
  EXPECT_EQ(is_utf8("x" + std::string(GetParam().octets) + "y"), GetParam().utf8);
}
INSTANTIATE_TEST_SUITE_P(, Utf8, testing::ValuesIn(utf8_cases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Octets, AreOrderedAsNumbersAndTheShorterFirst) {
  const auto order = [](std::string_view a, std::string_view b) {
    return compare(as_bytes(a), as_bytes(b));
  };
  EXPECT_EQ(order("", ""), 0);
  EXPECT_EQ(order("a", "a"), 0);
  EXPECT_LT(order("", "a"), 0);
  EXPECT_GT(order("ab", "a"), 0);
  EXPECT_LT(order("a", "ab"), 0);
  EXPECT_GT(order("\xFF", "a"), 0);
}

TEST(Printable, ShowsWhatCantBeSeen) {
  EXPECT_EQ(printable("plain \u00e4 \u65e5"), "plain \u00e4 \u65e5");
  for (const char* hidden : {"\n", "\x1B", "\x7F", "\u0085", "\u00AD", "\u061C", "\u200B", "\u200F",
                             "\u2028", "\u202E", "\u2060", "\u206F", "\uFEFF", "\xFF", "\xC2"}) {
    EXPECT_EQ(printable("a" + std::string(hidden) + "b").find(hidden), std::string::npos);
  }
}

}  // namespace
}  // namespace perdura::verifier
