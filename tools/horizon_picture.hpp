// When evidence ends, as a table and as a picture with the years on its axis.
//
// Thread safety: pure functions, but for writing the file.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "archive/batch_state.hpp"

namespace perdura::tools {

using verifier::Ok;
using verifier::Result;
using verifier::Time;

// Batches of one track that follow each other and end alike.
struct HorizonRow {
  std::string track;
  std::uint64_t first_batch = 0;
  std::uint64_t last_batch = 0;
  std::uint64_t batches = 0;
  std::string digest;             // of their newest tree; empty: the track has no stamp of them
  std::uint64_t time_stamps = 0;  // archive timestamps that each has, at most
  std::vector<archive::Horizon> ends;  // at most one of each kind
  // The first to come; null when none is known.
  const archive::Horizon* earliest() const;
  // Whether there is nothing that could end: the stamp is still to be made.
  bool missing() const { return digest.empty(); }
  // Whether something is to be done before `due`.
  bool is_due(Time due) const;
};

// Adds a batch's evidence: to the last row when it ends as that does, else as a row of its own.
void add(std::vector<HorizonRow>& rows, const std::string& track, const archive::Batch& batch,
         const archive::BatchState& state);

// Whether any row is due.
bool any_due(const std::vector<HorizonRow>& rows, Time due);

// A line a row, and below them a bar a row along the years.
void print_table(std::ostream& out, const std::vector<HorizonRow>& rows, Time now, Time due);

// The picture as SVG, in one file of its own. Errors: io.
Result<Ok> write_picture(const std::string& file, const std::vector<HorizonRow>& rows, Time now,
                         Time due);

}  // namespace perdura::tools
