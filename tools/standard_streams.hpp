// Standard streams that whoever started the program had closed.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace perdura::tools {

// Takes the numbers of closed ones, before a file gets one of them and is read or written as a
// standard stream. Reading or writing such a stream fails still.
inline void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest number that is free is given.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace perdura::tools
