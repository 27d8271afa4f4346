// Points in time: whole UTC seconds since 1970, and their written forms. Nothing here asks "now".
//
// Thread safety: plain values and pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace perdura::verifier {

// A day: leap seconds are not counted.
inline constexpr std::int64_t day_s = 86'400;

// UTC seconds since 1970-01-01T00:00:00Z, leap seconds not counted. Valid from year 0000 to 9999.
struct Time {
  std::int64_t seconds = 0;

  friend auto operator<=>(const Time&, const Time&) = default;
  friend Time operator+(Time t, std::int64_t more_seconds) { return {t.seconds + more_seconds}; }
  friend std::int64_t operator-(Time a, Time b) { return a.seconds - b.seconds; }
};

// RFC 3339 in UTC: "2041-06-01T00:00:00Z".
std::string to_string(Time time);

// Reads RFC 3339 (any offset; fractions are cut off) or a bare date "2041-06-01", meaning its first
// second in UTC. Nothing when it is neither or the date does not exist.
std::optional<Time> parse_time(std::string_view text);

// The time at which a calendar field combination falls; nothing when it does not exist (month 13,
// 30 February, hour 24). Second 60 is taken as the first of the next minute.
std::optional<Time> time_from_utc(int year, int month, int day, int hour, int minute, int second);

// X.680 GeneralizedTime as DER and RFC 3161 write it: YYYYMMDDhhmmss[.f...]Z, no trailing zero in
// the fraction. The fraction is cut off. Nothing when it is anything else.
std::optional<Time> parse_generalized_time(std::string_view text);

// X.680 UTCTime as RFC 5280 section 4.1.2.5.1 writes it: YYMMDDhhmmssZ, years 1950 to 2049.
std::optional<Time> parse_utc_time(std::string_view text);

}  // namespace perdura::verifier
