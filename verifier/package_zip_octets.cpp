#include "verifier/package_zip_octets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

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
    std::memcpy(into.data(), octets_.data() + offset, count);
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

// What minizip takes for a file: a position, and a window because it reads headers octet by octet.
class Stream {
 public:
  explicit Stream(const Octets& octets) : octets_(octets) {}

  std::size_t read(std::span<std::uint8_t> into) {
    std::size_t have = 0;
    while (have < into.size()) {
      if (position_ >= start_ && position_ - start_ < filled_) {
        const std::size_t offset = static_cast<std::size_t>(position_ - start_);
        const std::size_t count = std::min(into.size() - have, filled_ - offset);
        std::memcpy(into.data() + have, window_.data() + offset, count);
        have += count;
        position_ += count;
        continue;
      }
      if (into.size() - have >= window_.size()) {
        const auto got = octets_.read_at(position_, into.subspan(have));
        if (!got) failed_ = true;
        if (!got || *got == 0) break;
        have += *got;
        position_ += *got;
        continue;
      }
      const auto got = octets_.read_at(position_, window_);
      start_ = position_;
      filled_ = got.value_or(0);
      if (!got) failed_ = true;
      if (filled_ == 0) break;
    }
    return have;
  }

  static void* open(void* octets, const void*, int) {
    return new Stream(*static_cast<const Octets*>(octets));
  }
  static uLong read_some(void*, void* stream, void* into, uLong size) {
    return self(stream).read({static_cast<std::uint8_t*>(into), size});
  }
  static uLong write_nothing(void*, void*, const void*, uLong) { return 0; }
  static ZPOS64_T tell(void*, void* stream) { return self(stream).position_; }
  static long seek(void*, void* stream, ZPOS64_T offset, int origin) {
    Stream& at = self(stream);
    std::uint64_t base = 0;
    if (origin == ZLIB_FILEFUNC_SEEK_CUR) base = at.position_;
    if (origin == ZLIB_FILEFUNC_SEEK_END) base = at.octets_.size();
    const std::uint64_t target =
        base + offset;  // back too: minizip adds what is negative as 2^64 - n
    if (target > at.octets_.size()) return -1;
    at.position_ = target;
    return 0;
  }
  static int close(void*, void* stream) {
    delete &self(stream);
    return 0;
  }
  static int error(void*, void* stream) { return self(stream).failed_ ? 1 : 0; }

 private:
  static Stream& self(void* stream) { return *static_cast<Stream*>(stream); }

  const Octets& octets_;
  std::uint64_t position_ = 0;
  std::uint64_t start_ = 0;  // of what the window holds
  std::size_t filled_ = 0;
  bool failed_ = false;
  std::array<std::uint8_t, 4096> window_;
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

bool ends_whole(const Octets& octets) {
  constexpr std::size_t record_size = 22;
  constexpr std::size_t comment_max = 65535;
  const auto tail_size = std::min<std::uint64_t>(octets.size(), record_size + comment_max);
  std::vector<std::uint8_t> tail(static_cast<std::size_t>(tail_size));
  const auto got = octets.read_at(octets.size() - tail_size, tail);
  if (!got || *got != tail.size()) return false;
  const std::string_view text = as_text(tail);
  for (std::size_t at = text.rfind("PK\x05\x06"); at != std::string_view::npos && at > 0;
       at = text.rfind("PK\x05\x06", at - 1)) {
    if (at + record_size > tail.size()) continue;
    const std::size_t comment = tail[at + 20] + 256u * tail[at + 21];
    if (at + record_size + comment == tail.size()) return true;
  }
  return false;
}

Zip open_zip(const Octets& octets) {
  zlib_filefunc64_def functions{};
  functions.zopen64_file = Stream::open;
  functions.zread_file = Stream::read_some;
  functions.zwrite_file = Stream::write_nothing;
  functions.ztell64_file = Stream::tell;
  functions.zseek64_file = Stream::seek;
  functions.zclose_file = Stream::close;
  functions.zerror_file = Stream::error;
  functions.opaque = const_cast<Octets*>(&octets);  // only read
  return Zip(unzOpen2_64("", &functions));
}

}  // namespace perdura::verifier
