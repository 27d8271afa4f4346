#include "archive/random.hpp"

#include <openssl/rand.h>

#include "verifier/result.hpp"

namespace perdura::archive {

verifier::Bytes random_octets(std::size_t size) {
  verifier::Bytes octets(size);
  verifier::check(RAND_bytes(octets.data(), static_cast<int>(size)) == 1,
                  "the machine gives random octets");
  return octets;
}

}  // namespace perdura::archive
