// What was read last of some files, a window of a MiB at a time, and the window behind it: for
// reading most of them once, in about the order in which they were written.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>

namespace perdura::archive {

// Thread safety: any thread.
class ReadWindows {
 public:
  static constexpr std::size_t window_size = 1u << 20;

  // Fills `into` with what a file holds from `offset` on, a multiple of window_size: how many
  // octets there were, or -1 when it fails. `into` is fit for direct_file.hpp. Called from a thread
  // of the windows' own too, and kept as long as they are.
  using Fill = std::function<ssize_t(std::span<std::uint8_t> into, std::uint64_t offset)>;

  // What `file` holds from `offset` on: fewer octets at its end, or -1 when `fill` fails, with its
  // errno. What is not at hand is had from `fill`, and taken not to change any more.
  ssize_t read(std::uint32_t file, std::uint64_t offset, std::span<std::uint8_t> to,
               const Fill& fill);

 private:
  struct Window;

  // What is to be read ahead.
  struct Next {
    std::uint32_t file;
    std::uint64_t number;
    Fill fill;
  };

  std::shared_ptr<Window> window(std::uint32_t file, std::uint64_t number);
  void read_ahead(const std::stop_token& stop);

  std::mutex mutex_;                            // over the two below, not over what windows hold
  std::list<std::shared_ptr<Window>> windows_;  // used last in front
  std::optional<Next> next_;
  std::condition_variable_any next_is_there_;
  std::jthread reader_{[this](const std::stop_token& stop) { read_ahead(stop); }};
};

}  // namespace perdura::archive
