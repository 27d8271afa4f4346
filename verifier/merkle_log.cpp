#include "verifier/merkle_log.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "verifier/result.hpp"

namespace perdura::verifier {
namespace {

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;

// The largest power of two that is less than `size`, for size > 1 (RFC 9162 section 2.1.1).
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

// Climbs from the last node of a level to where the tree has a right sibling to offer.
void skip_levels_without_sibling(std::uint64_t& first, std::uint64_t& last) {
  // `first` reaches 0 in a malformed proof: the loop must end there too.
  while ((first & 1) == 0 && first != 0) {
    first >>= 1;
    last >>= 1;
  }
}

}  // namespace

Digest leaf_hash(Hasher& sha256, ByteView data) {
  return sha256.update({&leaf_prefix, 1}).update(data).finish();
}

Digest leaf_hash(ByteView data) {
  Hasher sha256(DigestAlgorithm::sha256);
  return leaf_hash(sha256, data);
}

Digest interior_hash(Hasher& sha256, const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 1 + 2 * Digest::size_max> node;
  node[0] = node_prefix;
  std::memcpy(node.data() + 1, left.view().data(), left.size());
  std::memcpy(node.data() + 1 + left.size(), right.view().data(), right.size());
  return sha256.update(ByteView(node).first(1 + left.size() + right.size())).finish();
}

Digest interior_hash(const Digest& left, const Digest& right) {
  Hasher sha256(DigestAlgorithm::sha256);
  return interior_hash(sha256, left, right);
}

Digest empty_log_root() { return hash(DigestAlgorithm::sha256, {}); }

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  Hasher sha256(DigestAlgorithm::sha256);
  std::uint64_t fn = index;     // names as in RFC 9162 section 2.1.3.2
  std::uint64_t sn = size - 1;  // position of the last node on this level
  Digest r = leaf;
  for (const Digest& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      r = interior_hash(sha256, p, r);
      skip_levels_without_sibling(fn, sn);
    } else {
      r = interior_hash(sha256, r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

bool verify_consistency(std::uint64_t old_size, std::uint64_t new_size, const Digest& old_root,
                        const Digest& new_root, std::span<const Digest> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == empty_log_root();
  Hasher sha256(DigestAlgorithm::sha256);
  // RFC 9162 section 2.1.4.2: when the old log is a whole subtree, its root begins the proof.
  const bool whole = std::has_single_bit(old_size);
  if (!whole && proof.empty()) return false;
  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Digest fr = whole ? old_root : proof.front();
  Digest sr = fr;
  for (const Digest& c : whole ? proof : proof.subspan(1)) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = interior_hash(sha256, c, fr);
      sr = interior_hash(sha256, c, sr);
      skip_levels_without_sibling(fn, sn);
    } else {
      sr = interior_hash(sha256, sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == new_root;
}

std::vector<LeafRange> inclusion_path(std::uint64_t index, std::uint64_t size) {
  check(index < size, "a proof is for an entry of the log");
  std::vector<LeafRange> path;  // root first; turned round at the end
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split(end - begin);
    if (index < middle) {
      path.push_back({middle, end});
      end = middle;
    } else {
      path.push_back({begin, middle});
      begin = middle;
    }
  }
  return {path.rbegin(), path.rend()};
}

std::vector<LeafRange> consistency_path(std::uint64_t old_size, std::uint64_t new_size) {
  check(old_size <= new_size, "a log grows");
  if (old_size == 0 || old_size == new_size) return {};
  std::vector<LeafRange> path;
  std::uint64_t begin = 0;
  std::uint64_t end = new_size;
  // Invariant: the old log ends inside of [begin, end), or with it.
  while (end != old_size) {
    const std::uint64_t middle = begin + split(end - begin);
    if (old_size <= middle) {
      path.push_back({middle, end});
      end = middle;
    } else {
      path.push_back({begin, middle});
      begin = middle;
    }
  }
  // The subtree that both share is left out when it is the whole old log: its root is known.
  if (begin != 0) path.push_back({begin, end});
  return {path.rbegin(), path.rend()};
}

bool proofs_agree(std::uint64_t index, std::uint64_t size_a, std::span<const Digest> proof_a,
                  std::uint64_t size_b, std::span<const Digest> proof_b) {
  if (index >= size_a || index >= size_b) return true;
  const std::vector<LeafRange> path_a = inclusion_path(index, size_a);
  const std::vector<LeafRange> path_b = inclusion_path(index, size_b);
  if (path_a.size() != proof_a.size() || path_b.size() != proof_b.size()) return true;
  for (std::size_t a = 0; a < path_a.size(); ++a) {
    for (std::size_t b = 0; b < path_b.size(); ++b) {
      if (path_a[a] == path_b[b] && proof_a[a] != proof_b[b]) return false;
    }
  }
  return true;
}

}  // namespace perdura::verifier
