#include "archive/direct_file.hpp"

#include <fcntl.h>

#include <cerrno>

namespace perdura::archive {

AlignedOctets aligned_octets(std::size_t size) {
  return AlignedOctets(new (std::align_val_t(direct_block_size)) std::uint8_t[size]);
}

int open_direct(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_DIRECT);
  return file < 0 && errno == EINVAL ? ::open(path.c_str(), flags) : file;
}

bool leave_direct(int file) {
  if (errno != EINVAL) return false;
  const int flags = ::fcntl(file, F_GETFL);
  return flags >= 0 && (flags & O_DIRECT) != 0 && ::fcntl(file, F_SETFL, flags & ~O_DIRECT) == 0;
}

}  // namespace perdura::archive
