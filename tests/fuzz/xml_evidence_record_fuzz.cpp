// Any octets: reading ends, and what was read can be hashed as its renewals ask.
#include <cstdint>
#include <cstdlib>

#include "verifier/xml_evidence_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const auto record = XmlEvidenceRecord::parse({data, size});
  if (!record) return 0;
  Hasher hasher(DigestAlgorithm::sha256);
  const auto& chains = record->record().chains;
  for (std::size_t c = 0; c < chains.size(); ++c) {
    if (chains[c].archive_timestamps.empty()) std::abort();
    for (std::size_t j = 0; j < chains[c].archive_timestamps.size(); ++j) {
      // Without a canonical form, as with a relative namespace, it is an error.
      const auto digest = record->time_stamp_digest(c, j, hasher);
      if (digest && digest->size() != 32) std::abort();
    }
    if (c > 0) (void)record->sequence_digest(c, hasher);
  }
  return 0;
}
