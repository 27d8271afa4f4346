// What kind of evidence a file is, by its content and never by its name.
//
// Thread safety: pure.
#pragma once

#include "verifier/bytes.hpp"

namespace perdura::verifier {

// The kinds of files that can hold evidence.
enum class EvidenceKind {
  zip,                  // a package, or an ASiC container
  evidence_record,      // RFC 4998, DER
  xml_evidence_record,  // RFC 6283
  time_stamp,           // RFC 3161: a TimeStampToken, or the TimeStampResp around one
  time_stamped_data,    // RFC 5544
  cms,                  // another CMS object; it may hold evidence records in its attributes
  other,                // none of these: a document
};

// The kind of a file, given its octets. Of a long one the first evidence_file_head octets are
// enough for `zip` and `other`.
EvidenceKind kind_of_evidence(ByteView octets);

// Whether a file that starts so may be evidence other than a zip, so that its whole content
// decides.
bool may_be_evidence(ByteView head);

// How much of a file may_be_evidence() wants to see.
inline constexpr std::size_t evidence_file_head = 512;

}  // namespace perdura::verifier
