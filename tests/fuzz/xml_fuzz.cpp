// Any octets: reading ends, and what is written canonically is read again and is its own canonical
// form.
#include <cstdint>
#include <cstdlib>

#include "verifier/xml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const auto document = XmlDocument::parse({data, size});
  if (!document) return 0;
  for (const auto method : {Canonicalization::inclusive, Canonicalization::exclusive}) {
    const auto once = document->canonical(method);
    if (!once) continue;
    const auto again = XmlDocument::parse(*once);
    // Where a character is written longer than it was, the size may be over the limit.
    if (!again) {
      if (again.error().code != Errc::too_large) std::abort();
      continue;
    }
    const auto twice = again->canonical(method);
    if (!twice || !equal(*once, *twice)) std::abort();
  }
  return 0;
}
