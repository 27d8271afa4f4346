// Random octets for keys, salts and names.
//
// Thread safety: any thread.
#pragma once

#include <cstddef>

#include "verifier/bytes.hpp"

namespace perdura::archive {

// `size` octets of libcrypto's generator; a broken invariant when it has none to give.
verifier::Bytes random_octets(std::size_t size);

}  // namespace perdura::archive
