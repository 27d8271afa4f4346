#include "archive/batch.hpp"

#include "archive/config.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

constexpr std::uint64_t batch_version = 1;

Error damaged_batch() { return {Errc::malformed, "the batch's row is damaged", "journal", ""}; }

}  // namespace

Bytes encode(const Batch& batch) {
  RowWriter row;
  row.number(batch_version).number(batch.number).number(batch.entry).number(batch.first);
  row.number(batch.end).number(batch.first_record).number(batch.records).text(batch.checkpoint);
  row.number(batch.tracks.size());
  for (const BatchTrack& track : batch.tracks) {
    row.text(track.name).text(verifier::name(track.algorithm));
    row.octets(track.root.view()).octets(track.token);
  }
  return row.take();
}

Result<Batch> decode_batch(ByteView octets) {
  RowReader row(octets);
  if (row.number() != batch_version) {
    return Error{Errc::unsupported, "the batch's row is of a newer version", "journal",
                 "use a newer perdura"};
  }
  Batch batch{.number = row.number(),
              .entry = row.number(),
              .first = row.number(),
              .end = row.number(),
              .first_record = row.number(),
              .records = row.number(),
              .checkpoint = row.text(),
              .tracks = {}};
  const std::uint64_t tracks = row.number();
  if (!row.good() || tracks > tracks_max) return damaged_batch();
  for (std::uint64_t i = 0; i < tracks; ++i) {
    BatchTrack track{.name = row.text(), .algorithm = {}, .root = {}, .token = {}};
    const auto algorithm = verifier::digest_algorithm_from_name(row.text());
    const ByteView root = row.octets();
    if (!row.good() || !algorithm || root.size() != verifier::digest_size(*algorithm)) {
      return damaged_batch();
    }
    track.algorithm = *algorithm;
    track.root = Digest(root);
    track.token = verifier::to_bytes(row.octets());
    batch.tracks.push_back(std::move(track));
  }
  if (!row.done()) return damaged_batch();
  return batch;
}

}  // namespace perdura::archive
