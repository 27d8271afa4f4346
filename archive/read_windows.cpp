#include "archive/read_windows.hpp"

#include <algorithm>
#include <utility>

#include "archive/direct_file.hpp"

namespace perdura::archive {
namespace {

constexpr std::size_t windows_max = 16;

}  // namespace

struct ReadWindows::Window {
  const std::uint32_t file;
  const std::uint64_t number;
  std::mutex mutex;  // over what follows; who comes second waits for who reads
  AlignedOctets octets;
  ssize_t size = -1;
  bool used = false;

  Window(std::uint32_t of_file, std::uint64_t which) : file(of_file), number(which) {}
  // Reads it unless that was done; with the mutex held. Whether its octets are there.
  bool fill(const Fill& from) {
    if (size >= 0) return true;
    if (!octets) octets = aligned_octets(window_size);
    size = from({octets.get(), window_size}, number * window_size);
    return size >= 0;
  }
};

std::shared_ptr<ReadWindows::Window> ReadWindows::window(std::uint32_t file, std::uint64_t number) {
  const std::lock_guard guard(mutex_);
  const auto known = std::ranges::find_if(
      windows_, [&](const auto& one) { return one->file == file && one->number == number; });
  if (known != windows_.end()) {
    windows_.splice(windows_.begin(), windows_, known);
  } else {
    windows_.push_front(std::make_shared<Window>(file, number));
    if (windows_.size() > windows_max) windows_.pop_back();
  }
  return windows_.front();
}

ssize_t ReadWindows::read(std::uint32_t file, std::uint64_t offset, std::span<std::uint8_t> to,
                          const Fill& fill) {
  std::size_t filled = 0;
  while (filled < to.size()) {
    const std::uint64_t at = offset + filled;
    const auto here = window(file, at / window_size);
    const std::lock_guard guard(here->mutex);
    if (!here->fill(fill)) return -1;
    if (!here->used) {
      here->used = true;
      const std::lock_guard guard_next(mutex_);
      next_ = {file, here->number + 1, fill};
      next_is_there_.notify_one();
    }
    const std::size_t start = at % window_size;
    if (start >= static_cast<std::size_t>(here->size)) break;
    const std::size_t size =
        std::min(to.size() - filled, static_cast<std::size_t>(here->size) - start);
    std::copy_n(here->octets.get() + start, size, to.begin() + static_cast<std::ptrdiff_t>(filled));
    filled += size;
  }
  return static_cast<ssize_t>(filled);
}

void ReadWindows::read_ahead(const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    if (!next_is_there_.wait(lock, stop, [&] { return next_.has_value(); })) return;
    const Next next = *std::exchange(next_, std::nullopt);
    lock.unlock();
    const auto here = window(next.file, next.number);
    const std::lock_guard guard(here->mutex);
    here->fill(next.fill);  // where it fails, who wants it tries again and is told
  }
}

}  // namespace perdura::archive
