// Octets that go to a file in whole blocks, past the page cache where that can be.
#pragma once

#include <cstdint>
#include <filesystem>

#include "archive/direct_file.hpp"
#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// Nothing here syncs: past the cache is not yet on the disk. Thread safety: one thread at a time.
class BlockWriter {
 public:
  static constexpr std::uint64_t block_size = direct_block_size;

  // For a file that is there. Errors: io.
  static verifier::Result<BlockWriter> open(const std::filesystem::path& path);
  BlockWriter(BlockWriter&& other) noexcept;
  ~BlockWriter();

  // What is added next goes to `offset`, a multiple of block_size.
  void start(std::uint64_t offset);
  // Writes `octets` behind those before, now or later. False when writing fails, with errno set.
  bool add(verifier::ByteView octets);
  // Writes what still waits, and zeros up to the next block. False as above.
  bool finish();

 private:
  explicit BlockWriter(int file);
  bool write_waiting();

  int file_;
  AlignedOctets waiting_;
  std::size_t size_ = 0;  // of what waits
  std::uint64_t offset_ = 0;
};

}  // namespace perdura::archive
