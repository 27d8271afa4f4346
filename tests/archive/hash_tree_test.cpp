#include "archive/hash_tree.hpp"

#include <gtest/gtest.h>

#include <map>

#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {
namespace {

using verifier::as_bytes;
using verifier::hash;
using verifier::Hasher;

constexpr DigestAlgorithm sha256 = DigestAlgorithm::sha256;

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(hash(sha256, as_bytes("leaf " + std::to_string(i))));
  }
  return leaves;
}

// The tree of RFC 4998 section 4.2, level by level, word for word; a node alone is carried up.
Digest slow_root(std::vector<Digest> level) {
  while (level.size() > 1) {
    std::vector<Digest> up;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      if (i + 1 == level.size()) {
        up.push_back(level[i]);
        continue;
      }
      const auto [low, high] = std::minmax(level[i], level[i + 1]);
      Bytes both = verifier::to_bytes(low.view());
      both.insert(both.end(), high.view().begin(), high.view().end());
      up.push_back(hash(sha256, both));
    }
    level = std::move(up);
  }
  return level.front();
}

// A built tree with its tiles.
struct Built {
  Digest root;
  std::map<std::pair<unsigned, std::uint64_t>, TilePyramid> tiles;
  std::uint64_t leaves;

  std::vector<Digest> path(std::uint64_t position) const {
    const auto read = [&](unsigned level, std::uint64_t number) -> Result<const TilePyramid*> {
      return &tiles.at({level, number});
    };
    auto path = tree_path(position, leaves, 32, read);
    EXPECT_TRUE(path);
    return *path;
  }
};

Built build(const std::vector<Digest>& of) {
  Built built{{}, {}, of.size()};
  Hasher hasher(sha256);
  HashTreeBuilder builder(sha256, [&](unsigned level, std::uint64_t number, Bytes nodes) {
    EXPECT_EQ(nodes.size(), tile_nodes(level, number, of.size()) * 32);
    built.tiles[{level, number}] = pyramid_over(hasher, std::move(nodes));
    return Result<Ok>(Ok{});
  });
  for (const Digest& leaf : of) EXPECT_TRUE(builder.add(leaf));
  built.root = *builder.finish();
  return built;
}

TEST(HashTree, HasTheRootOfTheSlowTreeForEverySizeUpToSixtyFour) {
  for (std::size_t count = 1; count <= 64; ++count) {
    EXPECT_EQ(build(leaves(count)).root, slow_root(leaves(count))) << count;
  }
}

TEST(HashTree, HasTheRootOfTheSlowTreeAroundTileBoundaries) {
  for (const std::size_t count :
       {255u, 256u, 257u, 511u, 512u, 513u, 65535u, 65536u, 65537u, 70000u}) {
    EXPECT_EQ(build(leaves(count)).root, slow_root(leaves(count))) << count;
  }
}

TEST(HashTree, PathsLeadFromEveryLeafToTheRoot) {
  for (const std::size_t count : {1u, 2u, 3u, 5u, 64u, 255u, 256u, 257u, 600u, 66000u}) {
    const auto all = leaves(count);
    const Built built = build(all);
    Hasher hasher(sha256);
    for (std::size_t i = 0; i<count; i += count> 1000 ? 997 : 1) {
      Digest node = all[i];
      for (const Digest& sibling : built.path(i)) node = verifier::node_hash(hasher, node, sibling);
      EXPECT_EQ(node, built.root) << i << " of " << count;
    }
  }
}

}  // namespace
}  // namespace perdura::archive
