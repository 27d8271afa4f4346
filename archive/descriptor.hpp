// A file descriptor, closed at the end. Thread safety: one thread.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace perdura::archive {

// Owns what open() returned, an error too.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  // Closes it; 0, or the number of the error.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd >= 0 && ::close(fd) != 0 ? errno : 0;
  }

 private:
  int fd_;
};

}  // namespace perdura::archive
