#include "tools/verify/progress_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace perdura::tools::verify {

ProgressLine::ProgressLine(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) != 0) {}

void ProgressLine::show(const verifier::PackageProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  drawn_ = true;
  std::fprintf(stderr, "\r%llu of %llu records, %llu MB \x1b[K",
               static_cast<unsigned long long>(progress.records),
               static_cast<unsigned long long>(progress.records_total),
               static_cast<unsigned long long>(progress.bytes / 1'000'000));
}

void ProgressLine::clear() {
  if (std::exchange(drawn_, false)) std::fputs("\r\x1b[K", stderr);
}

}  // namespace perdura::tools::verify
