// The seam to time: everything in the archive that asks "now" asks a Clock.
#pragma once

#include "verifier/time.hpp"

namespace perdura::archive {

using verifier::Time;

// Thread safety: now() from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // The present moment, in whole seconds.
  virtual Time now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  Time now() const override;
};

// A clock that stands still until it is set: for tests and rehearsals.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time now) : now_(now) {}
  Time now() const override { return now_; }
  // Not to be called while another thread asks.
  void set(Time now) { now_ = now; }

 private:
  Time now_;
};

}  // namespace perdura::archive
