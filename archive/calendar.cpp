#include "archive/calendar.hpp"

#include <chrono>

namespace perdura::archive {
namespace {

namespace chrono = std::chrono;

struct Split {
  chrono::year_month_day day;
  std::int64_t rest_s;
};

Split split(verifier::Time time) {
  const chrono::sys_seconds seconds{chrono::seconds(time.seconds)};
  const auto day = chrono::floor<chrono::days>(seconds);
  return {chrono::year_month_day(day), (seconds - day).count()};
}

}  // namespace

verifier::Time plus_months(verifier::Time time, int months) {
  const Split from = split(time);
  chrono::year_month_day day = from.day + chrono::months(months);
  if (!day.ok()) day = day.year() / day.month() / chrono::last;
  const auto seconds = chrono::sys_days(day).time_since_epoch() / chrono::seconds(1);
  return verifier::Time{seconds + from.rest_s};
}

int year_of(verifier::Time time) { return static_cast<int>(split(time).day.year()); }

}  // namespace perdura::archive
