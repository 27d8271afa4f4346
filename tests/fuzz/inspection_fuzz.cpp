// Any bytes: inspecting ends, and what it tells is UTF-8.
#include <cstdint>
#include <cstdlib>

#include "verifier/inspection.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const ByteView octets(data, size);
  for (const InspectDetail detail : {InspectDetail::brief, InspectDetail::full}) {
    const auto shown = inspect(octets, detail);
    if (shown && (!is_utf8(shown->as_text()) || !is_utf8(shown->as_json()))) std::abort();
  }
  return 0;
}
