#include "archive/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace perdura::archive {
namespace {

using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// The error of the system call that just failed on `path`.
Error failed(const char* what, const std::filesystem::path& path) {
  const int number = errno;
  std::string hint;
  if (number == ENOSPC || number == EDQUOT) hint = "free disk space and try again";
  if (number == EACCES || number == EPERM || number == EROFS) {
    hint = "check who may write to the folder " + path.parent_path().string();
  }
  return {Errc::io, std::string(what) + ": " + std::strerror(number), path.string(), hint};
}

// A file descriptor that is closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, ByteView octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(file, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// A synced file under a temporary name beside `path`; the name. Errors: io.
Result<std::string> write_beside(const std::filesystem::path& path, ByteView octets, mode_t mode) {
  std::string temporary = path.string() + ".new-" + std::to_string(::getpid());
  ::unlink(temporary.c_str());  // of a process of our number that died
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.number() < 0) return failed("cannot create the file", path);
  if (write_all(file.number(), octets) && ::fsync(file.number()) == 0) return temporary;
  const Error error = failed("cannot write the file", path);
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace

Result<Ok> write_new_file(const std::filesystem::path& path, ByteView octets, mode_t mode) {
  const auto temporary = write_beside(path, octets, mode);
  if (!temporary) return temporary.error();
  // link() refuses to overwrite; dying before it leaves at most the temporary name.
  if (::link(temporary->c_str(), path.c_str()) != 0) {
    Error error = failed("cannot create the file", path);
    if (errno == EEXIST) error = {Errc::conflict, "the file exists already", path.string(), ""};
    ::unlink(temporary->c_str());
    return error;
  }
  ::unlink(temporary->c_str());
  return sync_folder(path.parent_path());
}

Result<Ok> replace_file(const std::filesystem::path& path, ByteView octets, mode_t mode) {
  const auto temporary = write_beside(path, octets, mode);
  if (!temporary) return temporary.error();
  if (std::rename(temporary->c_str(), path.c_str()) != 0) {
    const Error error = failed("cannot replace the file", path);
    ::unlink(temporary->c_str());
    return error;
  }
  return sync_folder(path.parent_path());
}

Result<Ok> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path place = folder.empty() ? "." : folder;
  const Descriptor opened(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0 || ::fsync(opened.number()) != 0) {
    return failed("cannot sync the folder", place);
  }
  return Ok{};
}

}  // namespace perdura::archive
