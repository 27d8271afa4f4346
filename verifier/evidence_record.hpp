// RFC 4998 evidence records, as values that point into the bytes they were read from.
//
// Parsing judges nothing: a record that parses may be forged, expired or cover nothing;
// verify_evidence.hpp judges. Every ByteView aliases the input, which must outlive the record.
// Nothing is re-encoded. The structure must be DER; a time-stamp token inside may be BER and is not
// looked into here (timestamp_token.hpp).
//
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/der.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// Renewals happen every few years; a record with more is an attack on memory and time.
inline constexpr std::size_t archive_timestamps_max = 1000;

// PartialHashtree ::= SEQUENCE OF OCTET STRING                                 -- RFC 4998 §4.1
// One list of hash values, read off the encoding as it is walked. Never empty.
class PartialHashtree {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ByteView;
    using difference_type = std::ptrdiff_t;
    using pointer = const ByteView*;
    using reference = ByteView;
    Iterator() = default;
    ByteView operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    friend class PartialHashtree;
    explicit Iterator(ByteView rest) : rest_(rest) {}
    ByteView rest_;
  };

  // Reads one list.
  static PartialHashtree read(DerReader& in);
  // How many values it has.
  std::size_t size() const { return size_; }
  Iterator begin() const { return Iterator(values_); }
  Iterator end() const { return Iterator(ByteView()); }

 private:
  ByteView values_;  // octet strings, checked
  std::size_t size_ = 0;
};

// ArchiveTimeStamp ::= SEQUENCE {                                             -- RFC 4998 §4.1
//   digestAlgorithm [0] AlgorithmIdentifier OPTIONAL,
//   attributes      [1] Attributes OPTIONAL,
//   reducedHashtree [2] SEQUENCE OF PartialHashtree OPTIONAL,
//   timeStamp           ContentInfo }
struct ArchiveTimeStamp {
  ByteView encoding;  // the whole element
  // The content octets of the algorithm's OBJECT IDENTIFIER, not checked to be a known one; its
  // parameters are absent or NULL. Absent: the algorithm of the token's imprint.
  std::optional<ByteView> digest_algorithm;
  std::optional<ByteView> attributes;  // the whole element
  // Absent: the token covers the hash of one data object directly (§3.2). Never present but empty.
  std::optional<std::vector<PartialHashtree>> reduced_hashtree;
  // The ContentInfo: the octets that a time-stamp renewal hashes (§5.2). Empty: of another type
  // than RFC 3161, which RFC 6283 alone knows.
  ByteView time_stamp;
};

// ArchiveTimeStampChain ::= SEQUENCE OF ArchiveTimeStamp                       -- RFC 4998 §5.1
struct ArchiveTimeStampChain {
  ByteView encoding;                                 // the whole element
  std::vector<ArchiveTimeStamp> archive_timestamps;  // oldest first, never empty
};

// EvidenceRecord ::= SEQUENCE {                                               -- RFC 4998 §3.1
//   version                  INTEGER { v1(1) },
//   digestAlgorithms         SEQUENCE OF AlgorithmIdentifier,
//   cryptoInfos          [0] CryptoInfos OPTIONAL,
//   encryptionInfo       [1] EncryptionInfo OPTIONAL,
//   archiveTimeStampSequence SEQUENCE OF ArchiveTimeStampChain }
struct EvidenceRecord {
  ByteView encoding;                          // the whole element
  std::vector<ByteView> digest_algorithms;    // content octets of each OBJECT IDENTIFIER
  std::optional<ByteView> crypto_infos;       // the whole element; protected by nothing
  std::optional<ByteView> encryption_info;    // the whole element
  ByteView archive_timestamp_sequence;        // the whole element
  std::vector<ArchiveTimeStampChain> chains;  // oldest first, never empty
};

// Reads one DER EvidenceRecord that fills `der` exactly. Errors: malformed (and the offset of the
// first octet that is neither DER nor RFC 4998), unsupported (version other than 1), too_large.
Result<EvidenceRecord> parse_evidence_record(ByteView der, DerLimits limits);
Result<EvidenceRecord> parse_evidence_record(ByteView der);

// The hash functions in which documents must be hashed to be judged against `record`: that of each
// chain, oldest first, none twice. Errors: unsupported (names the OBJECT IDENTIFIER), malformed (a
// token whose imprint is needed does not parse).
Result<std::vector<DigestAlgorithm>> digest_algorithms(const EvidenceRecord& record);

}  // namespace perdura::verifier
