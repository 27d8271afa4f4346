#include "archive/log_tree.hpp"

#include <algorithm>
#include <bit>

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::ByteView;
using verifier::check;
using verifier::Result;

constexpr std::size_t cached_tiles_max = 32;
constexpr std::size_t hash_size = 32;

}  // namespace

LogTree::LogTree(std::vector<Digest> tile_roots, const std::vector<Digest>& partial,
                 ReadTile read_tile)
    : size_(tile_roots.size() * tile_width + partial.size()), read_tile_(std::move(read_tile)) {
  check(partial.size() < tile_width, "a partial tile has fewer than 256 leaves");
  for (const Digest& root : tile_roots) push(upper_, root);
  for (const Digest& leaf : partial) push(partial_, leaf);
}

void LogTree::push(Levels& levels, const Digest& node) {
  Digest carried = node;
  for (std::size_t level = 0;; ++level) {
    if (levels.size() == level) levels.emplace_back();
    std::vector<Digest>& row = levels[level];
    row.push_back(carried);
    if (row.size() % 2 != 0) return;
    carried = verifier::interior_hash(hasher_, row[row.size() - 2], row.back());
  }
}

std::optional<LogTree::FullTile> LogTree::append(const Digest& leaf) {
  push(partial_, leaf);
  ++size_;
  if (size_ % tile_width != 0) return std::nullopt;
  FullTile full{.number = size_ / tile_width - 1, .leaves = {}, .root = partial_[tile_height][0]};
  full.leaves.reserve(tile_width * hash_size);
  for (const Digest& hash : partial_[0]) {
    full.leaves.insert(full.leaves.end(), hash.view().begin(), hash.view().end());
  }
  push(upper_, full.root);
  keep({full.number, std::move(partial_)});
  partial_ = {};
  return full;
}

void LogTree::keep(CachedTile tile) {
  cache_.push_front(std::move(tile));
  if (cache_.size() > cached_tiles_max) cache_.pop_back();
}

Result<const LogTree::Levels*> LogTree::tile(std::uint64_t number) {
  if (number == size_ / tile_width) return &partial_;
  for (auto it = cache_.begin(); it != cache_.end(); ++it) {
    if (it->number != number) continue;
    cache_.splice(cache_.begin(), cache_, it);
    return &cache_.front().levels;
  }
  const Result<Bytes> leaves = read_tile_(number);
  if (!leaves) return leaves.error();
  check(leaves->size() == tile_width * hash_size, "a full tile has 256 hashes");
  CachedTile read{number, {}};
  for (std::size_t i = 0; i < tile_width; ++i) {
    push(read.levels, Digest(ByteView(*leaves).subspan(i * hash_size, hash_size)));
  }
  keep(std::move(read));
  return &cache_.front().levels;
}

Result<Digest> LogTree::node(unsigned level, std::uint64_t index) {
  if (level >= tile_height && (index + 1) << (level - tile_height) <= size_ / tile_width) {
    return upper_[level - tile_height][index];
  }
  check(level < tile_height, "a complete subtree above a tile lies in the upper tree");
  const unsigned in_tile = tile_height - level;
  const Result<const Levels*> levels = tile(index >> in_tile);
  if (!levels) return levels.error();
  const std::uint64_t mask = (std::uint64_t{1} << in_tile) - 1;
  check(level < (*levels)->size() && (index & mask) < (**levels)[level].size(),
        "a complete subtree is there");
  return (**levels)[level][index & mask];
}

Result<Digest> LogTree::subtree(std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t width = end - begin;
  if (std::has_single_bit(width)) {
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    return node(level, begin >> level);
  }
  const std::uint64_t left_width = std::bit_floor(width);
  const Result<Digest> left = subtree(begin, begin + left_width);
  if (!left) return left;
  const Result<Digest> right = subtree(begin + left_width, end);
  if (!right) return right;
  return verifier::interior_hash(hasher_, *left, *right);
}

Result<Digest> LogTree::root(std::uint64_t size) {
  check(size <= size_, "a root is of what is there");
  if (size == 0) return verifier::empty_log_root();
  return subtree(0, size);
}

Result<std::vector<Digest>> LogTree::hashes_of(const std::vector<verifier::LeafRange>& ranges) {
  std::vector<Digest> hashes;
  for (const verifier::LeafRange& range : ranges) {
    const Result<Digest> hash = subtree(range.begin, range.end);
    if (!hash) return hash.error();
    hashes.push_back(*hash);
  }
  return hashes;
}

Result<std::vector<Digest>> LogTree::inclusion_proof(std::uint64_t index, std::uint64_t size) {
  check(index < size && size <= size_, "a proof is of an entry that is there");
  return hashes_of(verifier::inclusion_path(index, size));
}

Result<std::vector<Digest>> LogTree::consistency_proof(std::uint64_t old_size,
                                                       std::uint64_t new_size) {
  check(old_size <= new_size && new_size <= size_, "a proof is between sizes that are there");
  return hashes_of(verifier::consistency_path(old_size, new_size));
}

}  // namespace perdura::archive
