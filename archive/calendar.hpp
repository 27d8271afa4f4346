// Steps of the calendar in UTC.
//
// Thread safety: pure functions.
#pragma once

#include "verifier/time.hpp"

namespace perdura::archive {

// The same day and hour so many months on (or back); the last of the month where there is no such
// day.
verifier::Time plus_months(verifier::Time time, int months);

// The year that it lies in.
int year_of(verifier::Time time);

}  // namespace perdura::archive
