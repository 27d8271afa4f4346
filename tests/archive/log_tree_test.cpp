#include "archive/log_tree.hpp"

#include <gtest/gtest.h>

#include <map>

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::DigestAlgorithm;
using verifier::Result;

Digest leaf(std::uint64_t i) {
  return verifier::leaf_hash(verifier::as_bytes("entry " + std::to_string(i)));
}

// MTH of RFC 9162 section 2.1.1, word for word.
Digest slow_root(std::uint64_t begin, std::uint64_t end) {
  if (end - begin == 1) return leaf(begin);
  std::uint64_t k = 1;
  while (k * 2 < end - begin) k *= 2;
  return verifier::interior_hash(slow_root(begin, begin + k), slow_root(begin + k, end));
}

// A tree of `size` entries that keeps its full tiles as a store would.
struct Grown {
  std::map<std::uint64_t, Bytes> tiles;
  std::vector<Digest> roots;
  LogTree tree{{}, {}, [this](std::uint64_t tile) { return Result<Bytes>(tiles.at(tile)); }};

  explicit Grown(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      if (auto full = tree.append(leaf(i))) {
        roots.push_back(full->root);
        tiles[full->number] = std::move(full->leaves);
      }
    }
  }
};

TEST(LogTree, HasTheRootOfTheStandardsRecursionAtEverySize) {
  Grown grown(600);
  for (std::uint64_t size = 1; size <= 600; ++size) {
    EXPECT_EQ(*grown.tree.root(size), slow_root(0, size)) << size;
  }
}

TEST(LogTree, ProvesInclusionOfEveryEntryAtManySizes) {
  Grown grown(530);
  for (const std::uint64_t size : {1u, 2u, 3u, 100u, 256u, 257u, 512u, 513u, 530u}) {
    const Digest root = *grown.tree.root(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto proof = grown.tree.inclusion_proof(i, size);
      ASSERT_TRUE(proof);
      EXPECT_TRUE(verifier::verify_inclusion(leaf(i), i, size, *proof, root)) << i << "/" << size;
    }
  }
}

TEST(LogTree, ProvesThatEverySizeIsTheBeginningOfLaterOnes) {
  Grown grown(300);
  for (std::uint64_t to = 1; to <= 300; to += 7) {
    for (std::uint64_t from = 1; from <= to; from += 3) {
      const auto proof = grown.tree.consistency_proof(from, to);
      ASSERT_TRUE(proof);
      EXPECT_TRUE(verifier::verify_consistency(from, to, *grown.tree.root(from),
                                               *grown.tree.root(to), *proof))
          << from << " to " << to;
    }
  }
}

TEST(LogTree, IsTheSameWhenItIsMadeAgainFromItsTiles) {
  Grown grown(1000);
  std::vector<Digest> partial;
  for (std::uint64_t i = 768; i < 1000; ++i) partial.push_back(leaf(i));
  LogTree again(grown.roots, partial,
                [&](std::uint64_t tile) { return Result<Bytes>(grown.tiles.at(tile)); });
  EXPECT_EQ(*again.root(1000), *grown.tree.root(1000));
  EXPECT_EQ(*again.inclusion_proof(300, 1000), *grown.tree.inclusion_proof(300, 1000));
}

}  // namespace
}  // namespace perdura::archive
