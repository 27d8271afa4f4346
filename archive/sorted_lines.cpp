#include "archive/sorted_lines.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "archive/files.hpp"

namespace perdura::archive {
namespace {

using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// Before every octet that a key may have, so that whole lines sort as their keys do.
constexpr char separator = '\t';
constexpr std::size_t line_overhead = 64;  // what a line takes in memory besides its octets
constexpr std::size_t run_buffer_size = 64u << 10;

std::string_view key_of(std::string_view line) { return line.substr(0, line.find(separator)); }

Error spool_error(std::string_view what) {
  return system_error(errno, "a temporary file beside the package", std::string(what));
}

}  // namespace

// The lines of one run, in order.
class SortedLines::RunReader {
 public:
  RunReader(int fd, Run run) : fd_(fd), rest_(run) {}

  const std::string& line() const { return line_; }
  // Goes to the next line; false at the end.
  Result<bool> next() {
    line_.clear();
    for (;;) {
      const std::size_t end = buffer_.find('\n', begin_);
      if (end != std::string::npos) {
        line_.append(buffer_, begin_, end + 1 - begin_);
        begin_ = end + 1;
        return true;
      }
      line_.append(buffer_, begin_, std::string::npos);
      begin_ = 0;
      buffer_.resize(std::min<std::uint64_t>(run_buffer_size, rest_.length));
      if (buffer_.empty()) return false;
      const ssize_t got =
          ::pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(rest_.offset));
      if (got <= 0) return spool_error("can't read back");
      buffer_.resize(static_cast<std::size_t>(got));
      rest_.offset += buffer_.size();
      rest_.length -= buffer_.size();
    }
  }

 private:
  int fd_;
  Run rest_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::string line_;
};

Result<SortedLines> SortedLines::open(const std::filesystem::path& folder, std::size_t memory_max) {
  const std::filesystem::path place = folder.empty() ? std::filesystem::path(".") : folder;
  std::string name = (place / ".manifest-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) {
    return system_error(errno, place, "cannot make a file there");
  }
  ::unlink(name.c_str());
  SortedLines manifest;
  manifest.memory_max_ = memory_max;
  manifest.spool_.reset(::fdopen(fd, "w+"));
  if (!manifest.spool_) return spool_error("can't open");
  return manifest;
}

Result<Ok> SortedLines::add(std::string_view key, std::string_view value) {
  std::string line;
  line.reserve(key.size() + value.size() + 2);
  line.append(key) += separator;
  line.append(value) += '\n';
  gathered_ += line.size() + line_overhead;
  lines_.push_back(std::move(line));
  return gathered_ < memory_max_ ? Result<Ok>(Ok{}) : spill();
}

Result<Ok> SortedLines::spill() {
  std::ranges::sort(lines_);
  Run run{spilled_, 0};
  for (const std::string& line : lines_) {
    if (std::fwrite(line.data(), 1, line.size(), spool_.get()) != line.size()) {
      return spool_error("can't write");
    }
    run.length += line.size();
  }
  if (std::fflush(spool_.get()) != 0) return spool_error("can't write");
  spilled_ += run.length;
  runs_.push_back(run);
  lines_.clear();
  gathered_ = 0;
  return Ok{};
}

Result<Ok> SortedLines::for_each(const Take& take) {
  if (auto spilt = spill(); !spilt) return spilt.error();
  // A heap of runs by their next line, least on top.
  std::vector<std::unique_ptr<RunReader>> heap;
  const auto later = [](const auto& a, const auto& b) { return a->line() > b->line(); };
  const auto advance = [&](std::unique_ptr<RunReader> run) -> Result<Ok> {
    const auto more = run->next();
    if (!more) return more.error();
    if (!*more) return Ok{};
    heap.push_back(std::move(run));
    std::push_heap(heap.begin(), heap.end(), later);
    return Ok{};
  };
  for (const Run& run : runs_) {
    auto begun = advance(std::make_unique<RunReader>(::fileno(spool_.get()), run));
    if (!begun) return begun.error();
  }
  std::string before;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    std::unique_ptr<RunReader> least = std::move(heap.back());
    heap.pop_back();
    const std::string_view line = least->line();
    const std::string_view key = key_of(line);
    if (key == before) return Error{Errc::conflict, "was added twice", std::string(key), ""};
    auto taken = take(key, line.substr(key.size() + 1, line.size() - key.size() - 2));
    if (!taken) return taken.error();
    before = key;
    if (auto more = advance(std::move(least)); !more) return more.error();
  }
  return Ok{};
}

}  // namespace perdura::archive
