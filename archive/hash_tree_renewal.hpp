// The first half of a hash-tree renewal (RFC 4998 section 5.2, steps 2 to 5): the documents of each
// batch are read again, held against the old evidence, hashed with the new function, and joined
// with the hash of the record's archive timestamp sequence to a new tree.
//
// On all cores; memory is flat. What is done is kept as pages of the new hash values, so a renewal
// that died goes on where it was: a page that is there is not made again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/lineage.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {

// What is to be renewed. The same again leads to the same trees.
struct HashTreeTask {
  std::string id;  // of the renewal
  std::string track;
  DigestAlgorithm algorithm = DigestAlgorithm::sha512;
  bool from_digests = false;  // no document is read whose statement has its digest
  std::vector<std::uint64_t> batches;
};

// A record that was left out.
struct SetAside {
  std::uint64_t deposit = 0;  // journal entry
  std::string record;         // its identifier
  std::string why;            // a sentence
};

// What renewing the trees came to.
struct RenewedTrees {
  std::vector<Digest> roots;             // one a batch
  std::vector<std::uint64_t> set_aside;  // deposits, ascending
  std::vector<SetAside> found;           // of those, the ones found this time, with the reason
};

// How it is done.
struct HashTreeOptions {
  unsigned threads = 2;
  // How many records are done, and octets of documents read for them. May be null.
  std::function<void(std::uint64_t records, std::uint64_t bytes)> progress;
};

// A record that is not what the old evidence says is set aside; the others go on. One that an
// earlier renewal set aside and that is whole again rejoins. Errors: io,
// malformed (the journal or the old trees), too_large (more than 100,000 set aside: the store as a
// whole is damaged).
Result<RenewedTrees> renew_hash_trees(const Archive& archive,
                                      const std::shared_ptr<const Lineages>& lineages,
                                      const verifier::TokenJudge& judge, const HashTreeTask& task,
                                      const HashTreeOptions& options);

}  // namespace perdura::archive
