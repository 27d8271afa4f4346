#include "verifier/package_zip_octets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace perdura::verifier {
namespace {

class OctetsInMemory final : public Octets {
 public:
  explicit OctetsInMemory(ByteView octets) : octets_(octets) {}
  std::uint64_t size() const override { return octets_.size(); }
  std::optional<std::size_t> read_at(std::uint64_t offset,
                                     std::span<std::uint8_t> into) const override {
    if (offset >= octets_.size()) return 0;
    const std::size_t count = std::min<std::uint64_t>(into.size(), octets_.size() - offset);
    std::ranges::copy(octets_.subspan(offset, count), into.begin());
    return count;
  }

 private:
  ByteView octets_;
};

class OctetsOfFile final : public Octets {
 public:
  OctetsOfFile(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  OctetsOfFile(const OctetsOfFile&) = delete;
  OctetsOfFile& operator=(const OctetsOfFile&) = delete;
  ~OctetsOfFile() override { ::close(fd_); }
  std::uint64_t size() const override { return size_; }
  std::optional<std::size_t> read_at(std::uint64_t offset,
                                     std::span<std::uint8_t> into) const override {
    std::size_t have = 0;
    while (have < into.size()) {
      const ssize_t got =
          ::pread(fd_, into.data() + have, into.size() - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::nullopt;
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    return have;
  }

 private:
  int fd_;
  std::uint64_t size_;
};

}  // namespace

std::unique_ptr<Octets> octets_in_memory(ByteView octets) {
  return std::make_unique<OctetsInMemory>(octets);
}

Result<std::unique_ptr<Octets>> octets_of_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) {
    const int number = errno;
    if (fd >= 0) ::close(fd);
    return Error{number == EACCES ? Errc::denied : Errc::io, std::strerror(number), path.string(),
                 ""};
  }
  auto octets = std::make_unique<OctetsOfFile>(fd, static_cast<std::uint64_t>(status.st_size));
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::malformed, "is neither a file nor a folder", path.string(), ""};
  }
  return std::unique_ptr<Octets>(std::move(octets));
}

std::optional<Bytes> read_exactly(const Octets& octets, std::uint64_t offset, std::size_t size) {
  if (offset > octets.size() || size > octets.size() - offset) return std::nullopt;
  Bytes result(size);
  const auto got = octets.read_at(offset, result);
  if (!got || *got != size) return std::nullopt;
  return result;
}

std::uint64_t little_endian(ByteView octets) {
  std::uint64_t value = 0;
  for (std::size_t i = octets.size(); i-- > 0;) value = value << 8 | octets[i];
  return value;
}

}  // namespace perdura::verifier
