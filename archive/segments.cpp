#include "archive/segments.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "archive/new_file.hpp"

namespace perdura::archive {
namespace {

constexpr std::uint64_t segment_size_max = 1u << 30;
constexpr std::uint64_t block_size = BlockWriter::block_size;  // a put starts at a multiple of it
constexpr std::uint64_t allocation_step = 32u << 20;  // writing into allocated space is faster
constexpr std::size_t open_files_max = 64;
constexpr std::array<std::uint8_t, 9> header = {'P', 'E', 'R', 'D', 'S', 'E', 'G', 'M', 1};

constexpr std::uint64_t rounded_up(std::uint64_t offset) {
  return (offset + block_size - 1) / block_size * block_size;
}

// The error of the system call that just failed on `path`.
Error failed(const char* what, const std::filesystem::path& path) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  return {Errc::io, std::string(what) + ": " + std::strerror(number), path.string(),
          full ? "free disk space and try again" : ""};
}

Error damaged(const char* what, const std::filesystem::path& path) {
  return {Errc::io, std::string("the store is damaged: ") + what, path.string(),
          "bring the store back from a backup"};
}

}  // namespace

// A file descriptor that is closed when nobody uses it any more.
class Segments::File {
 public:
  explicit File(int number) : number_(number) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(number_); }

  int number() const { return number_; }
  bool write(ByteView octets, std::uint64_t offset) const {
    while (!octets.empty()) {
      const ssize_t written =
          ::pwrite(number_, octets.data(), octets.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      octets = octets.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return true;
  }
  // Fewer at the end of the file; -1 when it fails.
  ssize_t read(std::span<std::uint8_t> to, std::uint64_t offset) const {
    std::size_t filled = 0;
    while (filled < to.size()) {
      const ssize_t got = ::pread(number_, to.data() + filled, to.size() - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && (errno == EINTR || leave_direct(number_))) continue;
      if (got < 0) return -1;
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(filled);
  }
  // Whether octets of this range are zero from now on, and their whole blocks free.
  bool wipe(std::uint64_t from, std::uint64_t to) const {
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    const auto offset = static_cast<off_t>(from);
    if (::fallocate(number_, mode, offset, static_cast<off_t>(to - from)) == 0) return true;
    if (errno != EOPNOTSUPP) return false;
    const Bytes zeros(std::min<std::uint64_t>(to - from, 1u << 20));
    for (; from < to; from += zeros.size()) {
      const std::size_t size = std::min<std::uint64_t>(zeros.size(), to - from);
      if (!write(ByteView(zeros).first(size), from)) return false;
    }
    return true;
  }

 private:
  const int number_;
};

Segments::Segments(std::filesystem::path folder, SegmentsEnd end, Use use)
    : folder_(std::move(folder)), read_only_(use != Use::writing), end_(end) {
  if (use == Use::reading_once) windows_ = std::make_unique<ReadWindows>();
}

Result<std::unique_ptr<Segments>> Segments::open(const std::filesystem::path& folder,
                                                 SegmentsEnd end, Use use) {
  std::unique_ptr<Segments> segments(new Segments(folder, end, use));
  if (end.segment == 0) return segments;
  const auto last = segments->file(end.segment);
  if (!last) return last.error();
  struct stat status {};
  if (::fstat((*last)->number(), &status) != 0) return failed("cannot look at", folder);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < end.offset) return damaged("a segment is cut short", segments->path(end.segment));
  if (use == Use::writing && size > end.offset &&
      ::ftruncate((*last)->number(), static_cast<off_t>(end.offset)) != 0) {
    return failed("cannot cut off what was not committed", segments->path(end.segment));
  }
  segments->allocated_ = end.offset;
  return segments;
}

Segments::~Segments() {
  if (read_only_ || end_.segment == 0 || allocated_ <= end_.offset || !writable_) return;
  // Where this fails the next open() does it.
  if (const auto last = file(end_.segment)) {
    if (::ftruncate((*last)->number(), static_cast<off_t>(end_.offset)) != 0) return;
  }
}

std::filesystem::path Segments::path(std::uint32_t segment) const {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%08x.segment", segment);
  return folder_ / name.data();
}

Result<std::shared_ptr<Segments::File>> Segments::file(std::uint32_t segment) const {
  const std::lock_guard guard(mutex_);
  const auto known = std::ranges::find(open_, segment, &Open::value_type::first);
  if (known != open_.end()) {
    open_.splice(open_.begin(), open_, known);
    return known->second;
  }
  const std::filesystem::path place = path(segment);
  const int flags = (read_only_ ? O_RDONLY : O_RDWR) | O_CLOEXEC;
  const int number = windows_ ? open_direct(place, flags) : ::open(place.c_str(), flags);
  if (number < 0 && errno == ENOENT) return damaged("a segment is missing", place);
  if (number < 0) return failed("cannot open", place);
  open_.emplace_front(segment, std::make_shared<File>(number));
  if (open_.size() > open_files_max) open_.pop_back();
  return open_.front().second;
}

// Makes an empty segment; one of that number that a process left behind when it died is nobody's.
Result<Ok> Segments::start_segment() {
  if (end_.segment != 0 && allocated_ > end_.offset) {
    const auto last = file(end_.segment);
    if (!last) return last.error();
    if (::ftruncate((*last)->number(), static_cast<off_t>(end_.offset)) != 0) {
      return failed("cannot give back space", path(end_.segment));
    }
  }
  const std::uint32_t next = end_.segment + 1;
  const int number = ::open(path(next).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (number < 0) return failed("cannot make", path(next));
  const auto made = std::make_shared<File>(number);
  if (!made->write(header, 0)) return failed("cannot write", path(next));
  if (auto done = sync_folder(folder_); !done) return done;
  const std::lock_guard guard(mutex_);
  open_.emplace_front(next, made);
  end_ = {next, block_size};
  allocated_ = 0;
  writer_.reset();
  return Ok{};
}

// Finds out about a full disk before anything is written.
Result<Ok> Segments::allocate(std::uint64_t until) {
  if (until <= allocated_) return Ok{};
  const auto last = file(end_.segment);
  if (!last) return last.error();
  const auto from = static_cast<off_t>(end_.offset);
  for (const std::uint64_t size : {until - end_.offset + allocation_step, until - end_.offset}) {
    if (::fallocate((*last)->number(), 0, from, static_cast<off_t>(size)) == 0) {
      allocated_ = end_.offset + size;
      return Ok{};
    }
    if (errno == EOPNOTSUPP) return Ok{};
    if (errno != ENOSPC && errno != EDQUOT) break;
  }
  return failed("cannot allocate space", path(end_.segment));
}

Result<std::vector<Extent>> Segments::append(std::span<const Object* const> objects) {
  if (!writable_) {
    return Error{Errc::io, "an earlier write failed", folder_.string(), "open the store again"};
  }
  std::uint64_t size = 0;
  for (const Object* object : objects) size += object->octets.size();
  if (end_.segment == 0 || end_.offset + size > segment_size_max) {
    if (auto done = start_segment(); !done) return done.error();
  }
  if (auto done = allocate(rounded_up(end_.offset + size)); !done) return done.error();
  const auto last = file(end_.segment);
  if (!last) return last.error();
  if (!writer_) {
    auto opened = BlockWriter::open(path(end_.segment));
    if (!opened) return opened.error();
    writer_.emplace(*std::move(opened));
  }
  std::vector<Extent> extents;
  std::uint64_t at = end_.offset;
  writer_->start(at);
  for (const Object* object : objects) {
    writable_ = writable_ && writer_->add(object->octets);
    extents.push_back({end_.segment, static_cast<std::uint32_t>(object->octets.size()), at});
    at += object->octets.size();
  }
  writable_ = writable_ && writer_->finish() && ::fdatasync((*last)->number()) == 0;
  if (!writable_) return failed("cannot write", path(end_.segment));
  end_.offset = rounded_up(at);
  return extents;
}

Result<Bytes> Segments::read(const Extent& extent, std::uint64_t offset,
                             std::uint64_t length) const {
  Bytes out;
  if (offset >= extent.length || length == 0) return out;
  const auto segment = file(extent.segment);
  if (!segment) return segment.error();
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(length, extent.length - offset)));
  const auto fill = [file = *segment](std::span<std::uint8_t> into, std::uint64_t from) {
    return file->read(into, from);
  };
  const std::uint64_t from = extent.offset + offset;
  const ssize_t got = windows_ ? windows_->read(extent.segment, from, out, fill) : fill(out, from);
  if (got < 0) return failed("cannot read", path(extent.segment));
  if (static_cast<std::size_t>(got) != out.size()) {
    return damaged("a segment is cut short", path(extent.segment));
  }
  return out;
}

Result<Ok> Segments::wipe(const Extent& extent) const {
  const auto segment = file(extent.segment);
  if (!segment) return segment.error();
  if (extent.length == 0 || (*segment)->wipe(extent.offset, extent.offset + extent.length)) {
    return Ok{};
  }
  return failed("cannot overwrite", path(extent.segment));
}

}  // namespace perdura::archive
