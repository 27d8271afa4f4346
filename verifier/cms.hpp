// CMS objects (RFC 5652) as far as evidence records are embedded in them: RFC 4998 appendix A.
//
// An evidence record in an object's attributes covers the object as it was before that attribute
// was added, and with it, when it is of the external kind, the content that the object signs but
// does not hold. Nothing else of CMS is read, and signatures are not judged.
// Thread safety: plain values and pure functions.
#pragma once

#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// The object identifiers of content types: content octets.
namespace oid_of {
extern const ByteView time_stamped_data;
}  // namespace oid_of

// The content octets of a ContentInfo's type; empty when `octets` is none.
ByteView content_type_of(ByteView octets);
// Whether this is a content type whose objects can hold evidence records.
bool is_cms_type(ByteView content_type);

// An evidence record found in an object.
struct EmbeddedEvidence {
  ByteView record;        // the EvidenceRecord, in the object's octets
  bool external = false;  // covers detached content too (id-aa-er-external)
};

// A CMS object, and the evidence records in it.
struct CmsObject {
  ByteView encoding;                       // the whole ContentInfo
  std::vector<EmbeddedEvidence> evidence;  // in the order in which they are written
  bool detached = false;                   // signed content that is not inside
};

// Reads a ContentInfo that fills `octets`, in DER or BER. Errors: malformed, unsupported (a content
// type that has no place for evidence), too_large (more than 16 evidence records).
Result<CmsObject> parse_cms(ByteView octets);

// What is left of the attributes when the last of them is taken away; RFC 4998 does not say.
enum class EmptyAttributes { left_out, kept };

// The object's octets without the evidence records (positions in `evidence`) that are listed: as
// they are, but for the lengths around what was taken away. When `evidence` is all that the
// attributes held, `empty` says what remains of them. Empty when the object was not parsed by
// parse_cms().
Bytes without_evidence(ByteView cms, const std::vector<std::size_t>& evidence,
                       EmptyAttributes empty);

// The object with its SignerInfos in the order that DER has them in (X.690 section 11.6): whoever
// adds an attribute to one of several and writes DER may move it. Unchanged when it is no
// SignedData.
Bytes with_signers_sorted(ByteView cms);

}  // namespace perdura::verifier
