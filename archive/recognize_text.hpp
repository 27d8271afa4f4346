// Text and time as medical documents write them, made fit for a statement.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifier/statement.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// `text` for people: trimmed, a run of white space and control characters made one space, cut after
// a whole character at recognized_text_max octets. "" when it is not UTF-8.
std::string clean_text(std::string_view text);

// `text` trimmed, to be compared octet by octet. "" when it is not UTF-8, holds a control character
// or is longer than recognized_text_max octets: a changed identifier would be another one.
std::string clean_identifier(std::string_view text);

// A patient by clean identifiers; nothing when `id` yields none. An issuer that is no clean
// identifier counts as not stated. "urn:oid:1.2" is the OID 1.2 as FHIR writes it, and comes out as
// "1.2", so that one patient has one issuer in FHIR, CDA, HL7 v2 and DICOM.
std::optional<verifier::Patient> make_patient(std::string_view id, std::string_view issuer);

// Whether `text` is an object identifier in dotted decimal.
bool is_oid(std::string_view text);

// ISO 8859-1 as UTF-8.
std::string utf8_from_latin1(std::string_view text);

// UTF-16, big endian and without byte order mark, as UTF-8. What is no UTF-16 comes out as what is
// no UTF-8.
std::string utf8_from_utf16be(std::string_view octets);

// HL7 v2 DTM and HL7 v3 TS: YYYY[MM[DD[HH[MM[SS[.f...]]]]]][+ZZZZ|-ZZZZ]. What is left out is the
// first that it could be; without an offset, UTC. Nothing when it is anything else.
std::optional<verifier::Time> parse_hl7_time(std::string_view text);

// FHIR date, dateTime and instant: YYYY, YYYY-MM, YYYY-MM-DD or RFC 3339. As above.
std::optional<verifier::Time> parse_fhir_time(std::string_view text);

}  // namespace perdura::archive
