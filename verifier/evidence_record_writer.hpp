// Writes RFC 4998 evidence records in the strictest profile that every reader takes:
// digestAlgorithm present and without parameters, hash lists sorted, no cryptoInfos, attributes or
// encryptionInfo.
//
// Tokens are copied octet for octet. Thread safety: pure functions.
#pragma once

#include <span>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::verifier {

// The lists of a reduced hash tree (RFC 4998 §4.2): the first holds the members of a group, or a
// leaf and its siblings; each further one the siblings of the node computed so far.
using ReducedHashtree = std::vector<std::vector<Digest>>;

// One ArchiveTimeStamp. Lists are sorted on the way; an empty tree is left out, as §3.2 has it for
// a token over a single hash. `token` is a ContentInfo.
Bytes write_archive_timestamp(DigestAlgorithm algorithm, const ReducedHashtree& tree,
                              ByteView token);

// One ArchiveTimeStampSequence of encoded archive timestamps: the octets that a hash-tree renewal
// hashes (§5.2 step 3).
Bytes write_archive_timestamp_sequence(const std::vector<std::vector<Bytes>>& chains);

// One EvidenceRecord. `algorithms`: every hash function used in it, none twice. `chains`: encoded
// archive timestamps, oldest first.
Bytes write_evidence_record(std::span<const DigestAlgorithm> algorithms,
                            const std::vector<std::vector<Bytes>>& chains);

}  // namespace perdura::verifier
