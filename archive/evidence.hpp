// Evidence records, put together on request from a batch's tiles and tokens: O(log n) reads.
//
// Thread safety: one thread at a time; one for each worker. Keeps a few tiles and batches.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/batch.hpp"
#include "archive/deposit_row.hpp"
#include "archive/hash_tree.hpp"
#include "verifier/statement.hpp"

namespace perdura::archive {

// An RFC 4998 EvidenceRecord of one track.
struct TrackEvidence {
  std::string track;
  Bytes evidence_record;  // DER
};

class EvidenceAssembler {
 public:
  explicit EvidenceAssembler(const Archive& archive);

  // The batch that holds the deposit at journal entry `index`; null when it is not sealed yet.
  // Valid as long as the assembler. Batches sealed since it was made are not seen. Errors:
  // malformed, io.
  Result<const Batch*> batch_of(std::uint64_t index);
  // All batches, oldest first.
  Result<const std::vector<Batch>*> batches();

  // One evidence record for each track that has stamped the record's batch; none when it is not
  // sealed yet. Its first hash list is the data object group {statement, documents…}. `statement`
  // is that of the deposit. Errors: malformed, io.
  Result<std::vector<TrackEvidence>> evidence_for(std::uint64_t index, const DepositRow& row,
                                                  const Digest& statement_sha512,
                                                  const verifier::Statement& statement);
  // The same for the batch's journal checkpoint, a single data object. Errors: malformed, io.
  Result<std::vector<TrackEvidence>> evidence_for_checkpoint(const Batch& batch);

 private:
  Result<Ok> load_batches();
  Result<Bytes> assemble(const Batch& batch, const BatchTrack& track, std::uint64_t leaf,
                         std::vector<Digest> first_list, bool single);
  Result<const TilePyramid*> pyramid(const Batch& batch, DigestAlgorithm algorithm, unsigned level,
                                     std::uint64_t number);

  const Archive& archive_;
  bool loaded_ = false;
  std::vector<Batch> batches_;
  std::list<std::pair<std::string, TilePyramid>> pyramids_;
  std::map<DigestAlgorithm, verifier::Hasher> hashers_;
};

}  // namespace perdura::archive
