#include "archive/batch_tree.hpp"

#include "archive/keyspace.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {

Result<Digest> record_leaf(DigestAlgorithm algorithm, const DepositRow& row) {
  if (algorithm == DigestAlgorithm::sha512) return row.group_sha512;
  if (algorithm != DigestAlgorithm::sha256) {
    return Error{Errc::unsupported,
                 "a tree of " + std::string(verifier::name(algorithm)) + " can't be sealed yet",
                 "track", "use sha256 or sha512"};
  }
  thread_local verifier::Hasher hasher(DigestAlgorithm::sha256);
  thread_local std::vector<Digest> members;
  members.assign(1, row.statement.address);
  for (const ContentReference& document : row.documents) members.push_back(document.address);
  return verifier::group_hash(hasher, members);
}

Result<BatchTrees> build_batch_trees(const Journal& journal, std::uint64_t first, std::uint64_t end,
                                     const std::string& checkpoint,
                                     const std::set<DigestAlgorithm>& algorithms,
                                     const TakeBatchTile& take_tile,
                                     const std::function<void(std::uint64_t)>& tick) {
  std::map<DigestAlgorithm, HashTreeBuilder> builders;
  for (const DigestAlgorithm algorithm : algorithms) {
    const auto take = [&take_tile, algorithm](unsigned level, std::uint64_t number, Bytes nodes) {
      return take_tile(algorithm, level, number, std::move(nodes));
    };
    auto& builder = builders.try_emplace(algorithm, algorithm, take).first->second;
    const Digest leaf = verifier::hash(algorithm, verifier::as_bytes(checkpoint));
    if (auto added = builder.add(leaf); !added) return added.error();
  }
  BatchTrees trees;
  const auto add_record = [&](std::uint64_t, ByteView value) -> Result<bool> {
    const auto row = decode_deposit_row(value);
    if (!row) return row.error();
    for (auto& [algorithm, builder] : builders) {
      const auto leaf = record_leaf(algorithm, *row);
      if (!leaf) return leaf.error();
      if (auto added = builder.add(*leaf); !added) return added.error();
    }
    tick(++trees.records);
    return true;
  };
  if (auto done = journal.scan(keyspace::deposit_prefix, first, end, add_record); !done) {
    return done.error();
  }
  for (auto& [algorithm, builder] : builders) {
    const auto root = builder.finish();
    if (!root) return root.error();
    trees.roots.emplace(algorithm, *root);
  }
  return trees;
}

}  // namespace perdura::archive
