// Files that are read or written past the page cache, where the file system can (O_DIRECT).
//
// Why: copying into the page cache was measured to be the dearest thing that the kernel does for a
// deposit, and gigabytes that are read in years push out of it what others read every minute.
// Thread safety: a file as a file descriptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>

namespace perdura::archive {

// Places in the file, sizes and memory are multiples of it.
inline constexpr std::size_t direct_block_size = 4096;

// Frees what aligned_octets() made.
struct FreeAligned {
  void operator()(std::uint8_t* octets) const {
    ::operator delete[](octets, std::align_val_t(direct_block_size));
  }
};
using AlignedOctets = std::unique_ptr<std::uint8_t[], FreeAligned>;

// `size` octets, of any value, that files can be read into and written from.
AlignedOctets aligned_octets(std::size_t size);

// As open(2), with O_DIRECT where the file system can.
int open_direct(const std::filesystem::path& path, int flags);

// Whether it can help to try again after reading or writing failed with errno: the file system or
// its disk wanted larger blocks, and from now on the file is used through the page cache.
bool leave_direct(int file);

}  // namespace perdura::archive
