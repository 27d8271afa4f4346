#include "archive/batch_tree.hpp"

#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "archive/object_putter.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {

Result<Digest> record_leaf(const Archive& archive, ContentReader& reader, DigestAlgorithm algorithm,
                           const DepositRow& row) {
  if (algorithm == DigestAlgorithm::sha512) return row.group_sha512;
  if (algorithm != DigestAlgorithm::sha256) {
    const auto text = read_statement_text(archive, reader, row);
    if (!text) return text.error();
    const auto members = record_members(archive, reader, row, *text)(algorithm);
    if (!members) return members.error();
    verifier::Hasher hasher(algorithm);
    return verifier::group_hash(hasher, *members);
  }
  thread_local verifier::Hasher hasher(DigestAlgorithm::sha256);
  thread_local std::vector<Digest> members;
  members.assign(1, row.statement.address);
  for (const ContentReference& document : row.documents) members.push_back(document.address);
  return verifier::group_hash(hasher, members);
}

Result<BatchTrees> build_batch_trees(const Archive& archive, std::uint64_t first, std::uint64_t end,
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
  ContentReader reader = archive.reader();
  const auto add_record = [&](std::uint64_t, ByteView value) -> Result<bool> {
    const auto row = decode_deposit_row(value);
    if (!row) return row.error();
    for (auto& [algorithm, builder] : builders) {
      const auto leaf = record_leaf(archive, reader, algorithm, *row);
      if (!leaf) return leaf.error();
      if (auto added = builder.add(*leaf); !added) return added.error();
    }
    tick(++trees.records);
    return true;
  };
  if (auto done = archive.journal().scan(keyspace::deposit_prefix, first, end, add_record); !done) {
    return done.error();
  }
  for (auto& [algorithm, builder] : builders) {
    const auto root = builder.finish();
    if (!root) return root.error();
    trees.roots.emplace(algorithm, *root);
  }
  return trees;
}

Result<Digest> put_batch_tree(Archive& archive, const Batch& batch, DigestAlgorithm algorithm) {
  ObjectPutter putter(archive.store());
  const auto take = [&](DigestAlgorithm, unsigned level, std::uint64_t number, Bytes nodes) {
    return putter.add(keyspace::tree_tile_object(batch.number, algorithm, level, number),
                      std::move(nodes));
  };
  const auto trees = build_batch_trees(archive, batch.first, batch.end, batch.checkpoint,
                                       {algorithm}, take, [](std::uint64_t) {});
  if (!trees) return trees.error();
  if (auto flushed = putter.flush(); !flushed) return flushed.error();
  return trees->roots.at(algorithm);
}

}  // namespace perdura::archive
