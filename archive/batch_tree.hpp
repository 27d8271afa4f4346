// The hash trees of a batch, one for each hash function that its tracks use, from the journal's
// rows: no document is read.
//
// Thread safety: pure but for the store.
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

// The leaf of a record: the hash of its data object group. Errors: unsupported (neither SHA-256 nor
// SHA-512: the documents would have to be read).
Result<Digest> record_leaf(DigestAlgorithm algorithm, const DepositRow& row);

// Builds the trees over `checkpoint` and the deposits of entries [first, end). `take_tile` gets
// every tile; `tick` is told of each record. Errors: those of reading and taking, unsupported.
using TakeBatchTile =
    std::function<Result<Ok>(DigestAlgorithm, unsigned level, std::uint64_t number, Bytes nodes)>;
Result<BatchTrees> build_batch_trees(const Journal& journal, std::uint64_t first, std::uint64_t end,
                                     const std::string& checkpoint,
                                     const std::set<DigestAlgorithm>& algorithms,
                                     const TakeBatchTile& take_tile,
                                     const std::function<void(std::uint64_t)>& tick);

}  // namespace perdura::archive
