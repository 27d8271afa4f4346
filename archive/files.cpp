#include "archive/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "archive/descriptor.hpp"

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::Errc;
using verifier::Error;
using verifier::Result;

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
    case EROFS:
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

}  // namespace perdura::archive
