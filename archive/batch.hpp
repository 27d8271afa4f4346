// A batch: the records sealed under one hash tree, and what each track's TSA said of its root.
//
// Leaf 0 of the tree is the journal's checkpoint, leaf i + 1 the data object group of the i-th
// record. One row, in the segment of the journal entry that sealed it. Layout: formats/rows.md.
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/store.hpp"
#include "verifier/digest.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Time;

// What one track has of a batch.
struct BatchTrack {
  std::string name;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  Digest root;
  Bytes token;  // the ContentInfo as stored; empty while the TSA still owes it
};

// What a seal made: which records it covers, and their time-stamps, one a track.
struct Batch {
  std::uint64_t number = 0;
  std::uint64_t entry = 0;  // index of the journal entry that sealed it
  std::uint64_t first = 0;  // its records are those deposited by entries [first, end)
  std::uint64_t end = 0;
  std::uint64_t first_record = 0;  // record number of the first
  std::uint64_t records = 0;
  std::string checkpoint;  // signed note over the first `end` entries
  std::vector<BatchTrack> tracks;

  std::uint64_t leaves() const { return records + 1; }
};

// As a row.
Bytes encode(const Batch& batch);
// Errors: malformed, unsupported (written by a newer version).
Result<Batch> decode_batch(ByteView octets);

}  // namespace perdura::archive
