// SIGINT, SIGTERM and SIGHUP while something half made lies on the disk, in the clear perhaps: what
// is under way ends by itself and takes it away, and only then does the signal end the process.
//
// Lifetime: at most one at a time. Thread safety: came() from any thread.
#pragma once

#include <signal.h>

#include <array>

namespace perdura::tools {

// While it lives the signals set a flag. When it goes and one came, the process ends by that one.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Whether one of the signals came.
  static bool came();

 private:
  static constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace perdura::tools
