// Which archive timestamps the evidence of each batch consists of, on each track: its seal, and the
// renewals since, as RFC 4998 section 5.1 orders them into chains.
//
// Read from the journal as of one moment. Thread safety: immutable once loaded; any thread.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "archive/batch.hpp"
#include "archive/journal.hpp"
#include "archive/renewal.hpp"

namespace perdura::archive {

// One archive timestamp of a batch.
struct Link {
  const Renewal* renewal = nullptr;    // null: the batch's seal
  std::uint64_t unit = 0;              // the batch's place among the renewal's
  const BatchTrack* sealed = nullptr;  // of the seal
  ByteView token() const { return renewal != nullptr ? renewal->token : sealed->token; }
  DigestAlgorithm algorithm() const {
    return renewal != nullptr ? renewal->algorithm : sealed->algorithm;
  }
};

// The archive timestamp sequence of one batch on one track: chains, oldest first, none of them
// empty. No chains: the track has no evidence of the batch.
using Lineage = std::vector<std::vector<Link>>;

// The deposits (journal entries) of `batch` that the newest chain was made without: ascending.
std::vector<std::uint64_t> set_aside_of(const Batch& batch, const Lineage& lineage);

// The batches and renewals of an archive, and how they follow each other.
class Lineages {
 public:
  // Errors: malformed, io.
  static Result<std::shared_ptr<const Lineages>> load(const Store& store, const Journal& journal);
  // The same and one renewal more, which is not committed yet; its batches are at hand.
  std::shared_ptr<const Lineages> with(Renewal renewal, std::vector<std::uint64_t> batches) const;

  // All batches, oldest first.
  const std::vector<Batch>& batches() const { return *batches_; }
  // The batch that holds the deposit at journal entry `index`; null when it is not sealed.
  const Batch* batch_of(std::uint64_t index) const;
  // The batch of that number; null when there is none.
  const Batch* batch(std::uint64_t number) const;
  // Every track that any batch or renewal names.
  const std::set<std::string>& tracks() const { return tracks_; }
  // All renewals, oldest first.
  std::vector<const Renewal*> renewals() const;

  // The chains of a batch on a track.
  Lineage of(const Batch& batch, const std::string& track) const;
  // The batches that a renewal covers, ascending.
  const std::vector<std::uint64_t>& covered(const Renewal& renewal) const;
  // The hash function of a track's newest chain-starting renewal: that of the batches to come.
  std::optional<DigestAlgorithm> newest_algorithm(const std::string& track) const;

 private:
  struct Covering {
    std::shared_ptr<const Renewal> renewal;
    std::shared_ptr<const std::vector<std::uint64_t>> batches;
  };
  std::shared_ptr<const std::vector<Batch>> batches_;
  std::vector<Covering> renewals_;
  std::set<std::string> tracks_;
};

}  // namespace perdura::archive
