#include "archive/package_output.hpp"

#include <fcntl.h>
#include <minizip/zip.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::ByteView;
using verifier::check;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// Below this, deflate saves less than it costs.
constexpr std::size_t deflate_from = 512;
constexpr std::uint32_t regular_file_mode = 0100644;

Error io_error(std::string_view what, const fs::path& where, int number) {
  const std::string hint =
      number == ENOSPC ? "free some space, or write the package to another disk" : "";
  return {number == EEXIST ? Errc::conflict : Errc::io,
          std::string(what) + ": " + std::strerror(number), where.string(), hint};
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  // Closes it; 0, or the number of the error.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd >= 0 && ::close(fd) != 0 ? errno : 0;
  }

 private:
  int fd_;
};

// A name beside `path` that nobody else uses.
fs::path temporary_name(const fs::path& path) {
  std::array<std::uint8_t, 6> octets{};
  check(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1, "random octets");
  fs::path name = path;
  name += ".partial-" + verifier::to_hex(octets);
  return name;
}

Result<Ok> sync_folder(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return io_error("can't sync", path, errno);
  return Ok{};
}

// Gives `from` the name `to` unless something has it.
Result<Ok> rename_to_free_name(const fs::path& from, const fs::path& to) {
  int failed = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that can't: look, then rename.
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(to, ignored))) return io_error("can't name it", to, EEXIST);
    failed = ::rename(from.c_str(), to.c_str());
  }
  if (failed != 0) return io_error("can't name the package", to, errno);
  return sync_folder(to.parent_path());
}

// Little-endian octets, appended.
void append(verifier::Bytes& out, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// The zip64 end of directory (APPNOTE.TXT section 4.3.14 to 4.3.16) in place of the plain one:
// minizip writes it when the zip is larger than 4 GiB, but not when there are more than 65,534
// files, which the plain one can't count.
Result<Ok> write_zip64_end(const fs::path& path, std::uint64_t files) {
  constexpr std::size_t end_size = 22;
  constexpr std::uint64_t zip64_end_size = 56;
  const Descriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const off_t size = fd.get() < 0 ? -1 : ::lseek(fd.get(), 0, SEEK_END);
  std::array<std::uint8_t, end_size> end{};
  if (size < static_cast<off_t>(end_size) ||
      ::pread(fd.get(), end.data(), end_size, size - static_cast<off_t>(end_size)) !=
          static_cast<ssize_t>(end_size)) {
    return io_error("can't read back", path, errno);
  }
  const auto field = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | end[at + i];
    return value;
  };
  const std::uint64_t directory_size = field(12);
  const std::uint64_t directory_offset = field(16);
  if (directory_offset == 0xFFFFFFFFu || directory_size == 0xFFFFFFFFu) return Ok{};  // is there
  const std::uint64_t at = static_cast<std::uint64_t>(size) - end_size;
  verifier::Bytes octets;
  append(octets, 0x06064B50, 4);           // zip64 end of directory
  append(octets, zip64_end_size - 12, 8);  // of what follows
  append(octets, (3u << 8) | 45, 2);       // made by Unix, version 4.5
  append(octets, 45, 2);
  append(octets, 0, 8);  // number of this disk, and of the directory's
  append(octets, files, 8);
  append(octets, files, 8);
  append(octets, directory_size, 8);
  append(octets, directory_offset, 8);
  append(octets, 0x07064B50, 4);  // its locator
  append(octets, 0, 4);
  append(octets, at, 8);
  append(octets, 1, 4);           // disks
  append(octets, 0x06054B50, 4);  // the plain end, whose counts refer to zip64
  append(octets, 0, 4);
  append(octets, 0xFFFFFFFFu, 4);  // files, twice in two octets
  append(octets, directory_size, 4);
  append(octets, directory_offset, 4);
  append(octets, 0, 2);
  if (::pwrite(fd.get(), octets.data(), octets.size(), static_cast<off_t>(at)) !=
      static_cast<ssize_t>(octets.size())) {
    return io_error("can't write", path, errno);
  }
  return Ok{};
}

// As zip keeps it: to two seconds, in UTC, from 1980.
tm_zip dos_date(verifier::Time time) {
  constexpr verifier::Time first{315532800};  // 1980-01-01T00:00:00Z
  time = std::max(time, first);
  const std::chrono::sys_seconds moment{std::chrono::seconds(time.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(moment - day);
  tm_zip result{};
  result.tm_year = static_cast<uInt>(static_cast<int>(date.year()));
  result.tm_mon = static_cast<unsigned>(date.month()) - 1;
  result.tm_mday = static_cast<unsigned>(date.day());
  result.tm_hour = static_cast<uInt>(clock.hours().count());
  result.tm_min = static_cast<uInt>(clock.minutes().count());
  result.tm_sec = static_cast<uInt>(clock.seconds().count());
  return result;
}

class ZipOutput final : public PackageOutput {
 public:
  ZipOutput(fs::path path, fs::path temporary, zipFile zip, verifier::Time dated)
      : path_(std::move(path)), temporary_(std::move(temporary)), zip_(zip) {
    info_.tmz_date = dos_date(dated);
    info_.external_fa = static_cast<uLong>(regular_file_mode) << 16;
  }
  ~ZipOutput() override {
    if (zip_ != nullptr) zipClose(zip_, nullptr);
    std::error_code ignored;
    if (!published_) fs::remove(temporary_, ignored);
  }

  Result<Ok> begin(std::string_view name, const ByteView* whole) override {
    constexpr uLong made_by_unix_4_5 = (3u << 8) | 45;
    const bool stored = whole != nullptr && whole->size() < deflate_from;
    // A file whose length nobody knows yet may grow beyond 4 GiB.
    const int zip64 = whole == nullptr || whole->size() >= 0xFFFF0000u ? 1 : 0;
    const int failed = zipOpenNewFileInZip4_64(
        zip_, std::string(name).c_str(), &info_, nullptr, 0, nullptr, 0, nullptr,
        stored ? 0 : Z_DEFLATED, Z_BEST_SPEED, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY,
        nullptr, 0, made_by_unix_4_5, 0, zip64);
    return result(failed);
  }
  Result<Ok> write(ByteView bytes) override {
    constexpr std::size_t at_once = 1u << 30;
    while (!bytes.empty()) {
      const ByteView part = bytes.first(std::min(bytes.size(), at_once));
      const int failed = zipWriteInFileInZip(zip_, part.data(), static_cast<unsigned>(part.size()));
      if (failed != ZIP_OK) return result(failed);
      bytes = bytes.subspan(part.size());
    }
    return Ok{};
  }
  Result<Ok> end() override {
    ++files_;
    return result(zipCloseFileInZip(zip_));
  }

  Result<Ok> publish() override {
    const int failed = zipClose(std::exchange(zip_, nullptr), nullptr);
    if (failed != ZIP_OK) return result(failed);
    if (files_ >= 0xFFFF) {
      if (auto written = write_zip64_end(temporary_, files_); !written) return written.error();
    }
    const Descriptor fd(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0 || ::fsync(fd.get()) != 0) return io_error("can't sync", temporary_, errno);
    // Whole and synced, under its temporary name: it counts once it is renamed.
    auto renamed = rename_to_free_name(temporary_, path_);
    published_ = static_cast<bool>(renamed);
    return renamed;
  }

 private:
  Result<Ok> result(int failed) const {
    if (failed == ZIP_OK) return Ok{};
    return io_error("can't write", temporary_, errno != 0 ? errno : EIO);
  }

  fs::path path_;
  fs::path temporary_;
  zipFile zip_;
  zip_fileinfo info_{};
  std::uint64_t files_ = 0;
  bool published_ = false;
};

class FolderOutput final : public PackageOutput {
 public:
  FolderOutput(fs::path path, fs::path temporary)
      : path_(std::move(path)), temporary_(std::move(temporary)) {}
  ~FolderOutput() override {
    std::error_code ignored;
    if (!published_) fs::remove_all(temporary_, ignored);
  }

  Result<Ok> begin(std::string_view name, const ByteView*) override {
    current_ = temporary_ / name;
    if (current_.parent_path() != folder_) {
      std::error_code failed;
      fs::create_directories(current_.parent_path(), failed);
      if (failed) return io_error("can't make the folder", current_.parent_path(), failed.value());
      folder_ = current_.parent_path();
    }
    file_.emplace(::open(current_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file_->get() < 0) return io_error("can't make the file", current_, errno);
    return Ok{};
  }
  Result<Ok> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_->get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return io_error("can't write", current_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return Ok{};
  }
  Result<Ok> end() override {
    if (const int failed = file_->close(); failed != 0) {
      return io_error("can't write", current_, failed);
    }
    return Ok{};
  }
  Result<Ok> publish() override {
    const Descriptor fd(::open(temporary_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // One sync for all files: a package may hold hundreds of thousands.
    if (fd.get() < 0 || ::syncfs(fd.get()) != 0) return io_error("can't sync", temporary_, errno);
    auto renamed = rename_to_free_name(temporary_, path_);
    published_ = static_cast<bool>(renamed);
    return renamed;
  }

 private:
  fs::path path_;
  fs::path temporary_;
  fs::path folder_;   // the last one that was made
  fs::path current_;  // the file that was begun last
  std::optional<Descriptor> file_;
  bool published_ = false;
};

}  // namespace

Result<std::unique_ptr<PackageOutput>> open_zip_output(const fs::path& path, verifier::Time dated) {
  const fs::path temporary = temporary_name(path);
  errno = 0;
  zipFile zip = zipOpen64(temporary.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr) return io_error("can't make the file", temporary, errno != 0 ? errno : EIO);
  return std::unique_ptr<PackageOutput>(new ZipOutput(path, temporary, zip, dated));
}

Result<std::unique_ptr<PackageOutput>> open_folder_output(const fs::path& path) {
  const fs::path temporary = temporary_name(path);
  if (::mkdir(temporary.c_str(), 0755) != 0) {
    return io_error("can't make the folder", temporary, errno);
  }
  return std::unique_ptr<PackageOutput>(new FolderOutput(path, temporary));
}

}  // namespace perdura::archive
