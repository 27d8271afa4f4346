#include "archive/block_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace perdura::archive {
namespace {

using verifier::check;
using verifier::Errc;
using verifier::Error;

constexpr std::size_t waiting_octets_max = 1u << 20;

}  // namespace

verifier::Result<BlockWriter> BlockWriter::open(const std::filesystem::path& path) {
  const int file = open_direct(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return Error{Errc::io, std::string("cannot open: ") + std::strerror(errno), path.string(), ""};
  }
  return BlockWriter(file);
}

BlockWriter::BlockWriter(int file) : file_(file), waiting_(aligned_octets(waiting_octets_max)) {}

BlockWriter::BlockWriter(BlockWriter&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      waiting_(std::move(other.waiting_)),
      size_(std::exchange(other.size_, 0)),
      offset_(other.offset_) {}

BlockWriter::~BlockWriter() {
  if (file_ >= 0) ::close(file_);
}

void BlockWriter::start(std::uint64_t offset) {
  check(offset % block_size == 0, "what is written in blocks starts at one");
  offset_ = offset;
  size_ = 0;
}

bool BlockWriter::add(verifier::ByteView octets) {
  while (!octets.empty()) {
    const std::size_t size = std::min(octets.size(), waiting_octets_max - size_);
    std::ranges::copy(octets.first(size), waiting_.get() + size_);
    octets = octets.subspan(size);
    size_ += size;
    if (size_ == waiting_octets_max && !write_waiting()) return false;
  }
  return true;
}

bool BlockWriter::finish() {
  const std::size_t whole = (size_ + block_size - 1) / block_size * block_size;
  std::fill(waiting_.get() + size_, waiting_.get() + whole, std::uint8_t{0});
  size_ = whole;
  return write_waiting();
}

bool BlockWriter::write_waiting() {
  for (std::size_t done = 0; done < size_;) {
    const ssize_t written =
        ::pwrite(file_, waiting_.get() + done, size_ - done, static_cast<off_t>(offset_ + done));
    if (written > 0) done += static_cast<std::size_t>(written);
    if (written < 0 && errno != EINTR && !leave_direct(file_)) return false;
  }
  offset_ += size_;
  size_ = 0;
  return true;
}

}  // namespace perdura::archive
