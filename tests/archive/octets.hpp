// Octets as tests of stores write and count them.
#pragma once

#include <cstddef>
#include <string_view>

#include "verifier/bytes.hpp"

namespace perdura::archive {

inline constexpr std::size_t mebi = 1u << 20;

// Those of `text`.
inline verifier::Bytes octets(std::string_view text) {
  return verifier::to_bytes(verifier::as_bytes(text));
}

}  // namespace perdura::archive
