// Any octets: reading ends, and what is left without the evidence is a CMS object, which stays one
// with its SignerInfos in another order. (Evidence in another SignerInfo may come to light.)
#include <cstdint>
#include <cstdlib>

#include "verifier/cms.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const auto object = parse_cms({data, size});
  if (!object || object->evidence.empty()) return 0;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < object->evidence.size(); ++i) all.push_back(i);
  for (const auto empty : {EmptyAttributes::left_out, EmptyAttributes::kept}) {
    const Bytes octets = without_evidence(object->encoding, all, empty);
    if (!parse_cms(octets)) std::abort();
    const Bytes sorted = with_signers_sorted(octets);
    if (sorted.size() != octets.size() || !parse_cms(sorted)) std::abort();
  }
  return 0;
}
