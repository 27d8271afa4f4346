// The only place that spells a store key: which partitions there are, and which rows and objects.
//
// The journal is cut into segments of 65,536 entries, a partition each; everything that is decided
// in one atomic step lies there. The other partitions are derived from it and can be made again.
// Written down in formats/rows.md.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "verifier/digest.hpp"

namespace perdura::archive::keyspace {

// Entries in one segment of the journal: one tile of tiles.
constexpr std::uint64_t segment_size = 65536;

// --- partition of the archive as a whole
inline const std::string archive_partition = "archive";
inline const std::string format_key = "format";
inline const std::string seal_intent_key = "seal-intent";
// The time at which somebody changed the archive last, to the day.
inline const std::string clock_key = "clock";
// What a hash-tree renewal of a track under way covers.
std::string renewal_intent_key(const std::string& track);
// How far a renewal from digests has been confirmed by reading documents.
std::string confirmation_key(const std::string& renewal_id);
// A name that deposits may put an object under, by the 16 octets in it.
inline const std::string object_name_prefix = "object-name/";
std::string object_name_key(verifier::ByteView token);
// The octets in such a key.
verifier::Bytes token_in(const std::string& object_name_key);
inline const std::string dictionary_prefix = "dictionary/";
// The dictionaries of a media type are numbered as they were made; each is needed for ever.
std::string dictionary_key(const std::string& media_type, unsigned number);
// The media type in such a key.
std::string media_type_in(const std::string& dictionary_key);

// --- partitions of the journal
std::string segment_partition(std::uint64_t segment);
inline const std::string head_key = "head";
inline const std::string entry_prefix = "e/";
inline const std::string deposit_prefix = "d/";
inline const std::string batch_prefix = "s/";
inline const std::string renewal_prefix = "r/";
inline const std::string tile_prefix = "t/";
inline const std::string tile_root_prefix = "u/";
std::string entry_key(std::uint64_t index);
std::string deposit_key(std::uint64_t index);
std::string batch_key(std::uint64_t index);
std::string renewal_key(std::uint64_t index);
std::string tile_key(std::uint64_t tile);
std::string tile_root_key(std::uint64_t tile);
// The number at the end of any of these keys.
std::uint64_t number_in(const std::string& key);

// --- derived partitions, 4096 of a kind, chosen by the first 12 bits of a digest or a blinded
// value
std::string content_partition(verifier::ByteView address);
std::string content_key(verifier::ByteView address);
std::string patient_partition(verifier::ByteView blinded);
std::string patient_key(verifier::ByteView blinded, std::uint64_t index);
std::string idempotency_partition(verifier::ByteView blinded);
std::string idempotency_key(verifier::ByteView blinded);

// --- objects
std::string tree_tile_object(std::uint64_t batch, verifier::DigestAlgorithm algorithm,
                             unsigned level, std::uint64_t tile);
// Those of a renewal, named by its id: which batches it covers; its tree, one leaf a batch; and for
// a hash-tree renewal each batch's own tree, with the values of 256 leaves a page in place of the
// lowest tiles.
std::string renewal_batches_object(const std::string& id);
std::string renewal_tile_object(const std::string& id, unsigned level, std::uint64_t tile);
std::string renewed_tile_object(const std::string& id, std::uint64_t batch, unsigned level,
                                std::uint64_t tile);
std::string renewed_members_object(const std::string& id, std::uint64_t batch, std::uint64_t page);

}  // namespace perdura::archive::keyspace
