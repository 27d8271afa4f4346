// RFC 6283 (XMLERS) evidence records as values.
//
// They have the shape of RFC 4998's, so they are read into its values; what XML does differently
// (what a renewal hashes) is asked of this class. Parsing judges nothing.
// Thread safety: immutable after parsing; any thread.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/result.hpp"
#include "verifier/xml.hpp"

namespace perdura::verifier {

inline constexpr std::string_view xml_evidence_namespace = "urn:ietf:params:xml:ns:ers";

// An evidence record in XML, which it keeps.
class XmlEvidenceRecord {
 public:
  // Reads an XML document whose root is an EvidenceRecord. Errors: malformed (names the element),
  // unsupported (a version, hash function or canonicalization that is not known), too_large.
  static Result<XmlEvidenceRecord> parse(ByteView xml);

  // Chains, hash trees and tokens. There are no encodings, tokens that are not of RFC 3161 are
  // empty, and `crypto_infos` stands for
  // SupportingInformationList.
  const EvidenceRecord& record() const { return record_; }

  // How chain `c` writes XML before it is hashed: its own elements and documents that are XML.
  Canonicalization canonicalization(std::size_t c) const { return chains_[c].method; }
  // What the time-stamp that renews time-stamp `j` of chain `c` covers (§4.2.1): the hash of its
  // whole TimeStamp element. Errors: those of XmlElement::canonical().
  Result<Digest> time_stamp_digest(std::size_t c, std::size_t j, Hasher& hasher) const;
  // What chain `c` > 0 covers besides the documents (§4.2.2): the hash of the sequence with the
  // chains before it. Errors: those of XmlElement::canonical().
  Result<Digest> sequence_digest(std::size_t c, Hasher& hasher) const;

  // What CryptographicInformation elements hold, to judge the tokens with: DER, of OCSP the
  // BasicOCSPResponse.
  const std::vector<Bytes>& certificates() const { return certificates_; }
  const std::vector<Bytes>& crls() const { return crls_; }
  const std::vector<Bytes>& ocsp_responses() const { return ocsp_responses_; }

 private:
  class Reader;
  struct Chain {
    XmlElement element;
    Canonicalization method;
    std::vector<XmlElement> time_stamps;  // TimeStamp elements
  };
  explicit XmlEvidenceRecord(XmlDocument document)
      : document_(std::move(document)), octets_(std::make_shared<std::deque<Bytes>>()) {}

  XmlDocument document_;
  std::shared_ptr<std::deque<Bytes>> octets_;  // what record_ views
  EvidenceRecord record_;
  std::vector<XmlElement> sequence_;  // ArchiveTimeStampSequence: one, once read
  std::vector<Chain> chains_;
  std::vector<Bytes> certificates_;
  std::vector<Bytes> crls_;
  std::vector<Bytes> ocsp_responses_;
};

}  // namespace perdura::verifier
