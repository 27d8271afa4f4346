// The Merkle tree of the journal (RFC 9162 section 2.1) in tiles of 256 leaves: what proofs are
// made of.
//
// In memory: the roots of all full tiles and what lies above them (64 octets for 256 entries), and
// the last, partial tile. The leaves of a full tile are read back through a function when a proof
// needs them; a few tiles are kept. Thread safety: none; journal.hpp guards it.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Digest;

// Yields the concatenated leaf hashes of full tile `tile`: 256 times 32 octets.
using ReadTile = std::function<verifier::Result<verifier::Bytes>(std::uint64_t tile)>;

class LogTree {
 public:
  static constexpr std::uint64_t tile_width = 256;
  static constexpr unsigned tile_height = 8;

  // A tree whose full tiles have `tile_roots`, followed by `partial` leaves (fewer than 256).
  LogTree(std::vector<Digest> tile_roots, const std::vector<Digest>& partial, ReadTile read_tile);

  std::uint64_t size() const { return size_; }
  // A tile that an append filled: what the store keeps of it.
  struct FullTile {
    std::uint64_t number;
    verifier::Bytes leaves;
    Digest root;
  };
  // Appends one leaf hash; the tile that it filled, if it did.
  std::optional<FullTile> append(const Digest& leaf);

  // MTH of the first `size` leaves, at most size() of them. Errors: of reading a tile.
  verifier::Result<Digest> root(std::uint64_t size);
  // PATH(index, D[size]), RFC 9162 section 2.1.3.1. Errors: of reading a tile.
  verifier::Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size);
  // PROOF(old_size, D[new_size]), RFC 9162 section 2.1.4.1; empty when old_size is 0 or new_size.
  // Errors: of reading a tile.
  verifier::Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size,
                                                          std::uint64_t new_size);

 private:
  // levels[k][i] is the root of the 2^k leaves from i * 2^k on; only complete subtrees are there.
  using Levels = std::vector<std::vector<Digest>>;
  struct CachedTile {
    std::uint64_t number;
    Levels levels;
  };

  // Adds a node to a pyramid and every parent that it completes.
  void push(Levels& levels, const Digest& node);
  verifier::Result<const Levels*> tile(std::uint64_t number);
  // The root of the complete subtree of 2^level leaves number `index`.
  verifier::Result<Digest> node(unsigned level, std::uint64_t index);
  // MTH of leaves [begin, end) where begin is a multiple of the largest power of two below the
  // width.
  verifier::Result<Digest> subtree(std::uint64_t begin, std::uint64_t end);
  verifier::Result<std::vector<Digest>> hashes_of(const std::vector<verifier::LeafRange>& ranges);
  void keep(CachedTile tile);

  std::uint64_t size_ = 0;
  Levels upper_;    // over the roots of full tiles
  Levels partial_;  // over the leaves of the last, partial tile
  std::list<CachedTile> cache_;
  ReadTile read_tile_;
  verifier::Hasher hasher_{verifier::DigestAlgorithm::sha256};
};

}  // namespace perdura::archive
