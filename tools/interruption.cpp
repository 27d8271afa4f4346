#include "tools/interruption.hpp"

#include <atomic>

namespace perdura::tools {
namespace {

std::atomic<int> signal_that_came = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler may set it");

void take_note(int number) { signal_that_came = number; }

}  // namespace

Interruption::Interruption() {
  signal_that_came = 0;
  struct sigaction noting {};
  noting.sa_handler = take_note;
  noting.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], nullptr, &before_[i]);
    // One that is ignored, as by nohup, stays so.
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &noting, nullptr);
  }
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  if (came()) ::raise(signal_that_came);
}

bool Interruption::came() { return signal_that_came != 0; }

}  // namespace perdura::tools
