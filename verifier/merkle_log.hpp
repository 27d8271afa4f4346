// RFC 9162 section 2.1: the Merkle tree of the journal, with SHA-256.
//
// Position is bound and leaves are told from nodes by a first octet; nothing is sorted. This has
// nothing to do with the hash trees of evidence records (reduced_hashtree.hpp): never mix them.
// Thread safety: pure functions, but for a Hasher (SHA-256), which belongs to one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::verifier {

// H(0x00 || data): the hash of a leaf (RFC 9162 section 2.1.1).
Digest leaf_hash(ByteView data);
Digest leaf_hash(Hasher& sha256, ByteView data);

// H(0x01 || left || right): the hash of an inner node.
Digest interior_hash(const Digest& left, const Digest& right);
Digest interior_hash(Hasher& sha256, const Digest& left, const Digest& right);

// H(""): the root of the log without entries.
Digest empty_log_root();

// Whether `proof` shows that the leaf with hash `leaf` has position `index` (from 0) in the log of
// `size` entries with root `root` (RFC 9162 section 2.1.3.2). False for any malformed proof.
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root);

// Whether `proof` shows that the log of `old_size` entries is the beginning of the one of
// `new_size` (RFC 9162 section 2.1.4.2). Equal sizes need equal roots and no proof; the empty log
// is the beginning of every log, without proof. False for any malformed proof.
bool verify_consistency(std::uint64_t old_size, std::uint64_t new_size, const Digest& old_root,
                        const Digest& new_root, std::span<const Digest> proof);

// Whether two inclusion proofs of the leaf at `index`, in logs of these sizes, give the same hash
// to every subtree that both of them name. If not, neither log is the beginning of the other: it
// forked. The proofs must hold; true when one of them has another length than it must have.
bool proofs_agree(std::uint64_t index, std::uint64_t size_a, std::span<const Digest> proof_a,
                  std::uint64_t size_b, std::span<const Digest> proof_b);

// The leaves from `begin` up to, but without, `end`: a subtree of RFC 9162 section 2.1.1.
struct LeafRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const LeafRange&, const LeafRange&) = default;
};

// The subtrees whose hashes, in this order, are the inclusion proof for leaf `index` of a log of
// `size` entries (PATH of RFC 9162 section 2.1.3.1). `index` must be less than `size`.
std::vector<LeafRange> inclusion_path(std::uint64_t index, std::uint64_t size);

// The same for the consistency proof from `old_size` to `new_size` (PROOF of section 2.1.4.1).
// `old_size` must be at most `new_size`; nothing when they are equal or `old_size` is 0.
std::vector<LeafRange> consistency_path(std::uint64_t old_size, std::uint64_t new_size);

}  // namespace perdura::verifier
