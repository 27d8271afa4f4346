// RFC 4998 §4.2 and §4.3: from hash values to the root of a hash tree.
//
// Values are compared as unsigned octets ("binary ascending"). Nothing here has domain separation,
// because RFC 4998 has none: a leaf can't be told from a node. RFC 9162 trees are merkle_log.hpp's.
// Thread safety: pure, but for the Hasher, which belongs to one thread.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// The value of a list of values: sorts a copy, concatenates and hashes it; a single value is
// carried unhashed (RFC 6283 §3.1.1 says so, RFC 4998 §4.2 step 3 implies it). At least one value.
Digest combine(Hasher& hasher, std::span<const Digest> list);

// The leaf of a data object group: the value of its members' hashes (§4.2 step 3).
inline Digest group_hash(Hasher& hasher, std::span<const Digest> members) {
  return combine(hasher, members);
}

// The parent of two nodes: H(lesser || greater). Both have at most Digest::size_max octets. The
// value of two equal nodes is the hash of both, as a list holds them.
inline Digest node_hash(Hasher& hasher, const Digest& a, const Digest& b) {
  std::array<std::uint8_t, 2 * Digest::size_max> pair;
  const bool in_order = compare(a, b) <= 0;
  const ByteView first = in_order ? a.view() : b.view();
  const ByteView second = in_order ? b.view() : a.view();
  std::memcpy(pair.data(), first.data(), first.size());
  std::memcpy(pair.data() + first.size(), second.data(), second.size());
  return hasher.update(ByteView(pair).first(first.size() + second.size())).finish();
}

// The value that a data object has in a chain started by hash-tree renewal (§5.2 step 4):
// H(h || ha), by position, h the object's hash and ha that of the sequence so far.
Digest renewed_leaf(Hasher& hasher, const Digest& object, const Digest& sequence);

// How lists are taken where RFC 4998 can be read in more than one way.
enum class ListReading {
  usual,
  equal_values_once,    // RFC 4998 does not say what equal values inside one list stand for
  single_value_hashed,  // a first list of one value too is hashed: the letter of §4.3 step 3
};

// The root of a reduced hash tree (§4.3 step 3): the value of the first list, then of each further
// list together with the value so far. The lists must not be empty.
Digest root(Hasher& hasher, std::span<const PartialHashtree> lists, ListReading reading);

// Whether `value` is in `list`.
bool contains(const PartialHashtree& list, ByteView value);

}  // namespace perdura::verifier
