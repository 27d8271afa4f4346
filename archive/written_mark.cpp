#include "archive/written_mark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>

#include "archive/files.hpp"

namespace perdura::archive {
namespace {

constexpr const char* mark_file_name = "written";
constexpr std::size_t digits = 20;

// The number twice, so that a file that holds half of what it should is none.
using Line = std::array<char, 2 * digits + 3>;

Line line_of(std::uint64_t number) {
  Line line{};
  std::snprintf(line.data(), line.size(), "%020llu %020llu\n",
                static_cast<unsigned long long>(number), static_cast<unsigned long long>(number));
  return line;
}

}  // namespace

std::optional<std::uint64_t> read_written_mark(const std::filesystem::path& folder) {
  const auto octets = read_file(folder / mark_file_name, sizeof(Line));
  if (!octets || octets->size() < digits) return std::nullopt;
  const std::string_view text = verifier::as_text(*octets);
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + digits, number);
  if (problem != std::errc() || text != std::string_view(line_of(number).data())) {
    return std::nullopt;
  }
  return number;
}

verifier::Result<WrittenMark> WrittenMark::open(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / mark_file_name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return system_error(errno, path, "cannot open it");
  return WrittenMark(file);
}

WrittenMark::WrittenMark(WrittenMark&& other) noexcept
    : file_(std::exchange(other.file_, -1)), number_(other.number_) {}

WrittenMark::~WrittenMark() {
  if (file_ >= 0) ::close(file_);
}

void WrittenMark::advance(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number <= number_) return;
  const Line line = line_of(number);
  const std::size_t size = line.size() - 1;
  if (::pwrite(file_, line.data(), size, 0) == static_cast<ssize_t>(size)) number_ = number;
}

}  // namespace perdura::archive
