// Evidence records, put together on request from trees and tokens: O(log n) reads a chain.
//
// Thread safety: one thread at a time; one for each worker. Keeps a few tiles.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive.hpp"
#include "archive/deposit_row.hpp"
#include "archive/hash_tree.hpp"
#include "archive/lineage.hpp"

namespace perdura::archive {

// An RFC 4998 EvidenceRecord of one track.
struct TrackEvidence {
  std::string track;
  Bytes evidence_record;  // DER
};

// What an EvidenceRecord is made of.
struct EvidenceChains {
  std::vector<DigestAlgorithm> algorithms;  // each hash function in it, once
  std::vector<std::vector<Bytes>> chains;   // encoded archive timestamps, oldest first
  bool set_aside = false;                   // by the hash-tree renewal that began the newest chain
  Bytes evidence_record() const;
};

// Adds a hash function that is not there yet: data objects are hashed once in each.
void add_once(std::vector<DigestAlgorithm>& algorithms, DigestAlgorithm algorithm);

// Yields the hash values of a leaf's data objects (statement, documents…; or the checkpoint) under
// a hash function.
using MembersOf = std::function<Result<std::vector<Digest>>(DigestAlgorithm)>;

// Makes evidence records of what is stored.
class EvidenceAssembler {
 public:
  // Reads the archive's batches and renewals when they are first needed.
  explicit EvidenceAssembler(const Archive& archive);
  EvidenceAssembler(const Archive& archive, std::shared_ptr<const Lineages> lineages);

  // Batches and renewals as of when they were first needed. Errors: malformed, io.
  Result<std::shared_ptr<const Lineages>> lineages();

  // One evidence record for each track that has evidence of the record that journal entry `index`
  // deposited; none when it is not sealed yet. The first hash list of each chain is the data object
  // group {statement, documents…}. Errors: malformed, io, those of `members`.
  Result<std::vector<TrackEvidence>> evidence_for(std::uint64_t index, const DepositRow& row,
                                                  const MembersOf& members);
  // The same for the batch's journal checkpoint, a single data object. Errors: malformed, io.
  Result<std::vector<TrackEvidence>> evidence_for_checkpoint(const Batch& batch);

  // The chains of a leaf of `batch`: 0 is the checkpoint, i + 1 the i-th record. Those of hash-tree
  // renewals that set the record aside are not among them: the next one that found it whole again
  // goes on from the chain before. Errors: as above.
  Result<EvidenceChains> chains_of(const Batch& batch, const Lineage& lineage, std::uint64_t leaf,
                                   const MembersOf& members);

 private:
  Result<std::vector<TrackEvidence>> on_all_tracks(const Batch& batch, std::uint64_t leaf,
                                                   const MembersOf& members);
  Result<Bytes> first_of_sequence(const Batch& batch, const Link& link, std::uint64_t leaf,
                                  std::vector<Digest> members);
  // Nothing when the record was set aside.
  Result<std::optional<Bytes>> first_of_renewed_chain(const Batch& batch, const Link& link,
                                                      std::uint64_t leaf);
  Result<Bytes> timestamp_renewal(const std::vector<Link>& chain, std::size_t position);

  Result<std::vector<Digest>> batch_path(const Batch& batch, DigestAlgorithm algorithm,
                                         std::uint64_t leaf);
  Result<std::vector<Digest>> renewed_path(const Batch& batch, const Renewal& renewal,
                                           std::uint64_t leaf);
  Result<std::vector<Digest>> path_to_root(const Renewal& renewal, std::uint64_t unit);

  using Page = std::vector<RenewedMembers>;
  Result<const Page*> members_page(const Batch& batch, const Renewal& renewal, std::uint64_t page);
  using MakeNodes = std::function<Result<Bytes>()>;
  Result<const TilePyramid*> pyramid(std::string name, DigestAlgorithm algorithm,
                                     const MakeNodes& nodes);
  Result<Bytes> read_nodes(const std::string& object, std::size_t size) const;
  const Digest& token_hash(const Link& link, DigestAlgorithm algorithm);
  verifier::Hasher& hasher(DigestAlgorithm algorithm);

  const Archive& archive_;
  std::shared_ptr<const Lineages> lineages_;
  std::list<std::pair<std::string, TilePyramid>> pyramids_;
  std::list<std::pair<std::string, Page>> pages_;
  std::map<DigestAlgorithm, verifier::Hasher> hashers_;
  std::map<std::pair<const std::uint8_t*, DigestAlgorithm>, Digest> token_hashes_;
};

}  // namespace perdura::archive
