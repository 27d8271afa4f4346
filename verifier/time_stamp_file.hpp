// Files that hold RFC 3161 time-stamps by themselves: a token, the authority's response around it,
// or RFC 5544 TimeStampedData with the data and any number of tokens, each over the one before.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <optional>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// A token, and the octets by which the next one covers it.
struct FiledTimeStamp {
  ByteView token;     // the ContentInfo
  ByteView encoding;  // the whole TimeStampAndCRL; empty for a token by itself
};

// What such a file holds; views of it.
struct TimeStampFile {
  std::vector<FiledTimeStamp> time_stamps;  // oldest first
  std::vector<ByteView> crls;               // that came with the tokens
  // TimeStampedData that carries an evidence record instead of tokens: its octets.
  std::optional<Bytes> evidence_record;
  // The data that was stamped; nothing when it is not inside.
  std::optional<Bytes> content;
  // What stands before the data where it was hashed: the MetaData, when it is protected.
  ByteView hashed_before;
};

// Reads a file of kind time_stamp or time_stamped_data, which must fill `octets`. Errors:
// malformed, unsupported (evidence of another kind, an authority's refusal), too_large.
Result<TimeStampFile> parse_time_stamp_file(ByteView octets);

}  // namespace perdura::verifier
