// RFC 9162 proofs against the standard's own recursion, slow and word for word, for every log of
// fewer than 70 entries, with proofs that must not hold.
#include "verifier/merkle_log.hpp"

#include <gtest/gtest.h>

#include <bit>

namespace perdura::verifier {
namespace {

using Proof = std::vector<Digest>;
using Leaves = std::span<const Digest>;

constexpr std::uint64_t size_limit = 70;

// MTH of RFC 9162 section 2.1.1, over leaf hashes.
Digest slow_root(Leaves leaves) {
  if (leaves.empty()) return empty_log_root();
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return interior_hash(slow_root(leaves.first(k)), slow_root(leaves.subspan(k)));
}

// PATH of section 2.1.3.1.
Proof slow_inclusion(std::size_t m, Leaves leaves) {
  if (leaves.size() == 1) return {};
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  Proof proof =
      m < k ? slow_inclusion(m, leaves.first(k)) : slow_inclusion(m - k, leaves.subspan(k));
  proof.push_back(m < k ? slow_root(leaves.subspan(k)) : slow_root(leaves.first(k)));
  return proof;
}

// SUBPROOF of section 2.1.4.1.
Proof slow_subproof(std::size_t m, Leaves leaves, bool known) {
  if (m == leaves.size()) return known ? Proof{} : Proof{slow_root(leaves)};
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  Proof proof = m <= k ? slow_subproof(m, leaves.first(k), known)
                       : slow_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(m <= k ? slow_root(leaves.subspan(k)) : slow_root(leaves.first(k)));
  return proof;
}

Proof hashes(const std::vector<LeafRange>& path, Leaves leaves) {
  Proof proof;
  for (const LeafRange& range : path) {
    proof.push_back(slow_root(leaves.subspan(range.begin, range.end - range.begin)));
  }
  return proof;
}

Digest other(const Digest& digest) {
  Bytes octets = to_bytes(digest.view());
  octets[7] ^= 0x10;
  return Digest(octets);
}

class MerkleLog : public testing::Test {
 protected:
  MerkleLog() {
    for (std::uint64_t i = 0; i < size_limit; ++i) {
      leaves_.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
    }
    for (std::uint64_t n = 0; n < size_limit; ++n) roots_.push_back(slow_root(first(n)));
  }
  Leaves first(std::uint64_t n) const { return Leaves(leaves_).first(n); }
  bool included(std::uint64_t index, std::uint64_t size, const Proof& proof) const {
    return verify_inclusion(leaves_[index], index, size, proof, roots_[size]);
  }
  bool consistent(std::uint64_t m, std::uint64_t n, const Proof& proof) const {
    return verify_consistency(m, n, roots_[m], roots_[n], proof);
  }

  std::vector<Digest> leaves_;
  std::vector<Digest> roots_;  // by size
};

// Every proof that differs from `proof` in one hash, or is longer or shorter by one.
template <typename Visit>
void for_each_wrong(const Proof& proof, const Visit& visit) {
  for (std::size_t i = 0; i < proof.size(); ++i) {
    Proof wrong = proof;
    wrong[i] = other(wrong[i]);
    visit(wrong);
    Proof shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    visit(shorter);
    Proof swapped = proof;
    std::swap(swapped[i], swapped[proof.size() - 1 - i]);
    if (swapped != proof) visit(swapped);
  }
  for (std::size_t i = 0; i <= proof.size(); ++i) {
    Proof longer = proof;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), leaf_hash({}));
    visit(longer);
  }
}

TEST_F(MerkleLog, HasTheRootsOfTheKnownTree) {
  // The eight leaves of the certificate transparency test suites.
  const char* const data[] = {"",
                              "00",
                              "10",
                              "2021",
                              "3031",
                              "40414243",
                              "5051525354555657",
                              "606162636465666768696a6b6c6d6e6f"};
  std::vector<Digest> known;
  for (const char* hex : data) known.push_back(leaf_hash(*from_hex(hex)));
  // : | sha256sum
  EXPECT_EQ(empty_log_root().hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // printf '\0' | sha256sum
  EXPECT_EQ(known[0].hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(slow_root(known).hex(),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST_F(MerkleLog, ShowsThatEveryEntryIsInEveryLog) {
  for (std::uint64_t n = 1; n < size_limit; ++n) {
    for (std::uint64_t i = 0; i < n; ++i) {
      const Proof proof = slow_inclusion(i, first(n));
      ASSERT_EQ(proof, hashes(inclusion_path(i, n), first(n))) << i << " of " << n;
      ASSERT_TRUE(included(i, n, proof)) << i << " of " << n;
    }
  }
}

TEST_F(MerkleLog, RefusesInclusionProofsThatAreNotTheOne) {
  for (std::uint64_t n = 1; n < size_limit; ++n) {
    for (std::uint64_t i = 0; i < n; ++i) {
      const Proof proof = slow_inclusion(i, first(n));
      for_each_wrong(proof, [&](const Proof& wrong) {
        ASSERT_FALSE(included(i, n, wrong)) << i << " of " << n;
      });
      ASSERT_FALSE(verify_inclusion(other(leaves_[i]), i, n, proof, roots_[n]));
      ASSERT_FALSE(verify_inclusion(leaves_[i], i, n, proof, other(roots_[n])));
    }
  }
}

TEST_F(MerkleLog, BindsAnEntryToItsPosition) {
  for (std::uint64_t n = 1; n < size_limit; ++n) {
    for (std::uint64_t i = 0; i < n; ++i) {
      const Proof proof = slow_inclusion(i, first(n));
      for (std::uint64_t j = 0; j <= n; ++j) {
        if (j == i) continue;
        ASSERT_FALSE(verify_inclusion(leaves_[i], j, n, proof, roots_[n])) << i << " as " << j;
      }
      ASSERT_FALSE(verify_inclusion(leaves_[i], i + (std::uint64_t{1} << 63), n, proof, roots_[n]));
    }
  }
}

TEST_F(MerkleLog, ShowsThatEveryLogIsTheBeginningOfEveryLongerOne) {
  for (std::uint64_t n = 1; n < size_limit; ++n) {
    for (std::uint64_t m = 1; m <= n; ++m) {
      const Proof proof = slow_subproof(m, first(n), true);
      ASSERT_EQ(proof, hashes(consistency_path(m, n), first(n))) << m << " to " << n;
      ASSERT_TRUE(consistent(m, n, proof)) << m << " to " << n;
    }
    ASSERT_TRUE(consistent(0, n, {}));
  }
}

TEST_F(MerkleLog, RefusesConsistencyProofsThatAreNotTheOne) {
  for (std::uint64_t n = 1; n < size_limit; ++n) {
    for (std::uint64_t m = 0; m <= n; ++m) {
      const Proof proof = m == 0 ? Proof{} : slow_subproof(m, first(n), true);
      for_each_wrong(proof, [&](const Proof& wrong) {
        ASSERT_FALSE(consistent(m, n, wrong)) << m << " to " << n;
      });
      ASSERT_FALSE(verify_consistency(m, n, other(roots_[m]), roots_[n], proof));
      ASSERT_FALSE(m != 0 && verify_consistency(m, n, roots_[m], other(roots_[n]), proof));
      ASSERT_FALSE(m != n && verify_consistency(n, m, roots_[n], roots_[m], proof));
    }
  }
}

TEST_F(MerkleLog, ProofsThatCantBeComparedDoNotDisagree) {
  const Digest one = leaf_hash({});
  const Digest other = leaf_hash(as_bytes("other"));
  const std::vector<Digest> a{one};
  const std::vector<Digest> b{other};
  EXPECT_TRUE(proofs_agree(0, 2, a, 2, a));
  EXPECT_FALSE(proofs_agree(0, 2, a, 2, b));
  EXPECT_TRUE(proofs_agree(2, 2, a, 2, b));
  EXPECT_TRUE(proofs_agree(1, 2, a, 1, b));
  EXPECT_TRUE(proofs_agree(0, 2, a, 3, b));
  EXPECT_TRUE(proofs_agree(0, 3, b, 2, a));
  EXPECT_TRUE(consistency_path(0, 5).empty());
  EXPECT_TRUE(consistency_path(5, 5).empty());
}

TEST_F(MerkleLog, EndsOnProofsOfAbsurdSizes) {
  const Proof proof(200, leaves_[0]);
  constexpr std::uint64_t most = ~std::uint64_t{0};
  EXPECT_FALSE(verify_inclusion(leaves_[0], 0, most, proof, roots_[1]));
  EXPECT_FALSE(verify_inclusion(leaves_[0], most - 1, most, proof, roots_[1]));
  EXPECT_FALSE(verify_consistency(1, most, roots_[1], roots_[2], proof));
  EXPECT_FALSE(verify_consistency(most - 1, most, roots_[1], roots_[2], proof));
  EXPECT_FALSE(verify_consistency(std::uint64_t{1} << 63, most, roots_[1], roots_[2], {}));
}

}  // namespace
}  // namespace perdura::verifier
