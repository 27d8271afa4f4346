// Numbers as the archive's own formats have them: the most significant octet first.
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "verifier/bytes.hpp"

namespace perdura::archive {

// Appends the last `octets` octets of `value` to octets or text.
template <typename Octets>
void append_big_endian(Octets& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = octets; i-- > 0;) {
    out.push_back(static_cast<typename Octets::value_type>(value >> (8 * i) & 0xFF));
  }
}

// The number in `size` octets at `offset`, which must be there.
inline std::uint64_t number_at(verifier::ByteView octets, std::size_t offset, unsigned size) {
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets.subspan(offset, size)) value = value << 8 | octet;
  return value;
}

}  // namespace perdura::archive
