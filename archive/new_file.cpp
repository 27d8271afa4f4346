#include "archive/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "archive/files.hpp"

namespace perdura::archive {

using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

Result<NewFile> NewFile::create(const std::filesystem::path& path, mode_t mode) {
  static std::atomic<unsigned> number = 0;
  std::string temporary =
      path.string() + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
  ::unlink(temporary.c_str());  // of a process of our number that died
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return system_error(errno, path, "cannot create the file");
  return NewFile(path, std::move(temporary), file);
}

NewFile::NewFile(std::filesystem::path path, std::string temporary, int file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::exchange(other.file_, -1)) {}

NewFile::~NewFile() {
  if (file_ >= 0) ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<Ok> NewFile::write(ByteView octets) {
  const int failed = write_all(file_, octets);
  return failed == 0 ? Result<Ok>(Ok{}) : system_error(failed, path_, "cannot write the file");
}

Result<Ok> NewFile::sync() {
  if (::fsync(file_) == 0) return Ok{};
  return system_error(errno, path_, "cannot write the file");
}

Result<Ok> NewFile::publish() {
  if (auto synced = sync(); !synced) return synced;
  // link() refuses to overwrite; dying before it leaves at most the temporary name.
  if (::link(temporary_.c_str(), path_.c_str()) != 0) {
    if (errno != EEXIST) return system_error(errno, path_, "cannot create the file");
    return Error{Errc::conflict, "the file exists already", path_.string(), "choose another name"};
  }
  ::unlink(std::exchange(temporary_, {}).c_str());
  return sync_folder(path_.parent_path());
}

Result<Ok> NewFile::replace() {
  if (auto synced = sync(); !synced) return synced;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return system_error(errno, path_, "cannot replace the file");
  }
  temporary_.clear();
  return sync_folder(path_.parent_path());
}

int write_all(int file, ByteView octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(file, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    octets = octets.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

Result<Ok> write_new_file(const std::filesystem::path& path, ByteView octets, mode_t mode) {
  auto file = NewFile::create(path, mode);
  if (!file) return file.error();
  if (auto written = file->write(octets); !written) return written;
  return file->publish();
}

Result<Ok> replace_file(const std::filesystem::path& path, ByteView octets, mode_t mode) {
  auto file = NewFile::create(path, mode);
  if (!file) return file.error();
  if (auto written = file->write(octets); !written) return written;
  return file->replace();
}

Result<Ok> make_folders(const std::filesystem::path& folder) {
  std::error_code problem;
  if (folder.empty() || std::filesystem::is_directory(folder, problem)) return Ok{};
  const std::filesystem::path above = folder.parent_path();
  if (auto made = make_folders(above); !made || !folder.has_filename()) return made;
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return system_error(errno, folder, "cannot make the folder");
  }
  return sync_folder(above);
}

Result<Ok> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path place = folder.empty() ? "." : folder;
  const int opened = ::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = opened >= 0 && ::fsync(opened) == 0;
  const int number = errno;
  if (opened >= 0) ::close(opened);
  return synced ? Result<Ok>(Ok{}) : system_error(number, place, "cannot sync the folder");
}

}  // namespace perdura::archive
