// How far judging is, on one line of a terminal that is written over. Thread safety: one thread.
#pragma once

#include <chrono>

#include "verifier/verify_package.hpp"

namespace perdura::tools::verify {

// Shows itself at most five times a second, and only on a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  // Shows how far it is, in place of what it showed before.
  void show(const verifier::PackageProgress& progress);
  // Makes room for a line of the report.
  void clear();

 private:
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace perdura::tools::verify
