#include "archive/hash_tree.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace perdura::archive {
namespace {

using verifier::check;
using verifier::Hasher;

// Replaces `nodes`, of `size` octets each, by their parents H(min || max), in place; a last one
// without a sibling is carried up. Which of two is the lesser is chance: it is never branched on.
template <std::size_t size>
void reduce_once(Hasher& hasher, Bytes& nodes) {
  const std::size_t count = nodes.size() / size;
  std::uint8_t* const to = nodes.data();
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    const std::uint8_t* const pair = to + i * size;
    const std::size_t least = std::memcmp(pair, pair + size, size) <= 0 ? 0 : size;
    std::array<std::uint8_t, 2 * size> sorted;
    std::memcpy(sorted.data(), pair + least, size);
    std::memcpy(sorted.data() + size, pair + (size - least), size);
    hasher.update(sorted).finish({to + i / 2 * size, size});
  }
  if (count % 2 != 0) std::memmove(to + count / 2 * size, to + (count - 1) * size, size);
  nodes.resize((count + 1) / 2 * size);
}

void reduce_once(Hasher& hasher, Bytes& nodes, std::size_t size) {
  switch (size) {
    case 32:
      return reduce_once<32>(hasher, nodes);
    case 48:
      return reduce_once<48>(hasher, nodes);
    default:
      check(size == 64, "a tree's digests have 32, 48 or 64 octets");
      return reduce_once<64>(hasher, nodes);
  }
}

}  // namespace

HashTreeBuilder::HashTreeBuilder(DigestAlgorithm algorithm, TakeTile take_tile)
    : hasher_(algorithm),
      digest_size_(verifier::digest_size(algorithm)),
      take_tile_(std::move(take_tile)) {}

Result<Ok> HashTreeBuilder::add(const Digest& leaf) {
  check(leaf.size() == digest_size_, "a leaf is a digest of the tree's algorithm");
  ++leaves_;
  return push(0, leaf.view());
}

Result<Ok> HashTreeBuilder::push(std::size_t level, ByteView node) {
  if (levels_.size() == level) {
    levels_.emplace_back();
    levels_.back().nodes.reserve(tree_tile_width * digest_size_);
  }
  Bytes& nodes = levels_[level].nodes;
  nodes.insert(nodes.end(), node.begin(), node.end());
  if (nodes.size() < tree_tile_width * digest_size_) return Ok{};
  const Result<Digest> up = close_tile(level);
  if (!up) return up.error();
  return push(level + 1, up->view());
}

Result<Digest> HashTreeBuilder::close_tile(std::size_t level) {
  Level& closing = levels_[level];
  auto taken = take_tile_(static_cast<unsigned>(level), closing.tiles++, closing.nodes);
  if (!taken) return taken.error();
  while (closing.nodes.size() > digest_size_) reduce_once(hasher_, closing.nodes, digest_size_);
  const Digest up(closing.nodes);
  closing.nodes.clear();
  return up;
}

Result<Digest> HashTreeBuilder::finish() {
  check(leaves_ > 0, "a tree has a leaf");
  for (std::size_t level = 0;; ++level) {
    // A level that holds one node in all is the root: it needs no tile of its own.
    const bool alone = levels_[level].tiles == 0 && levels_[level].nodes.size() == digest_size_;
    if (alone && level > 0) return Digest(levels_[level].nodes);
    if (levels_[level].nodes.empty()) continue;
    const Result<Digest> up = close_tile(level);
    if (!up || levels_[level].tiles == 1) return up;
    if (auto pushed = push(level + 1, up->view()); !pushed) return pushed.error();
  }
}

TilePyramid pyramid_over(Hasher& hasher, Bytes nodes) {
  const std::size_t size = verifier::digest_size(hasher.algorithm());
  check(!nodes.empty() && nodes.size() % size == 0, "a tile holds whole digests");
  TilePyramid pyramid{std::move(nodes)};
  while (pyramid.back().size() > size) {
    Bytes up = pyramid.back();
    reduce_once(hasher, up, size);
    pyramid.push_back(std::move(up));
  }
  return pyramid;
}

std::uint64_t tile_nodes(unsigned level, std::uint64_t number, std::uint64_t leaves) {
  std::uint64_t width = leaves;
  for (unsigned i = 0; i < level; ++i) width = (width + tree_tile_width - 1) / tree_tile_width;
  const std::uint64_t begin = number * tree_tile_width;
  return begin >= width ? 0 : std::min(tree_tile_width, width - begin);
}

Result<std::vector<Digest>> tree_path(std::uint64_t position, std::uint64_t leaves,
                                      std::size_t digest_size, const ReadPyramid& read) {
  check(position < leaves, "a path is of a leaf that is there");
  std::vector<Digest> siblings;
  std::uint64_t width = leaves;
  for (unsigned level = 0; width > 1; ++level) {
    const auto pyramid = read(level, position / tree_tile_width);
    if (!pyramid) return pyramid.error();
    std::size_t index = position % tree_tile_width;
    for (const Bytes& nodes : **pyramid) {
      const std::size_t sibling = index ^ 1;
      if ((sibling + 1) * digest_size <= nodes.size()) {
        siblings.emplace_back(ByteView(nodes).subspan(sibling * digest_size, digest_size));
      }
      index /= 2;
    }
    position /= tree_tile_width;
    width = (width + tree_tile_width - 1) / tree_tile_width;
  }
  return siblings;
}

}  // namespace perdura::archive
