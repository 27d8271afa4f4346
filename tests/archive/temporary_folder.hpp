// A folder of a test's own, removed with all that is in it when the test ends.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace perdura::archive {

// Thread safety: one thread at a time; many may be there at once.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("perdura-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  // The folder, which is there and empty.
  const std::filesystem::path& path() const { return path_; }

 private:
  static std::atomic<unsigned>& count() {
    static std::atomic<unsigned> counter{0};
    return counter;
  }
  std::filesystem::path path_;
};

}  // namespace perdura::archive
