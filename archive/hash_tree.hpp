// The RFC 4998 hash tree of a batch, built in one pass and kept in tiles (formats/tile.md).
//
// Binary: a node is H(min || max) of its two children; a node without a sibling is carried up
// unhashed. A tile holds 256 nodes of levels 0, 8, 16 …; what lies between is hashed again when a
// path is asked for. Memory: one tile a level.
// Thread safety: a builder belongs to one thread; reading functions are pure.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Ok;
using verifier::Result;

constexpr std::uint64_t tree_tile_width = 256;
constexpr unsigned tree_tile_height = 8;

// Takes tile `number` of tile level `level`: its nodes, one after the other.
using TakeTile = std::function<Result<Ok>(unsigned level, std::uint64_t number, Bytes nodes)>;

class HashTreeBuilder {
 public:
  HashTreeBuilder(DigestAlgorithm algorithm, TakeTile take_tile);

  // Adds the next leaf. Errors: those of taking a tile.
  Result<Ok> add(const Digest& leaf);
  // The root over all leaves, of which there must be one at least; hands out the partial tiles.
  // The builder is used up. Errors: those of taking a tile.
  Result<Digest> finish();
  std::uint64_t leaves() const { return leaves_; }

 private:
  struct Level {
    Bytes nodes;              // of the tile that is being filled
    std::uint64_t tiles = 0;  // handed out already
  };
  Result<Ok> push(std::size_t level, ByteView node);
  // Hands out the tile that is being filled and gives the node that it reduces to.
  Result<Digest> close_tile(std::size_t level);

  verifier::Hasher hasher_;
  std::size_t digest_size_;
  TakeTile take_tile_;
  std::vector<Level> levels_;
  std::uint64_t leaves_ = 0;
};

// All nodes of one tile: nodes[0] as stored, nodes[k + 1] the parents of nodes[k], up to one.
using TilePyramid = std::vector<Bytes>;
TilePyramid pyramid_over(verifier::Hasher& hasher, Bytes nodes);

// Yields the pyramid of a tile; it must stay valid until the next call.
using ReadPyramid = std::function<Result<const TilePyramid*>(unsigned level, std::uint64_t number)>;

// The siblings of leaf `position` of `leaves`, from below: what a reduced hash tree holds after the
// leaf's own list (RFC 4998 section 4.2). Errors: those of reading.
Result<std::vector<Digest>> tree_path(std::uint64_t position, std::uint64_t leaves,
                                      std::size_t digest_size, const ReadPyramid& read);

// How many nodes tile `number` of tile level `level` has in a tree of `leaves`.
std::uint64_t tile_nodes(unsigned level, std::uint64_t number, std::uint64_t leaves);

}  // namespace perdura::archive
