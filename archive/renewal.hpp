// A renewal: one act that gave the evidence of many batches a further archive timestamp on one
// track (RFC 4998 section 5.2), whatever their number with one tree and one token.
//
// One row, in the segment of the journal entry that made it; what grows with the number of batches
// and records lies in objects, put before the row. Layout: formats/renewal.md.
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/store.hpp"
#include "verifier/digest.hpp"

namespace perdura::archive {

using verifier::Digest;
using verifier::DigestAlgorithm;

enum class RenewalKind : std::uint8_t {
  initial = 0,     // starts the track's evidence of a batch (anew): a first archive timestamp
  time_stamp = 1,  // section 5.2, timestamp renewal: covers the chain's tokens so far
  hash_tree = 2,   // section 5.2, hash-tree renewal: covers documents and sequence with a new hash
};

// "initial", "time-stamp", "hash-tree".
std::string_view name(RenewalKind kind);

// One renewal of many batches on one track.
struct Renewal {
  std::uint64_t entry = 0;  // index of the journal entry that made it
  RenewalKind kind = RenewalKind::time_stamp;
  std::string track;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;  // of the tree and the token's imprint
  std::string id;                                       // 32 hex digits that name its objects
  std::uint64_t batches = 0;                            // leaves of its tree: one a batch
  Digest batch_list;          // SHA-256 of the object that lists the batches
  Digest root;                // what the token stamps
  bool from_digests = false;  // hash-tree: documents were taken by their stated digests
  // Deposits (journal entries) that no longer were what the old evidence says; ascending.
  std::vector<std::uint64_t> set_aside;
  Bytes token;  // the ContentInfo; open to further status data until a renewal hashes it
};

// As a row.
Bytes encode(const Renewal& renewal);
// Errors: malformed, unsupported (written by a newer version).
Result<Renewal> decode_renewal(ByteView octets);

// The list of a renewal's batches, ascending, as its object holds it.
Bytes encode_batch_list(const std::vector<std::uint64_t>& batches);
// Errors: malformed.
Result<std::vector<std::uint64_t>> decode_batch_list(ByteView octets);

// What a hash-tree renewal holds of one record: the values H(H(d) || H(sequence)) of its data
// objects (section 5.2 step 4), in the order statement, documents. Empty: set aside.
using RenewedMembers = std::vector<Digest>;

// A page: the members of up to 256 leaves that follow each other.
Bytes encode_members_page(const std::vector<RenewedMembers>& page);
// Errors: malformed.
Result<std::vector<RenewedMembers>> decode_members_page(ByteView octets, DigestAlgorithm algorithm);

// The leaf that stands for `members` in the tree: their group hash; for one that was set aside the
// hash of its position in its batch (8 octets), which nothing leads to.
Digest renewed_group(verifier::Hasher& hasher, const RenewedMembers& members,
                     std::uint64_t position);

}  // namespace perdura::archive
