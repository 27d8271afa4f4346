// Any octets, read as a policy in either form: reading ends, and what was read is the same after it
// was written and read again.
#include <cstdint>
#include <cstdlib>

#include "verifier/policy_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const auto file = read_policy({data, size});
  if (!file) return 0;
  const Bytes written = write_policy(file->table);
  const auto again = read_policy(written);
  // A policy whose parts are each at their limit may be too long when it is put together.
  if (!again && again.error().code == Errc::too_large) return 0;
  if (!again || write_policy(again->table) != written) std::abort();
  const AlgorithmPolicy policy(file->table);
  for (const PolicyAlgorithm& algorithm : file->table.algorithms) {
    for (const std::string& oid : algorithm.oids) {
      if (!policy.fitness_of_oid(oid).known) std::abort();
      (void)policy.end_of({SignatureScheme::rsa_pss, 3072, 0, oid});
      (void)policy.end_of({SignatureScheme::dsa, 2048, 224, oid});
    }
  }
  return 0;
}
