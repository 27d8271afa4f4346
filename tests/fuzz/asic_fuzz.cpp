// Any octets as a manifest, and as a container: reading and judging end, and without an anchor
// nothing passes.
#include <cstdint>
#include <cstdlib>

#include "verifier/asic.hpp"
#include "verifier/verify_asic.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const ByteView octets(data, size);
  (void)parse_asic_manifest(octets, "META-INF/ASiCManifest.xml");
  const auto source = open_zip_in_memory(octets);
  if (!source) return 0;
  is_asic(**source);
  const auto judged = judge_asic(**source, "container", octets, JudgeOptions());
  if (judged && judged->report.verdict() == Verdict::passed) std::abort();
  return 0;
}
