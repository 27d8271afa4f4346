// Whether the clock can be right, by the times that the archive holds: what is deposited, sealed
// and renewed states the clock's time for ever.
//
// A clock that is far ahead is the worst: evidence that a local authority renewed under it fails
// until that time has come. One that is behind may be right, if it was wrong before. An archive
// that nobody touches holds no new times, so those who change it note that they were there.
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>

#include "archive/archive.hpp"

namespace perdura::archive {

// How far the clock may be before the latest time in the archive, and after it, in seconds.
constexpr std::int64_t clock_behind_max_s = 300;
constexpr std::int64_t clock_ahead_max_s = std::int64_t{90} * 86400;
constexpr std::int64_t clock_far_ahead_s = std::int64_t{3653} * 86400;

// What is odd about the Clock's time.
struct ClockDoubt {
  std::string what;        // a sentence with both times
  bool far_ahead = false;  // so that nothing should be done before somebody has looked
};

// Holds the Clock's time against the latest in the archive: that of the journal's last entry, of a
// time-stamp of the last batch, or noted. Nothing when they are not far from each other, or the
// archive holds none. Errors: malformed, io.
Result<std::optional<ClockDoubt>> clock_doubt(const Archive& archive);

// Notes the Clock's time as the latest, once in a day; not durable before the next commit is.
// Errors: malformed, io.
Result<Ok> note_clock(const Archive& archive);

}  // namespace perdura::archive
