// Any octets: reading ends, and every token lies inside of what was given.
#include <cstdint>
#include <cstdlib>

#include "verifier/evidence_file.hpp"
#include "verifier/time_stamp_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  kind_of_evidence({data, size});
  const auto file = parse_time_stamp_file({data, size});
  if (!file) return 0;
  for (const FiledTimeStamp& stamp : file->time_stamps) {
    const auto* start = stamp.token.data();
    if (start < data || start + stamp.token.size() > data + size) std::abort();
  }
  return 0;
}
