#include "archive/evidence.hpp"

#include <algorithm>

#include "archive/keyspace.hpp"
#include "archive/seal.hpp"
#include "verifier/evidence_record_writer.hpp"

namespace perdura::archive {
namespace {

using verifier::check;

constexpr std::size_t pyramids_max = 24;

// The hashes of the group {statement, documents…} under a track's algorithm.
std::vector<Digest> group_members(DigestAlgorithm algorithm, const DepositRow& row,
                                  const Digest& statement_sha512,
                                  const verifier::Statement& statement) {
  const bool sha512 = algorithm == DigestAlgorithm::sha512;
  check(sha512 || algorithm == DigestAlgorithm::sha256, "a track's trees are SHA-256 or SHA-512");
  std::vector<Digest> members{sha512 ? statement_sha512 : row.statement.address};
  for (const verifier::StatementDocument& document : statement.documents) {
    members.push_back(sha512 ? document.sha512 : document.sha256);
  }
  return members;
}

}  // namespace

EvidenceAssembler::EvidenceAssembler(const Archive& archive) : archive_(archive) {}

Result<Ok> EvidenceAssembler::load_batches() {
  if (loaded_) return Ok{};
  auto done = for_each_batch(archive_, [&](const Batch& batch) -> Result<bool> {
    batches_.push_back(batch);
    return true;
  });
  loaded_ = static_cast<bool>(done);
  return done;
}

Result<const std::vector<Batch>*> EvidenceAssembler::batches() {
  if (auto loaded = load_batches(); !loaded) return loaded.error();
  return &batches_;
}

Result<const Batch*> EvidenceAssembler::batch_of(std::uint64_t index) {
  if (auto loaded = load_batches(); !loaded) return loaded.error();
  const auto batch = std::ranges::upper_bound(batches_, index, {}, &Batch::end);
  return batch == batches_.end() ? nullptr : &*batch;
}

Result<std::vector<TrackEvidence>> EvidenceAssembler::evidence_for(
    std::uint64_t index, const DepositRow& row, const Digest& statement_sha512,
    const verifier::Statement& statement) {
  const auto batch = batch_of(index);
  if (!batch) return batch.error();
  std::vector<TrackEvidence> evidence;
  if (*batch == nullptr) return evidence;
  const std::uint64_t leaf = 1 + row.record_number - (*batch)->first_record;
  for (const BatchTrack& track : (*batch)->tracks) {
    if (track.token.empty()) continue;
    auto record = assemble(**batch, track, leaf,
                           group_members(track.algorithm, row, statement_sha512, statement), false);
    if (!record) return record.error();
    evidence.push_back({track.name, *std::move(record)});
  }
  return evidence;
}

Result<std::vector<TrackEvidence>> EvidenceAssembler::evidence_for_checkpoint(const Batch& batch) {
  std::vector<TrackEvidence> evidence;
  for (const BatchTrack& track : batch.tracks) {
    if (track.token.empty()) continue;
    const Digest leaf = verifier::hash(track.algorithm, verifier::as_bytes(batch.checkpoint));
    auto record = assemble(batch, track, 0, {leaf}, true);
    if (!record) return record.error();
    evidence.push_back({track.name, *std::move(record)});
  }
  return evidence;
}

Result<Bytes> EvidenceAssembler::assemble(const Batch& batch, const BatchTrack& track,
                                          std::uint64_t leaf, std::vector<Digest> first_list,
                                          bool single) {
  const auto path = tree_path(leaf, batch.leaves(), verifier::digest_size(track.algorithm),
                              [&](unsigned level, std::uint64_t number) {
                                return pyramid(batch, track.algorithm, level, number);
                              });
  if (!path) return path.error();
  verifier::ReducedHashtree tree;
  tree.push_back(std::move(first_list));
  for (std::size_t i = 0; i < path->size(); ++i) {
    // A single object's first list holds its sibling too (RFC 4998 section 4.2 step 1).
    if (single && i == 0) {
      tree.front().push_back((*path)[i]);
    } else {
      tree.push_back({(*path)[i]});
    }
  }
  const Bytes archive_timestamp =
      verifier::write_archive_timestamp(track.algorithm, tree, track.token);
  return verifier::write_evidence_record(std::span(&track.algorithm, 1), {{archive_timestamp}});
}

Result<const TilePyramid*> EvidenceAssembler::pyramid(const Batch& batch, DigestAlgorithm algorithm,
                                                      unsigned level, std::uint64_t number) {
  std::string name = keyspace::tree_tile_object(batch.number, algorithm, level, number);
  for (auto it = pyramids_.begin(); it != pyramids_.end(); ++it) {
    if (it->first != name) continue;
    pyramids_.splice(pyramids_.begin(), pyramids_, it);
    return &pyramids_.front().second;
  }
  const std::size_t size =
      tile_nodes(level, number, batch.leaves()) * verifier::digest_size(algorithm);
  auto nodes = archive_.store().read(name, 0, size);
  if (!nodes) return nodes.error();
  if (nodes->size() != size) {
    return Error{Errc::malformed, "the tile is cut short", name, "restore it from a backup"};
  }
  auto& hasher = hashers_.try_emplace(algorithm, algorithm).first->second;
  pyramids_.emplace_front(std::move(name), pyramid_over(hasher, *std::move(nodes)));
  if (pyramids_.size() > pyramids_max) pyramids_.pop_back();
  return &pyramids_.front().second;
}

}  // namespace perdura::archive
