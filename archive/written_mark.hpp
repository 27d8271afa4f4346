// How far a store's writes had come when they were last known to be on disk: a small file beside
// the database, so that a log of writes that lost its end is not taken for one that never had it.
//
// Not synced: it costs nothing, and after a power cut it may say less than there is, never more.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>

#include "verifier/result.hpp"

namespace perdura::archive {

// The mark of the store in `folder`; nothing when it has none, or none that can be read.
std::optional<std::uint64_t> read_written_mark(const std::filesystem::path& folder);

// Moves the mark. Thread safety: any member from any thread.
class WrittenMark {
 public:
  // Errors: denied, io.
  static verifier::Result<WrittenMark> open(const std::filesystem::path& folder);
  WrittenMark(WrittenMark&& other) noexcept;
  ~WrittenMark();

  // Everything up to `number` is on disk. A mark that can't be written stays where it is.
  void advance(std::uint64_t number);

 private:
  explicit WrittenMark(int file) : file_(file) {}

  int file_;
  std::mutex mutex_;
  std::uint64_t number_ = 0;
};

}  // namespace perdura::archive
