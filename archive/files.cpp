#include "archive/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// An open file descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, ByteView octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(fd, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Error system_error(int errno_value, const std::filesystem::path& path, std::string what) {
  Error error{Errc::io, std::move(what) + ": " + std::strerror(errno_value), path.string(), ""};
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
      error.code = Errc::not_found;
      break;
    case EACCES:
    case EPERM:
      error.code = Errc::denied;
      error.hint = "check who owns it and its permissions";
      break;
    case EEXIST:
      error.code = Errc::conflict;
      break;
    case ENOSPC:
    case EDQUOT:
      error.hint = "free some space on that disk, then try again; nothing acknowledged is lost";
      break;
    default:
      break;
  }
  return error;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t size_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error(errno, path, "cannot open it");
  Bytes octets;
  Bytes block(64 * 1024);
  while (true) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, path, "cannot read it");
    if (got == 0) return octets;
    octets.insert(octets.end(), block.begin(), block.begin() + got);
    if (octets.size() > size_max) {
      return Error{Errc::too_large, "it has more than " + std::to_string(size_max) + " octets",
                   path.string(), ""};
    }
  }
}

Result<Ok> write_file(const std::filesystem::path& path, ByteView octets, Existing existing,
                      unsigned mode) {
  if (existing == Existing::refuse && ::access(path.c_str(), F_OK) == 0) {
    return Error{Errc::conflict, "it exists already", path.string(), "choose another name"};
  }
  const std::filesystem::path temporary = path.string() + ".tmp";
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return system_error(errno, path, "cannot create it");
    if (!write_all(file.get(), octets) || ::fsync(file.get()) != 0) {
      const int reason = errno;
      ::unlink(temporary.c_str());
      return system_error(reason, path, "cannot write it");
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return system_error(errno, path, "cannot put it in place");
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return system_error(errno, folder, "cannot sync the folder");
  }
  return Ok{};
}

}  // namespace perdura::archive
