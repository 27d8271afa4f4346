#include "verifier/spool.hpp"

#include <array>

namespace perdura::verifier {
namespace {

constexpr std::size_t buffer_max = std::size_t{4} << 20;

}  // namespace

void Spool::append(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() > buffer_max) flush();
}

void Spool::flush() {
  if (file_ == nullptr) file_.reset(std::tmpfile());
  failed_ |= file_ == nullptr ||
             std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size();
  buffer_.clear();
}

Result<Ok> Spool::copy_to(std::ostream& out) {
  if (file_ != nullptr || failed_) {
    flush();
    if (failed_ || std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) {
      return Error{Errc::io, "can't be written", "a temporary file", "is there room for it?"};
    }
    std::array<char, 1 << 16> part{};
    for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), file_.get())) > 0;) {
      out.write(part.data(), static_cast<std::streamsize>(n));
    }
    if (std::ferror(file_.get()) != 0) {
      return Error{Errc::io, "can't be read", "a temporary file", ""};
    }
  }
  out << buffer_;
  return Ok{};
}

}  // namespace perdura::verifier
