// RFC 3161 (with RFC 5816) time-stamp tokens: CMS SignedData over a TSTInfo, as views.
//
// Parsing judges nothing; verify_token.hpp does. Views alias the input, which must outlive the
// token, except where BER brought an octet string in segments: those are gathered and owned by the
// token. Nothing is re-encoded: a signature is checked on the octets that were signed.
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/der.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
struct AlgorithmIdentifier {
  ByteView encoding;                   // the whole element
  ByteView oid;                        // content octets
  std::optional<ByteView> parameters;  // the whole element

  // Whether parameters are absent or NULL, which mean the same (RFC 5754 §2).
  bool plain() const;
};
AlgorithmIdentifier read_algorithm_identifier(DerReader& in, Tag tag = tag::sequence);

// The hash function that `algorithm` names; nothing when unknown, or with parameters.
std::optional<DigestAlgorithm> digest_algorithm(const AlgorithmIdentifier& algorithm);

// TSTInfo ::= SEQUENCE { version INTEGER { v1(1) }, policy OBJECT IDENTIFIER, messageImprint,
//   serialNumber INTEGER, genTime GeneralizedTime, accuracy OPTIONAL, ordering DEFAULT FALSE,
//   nonce INTEGER OPTIONAL, tsa [0] GeneralName OPTIONAL, extensions [1] OPTIONAL } -- RFC 3161
//   §2.4.2
struct TstInfo {
  ByteView encoding;  // the whole element
  std::uint64_t version = 0;
  ByteView policy;  // content octets of the OBJECT IDENTIFIER
  AlgorithmIdentifier imprint_algorithm;
  ByteView hashed_message;
  ByteView serial_number;            // content octets of the INTEGER
  Time gen_time;                     // whole seconds, cut off
  std::int64_t gen_time_micros = 0;  // what was cut off, 0 to 999,999
  // Microseconds by which the time may be off, either way; nothing when the token does not say.
  std::optional<std::int64_t> accuracy_micros;
  bool ordering = false;
  std::optional<ByteView> nonce;              // content octets of the INTEGER
  std::optional<ByteView> tsa;                // the whole GeneralName
  std::vector<ByteView> critical_extensions;  // content octets of the OBJECT IDENTIFIERs

  // The latest moment that the time-stamp can stand for: genTime plus accuracy, rounded up.
  Time latest() const;
};

// ESSCertID or ESSCertIDv2, the first of a signing-certificate attribute (RFC 5035).
struct SigningCertificate {
  AlgorithmIdentifier hash_algorithm;        // without encoding when it is the default
  std::optional<DigestAlgorithm> algorithm;  // nothing when unknown
  ByteView hash;
  std::optional<ByteView> issuer_serial;  // the whole IssuerSerial
};

// SignerInfo (RFC 5652 §5.3) and what matters of its attributes.
struct SignerInfo {
  ByteView encoding;
  std::uint64_t version = 0;
  // One of the two: the Name and serial INTEGER (content octets), or the key identifier.
  ByteView issuer;
  ByteView serial_number;
  std::optional<ByteView> subject_key_identifier;
  AlgorithmIdentifier digest_algorithm;
  ByteView signed_attributes;  // the whole [0] element; signed with tag 31 in place of A0
  AlgorithmIdentifier signature_algorithm;
  ByteView signature;
  // Of the signed attributes; each may occur once, with one value.
  std::optional<ByteView> content_type;  // content octets of the OBJECT IDENTIFIER
  std::optional<ByteView> message_digest;
  std::optional<SigningCertificate> signing_certificate;  // v1: SHA-1
  std::optional<SigningCertificate> signing_certificate_v2;
};

// A token, read.
struct TimestampToken {
  ByteView encoding;  // the whole ContentInfo
  std::uint64_t version = 0;
  std::vector<AlgorithmIdentifier> digest_algorithms;
  ByteView content_type;  // eContentType: content octets of the OBJECT IDENTIFIER
  ByteView content;       // eContent: the octets that message-digest covers
  TstInfo tst_info;
  SignerInfo signer;
  // Certificates (whole elements) in `certificates` and in certificate-values.
  std::vector<ByteView> certificates;
  // CertificateLists (whole elements) in `crls` and in revocation-values.
  std::vector<ByteView> crls;
  // BasicOCSPResponses (whole elements), in OtherRevocationInfo of either kind or
  // revocation-values.
  std::vector<ByteView> ocsp_responses;
  // Oddities that change nothing, for the report.
  std::vector<std::string> deviations;
  // What BER brought in segments.
  std::vector<std::shared_ptr<const Bytes>> gathered;
};

// Reads one ContentInfo that fills `content_info` exactly, in DER or BER. Errors: malformed (with
// offset), unsupported (not a signed time-stamp), too_large.
Result<TimestampToken> parse_timestamp_token(ByteView content_info);

// The BasicOCSPResponse in an OCSPResponse (RFC 6960 §4.2.1); nothing when it holds none.
std::optional<ByteView> basic_ocsp_response(ByteView ocsp_response);

// The object identifiers that tokens are made of: content octets.
namespace oid_of {
extern const ByteView signed_data, tst_info;
}  // namespace oid_of

}  // namespace perdura::verifier
