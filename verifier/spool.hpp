// Text that is written now and read back once, later: in memory while it is short, then in a file
// without a name. Thread safety: one thread.
#pragma once

#include <cstdio>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "verifier/result.hpp"

namespace perdura::verifier {

// Grows at its end.
class Spool {
 public:
  // Adds at the end; what can't be written is told by copy_to().
  void append(std::string_view text);
  // Whether nothing was added.
  bool empty() const { return buffer_.empty() && file_ == nullptr; }
  // Writes all of it to `out`; it may not grow after that. Errors: io.
  Result<Ok> copy_to(std::ostream& out);

 private:
  void flush();

  std::string buffer_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, std::fclose};
  bool failed_ = false;
};

}  // namespace perdura::verifier
