// Times: which texts are one, and which moment they mean.
#include "verifier/time.hpp"

#include <gtest/gtest.h>

namespace perdura::verifier {
namespace {

struct Written {
  const char* name;
  std::optional<Time> (*read)(std::string_view);
  const char* text;
  const char* means;  // "" when it is none
};

const Written written[] = {
    // clang-format off
    {"utc",                       parse_time, "2041-06-01T12:30:15Z",          "2041-06-01T12:30:15Z"},
    {"small_letters",             parse_time, "2041-06-01t12:30:15z",          "2041-06-01T12:30:15Z"},
    {"date_alone",                parse_time, "2041-06-01",                    "2041-06-01T00:00:00Z"},
    {"west_of_utc",               parse_time, "2041-06-01T23:30:15-01:30",     "2041-06-02T01:00:15Z"},
    {"east_of_utc",               parse_time, "2041-06-01T00:30:15+09:00",     "2041-05-31T15:30:15Z"},
    {"fraction",                  parse_time, "2041-06-01T12:30:15.0999Z",     "2041-06-01T12:30:15Z"},
    {"leap_second",               parse_time, "2016-12-31T23:59:60Z",          "2017-01-01T00:00:00Z"},
    {"leap_day",                  parse_time, "2000-02-29",                    "2000-02-29T00:00:00Z"},
    {"first",                     parse_time, "0000-01-01T00:00:00Z",          "0000-01-01T00:00:00Z"},
    {"last",                      parse_time, "9999-12-31T23:59:59Z",          "9999-12-31T23:59:59Z"},
    {"empty",                     parse_time, "",                              ""},
    {"year_of_two_digits",        parse_time, "41-06-01",                      ""},
    {"no_month",                  parse_time, "2041",                          ""},
    {"month_0",                   parse_time, "2041-00-01",                    ""},
    {"month_13",                  parse_time, "2041-13-01",                    ""},
    {"day_0",                     parse_time, "2041-01-00",                    ""},
    {"february_29_of_1900",       parse_time, "1900-02-29",                    ""},
    {"hour_24",                   parse_time, "2041-06-01T24:00:00Z",          ""},
    {"minute_60",                 parse_time, "2041-06-01T12:60:00Z",          ""},
    {"second_61",                 parse_time, "2041-06-01T12:30:61Z",          ""},
    {"space_for_t",               parse_time, "2041-06-01 12:30:15Z",          ""},
    {"no_zone",                   parse_time, "2041-06-01T12:30:15",           ""},
    {"no_seconds",                parse_time, "2041-06-01T12:30Z",             ""},
    {"point_without_digits",      parse_time, "2041-06-01T12:30:15.Z",         ""},
    {"offset_of_24_hours",        parse_time, "2041-06-01T12:30:15+24:00",     ""},
    {"offset_of_60_minutes",      parse_time, "2041-06-01T12:30:15+01:60",     ""},
    {"offset_without_colon",      parse_time, "2041-06-01T12:30:15+0130",      ""},
    {"something_behind",          parse_time, "2041-06-01T12:30:15Z ",         ""},
    {"minus_in_a_field",          parse_time, "2041--6-01",                    ""},
    {"generalized",               parse_generalized_time, "20410601123015Z",   "2041-06-01T12:30:15Z"},
    {"generalized_fraction",      parse_generalized_time, "20410601123015.25Z", "2041-06-01T12:30:15Z"},
    {"fraction_ends_in_0",        parse_generalized_time, "20410601123015.250Z", ""},
    {"fraction_of_nothing",       parse_generalized_time, "20410601123015.Z",  ""},
    {"generalized_with_an_offset", parse_generalized_time, "20410601123015+0100", ""},
    {"generalized_cut_short",     parse_generalized_time, "2041060112301",     ""},
    {"generalized_without_zone",  parse_generalized_time, "20410601123015",    ""},
    {"utc_time_of_1950",          parse_utc_time, "500601123015Z",             "1950-06-01T12:30:15Z"},
    {"utc_time_of_2049",          parse_utc_time, "490601123015Z",             "2049-06-01T12:30:15Z"},
    {"utc_time_without_seconds",  parse_utc_time, "4906011230Z",               ""},
    {"utc_time_with_an_offset",   parse_utc_time, "490601123015+0000",         ""},
    // clang-format on
};

class WrittenTime : public testing::TestWithParam<Written> {};

TEST_P(WrittenTime, MeansOneMomentOrNone) {
  const auto time = GetParam().read(GetParam().text);
  EXPECT_EQ(time ? to_string(*time) : "", GetParam().means);
}
INSTANTIATE_TEST_SUITE_P(, WrittenTime, testing::ValuesIn(written),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TimeFromUtc, RefusesFieldsThatNoTimeHas) {
  EXPECT_TRUE(time_from_utc(2041, 6, 1, 0, 0, 0));
  for (const int field : {0, 1, 2, 3, 4, 5}) {
    int of[] = {2041, 6, 1, 0, 0, 0};
    of[field] = -1;
    EXPECT_FALSE(time_from_utc(of[0], of[1], of[2], of[3], of[4], of[5])) << field;
  }
  EXPECT_FALSE(time_from_utc(10'000, 6, 1, 0, 0, 0));
}

TEST(TimeToString, HasAnyYearThatSecondsCanMean) {
  EXPECT_EQ(to_string(*parse_time("9999-12-31T23:59:59Z") + 1), "10000-01-01T00:00:00Z");
  EXPECT_EQ(to_string(*parse_time("0000-01-01") + -1), "-1-12-31T23:59:59Z");
}

}  // namespace
}  // namespace perdura::verifier
