// Any octets as a zip: judging ends, in bounded memory, and what was not made by the archive never
// passes: no anchor is given, so nothing can.
#include <cstdint>
#include <cstdlib>

#include "verifier/package_source.hpp"
#include "verifier/verify_package.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const auto source = open_zip_in_memory({data, size});
  if (!source) return 0;
  PackageOptions options;
  options.judge.at = Time{1'800'000'000};
  options.threads = 1;
  const auto summary = verify_package(**source, options, [](const RecordResult& record) {
    if (record.verdict == Verdict::passed) std::abort();
  });
  (void)summary;
  return 0;
}
