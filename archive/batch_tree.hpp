// The hash trees of a batch, one for each hash function that its tracks use. From the journal's
// rows alone under SHA-256 and SHA-512; under others from statements, and from the documents where
// those do not have their digests.
//
// Thread safety: any thread.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "archive/archive.hpp"
#include "archive/batch.hpp"
#include "archive/deposit_row.hpp"
#include "archive/hash_tree.hpp"

namespace perdura::archive {

// What building found.
struct BatchTrees {
  std::uint64_t records = 0;
  std::map<DigestAlgorithm, Digest> roots;
};

// The leaf of a record: the hash of its data object group. Errors: malformed, io.
Result<Digest> record_leaf(const Archive& archive, ContentReader& reader, DigestAlgorithm algorithm,
                           const DepositRow& row);

// Builds the trees over `checkpoint` and the deposits of entries [first, end). `take_tile` gets
// every tile; `tick` is told of each record. Errors: those of reading and taking.
using TakeBatchTile =
    std::function<Result<Ok>(DigestAlgorithm, unsigned level, std::uint64_t number, Bytes nodes)>;
Result<BatchTrees> build_batch_trees(const Archive& archive, std::uint64_t first, std::uint64_t end,
                                     const std::string& checkpoint,
                                     const std::set<DigestAlgorithm>& algorithms,
                                     const TakeBatchTile& take_tile,
                                     const std::function<void(std::uint64_t)>& tick);

// Builds and stores the tree of a sealed batch under a further hash function; its root. Errors: as
// above.
Result<Digest> put_batch_tree(Archive& archive, const Batch& batch, DigestAlgorithm algorithm);

}  // namespace perdura::archive
