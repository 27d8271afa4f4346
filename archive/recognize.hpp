// What is this document, and what does it say of its patient and its time: read from FHIR JSON,
// HL7 v2, CDA, DICOM and PDF, as far as the document states it.
//
// What comes out is a proposal that a depositor's own word overrides: nothing here is checked
// against anything, and a document can say what it likes.
//
// Thread safety: any thread; no state but what DCMTK loads once (its data dictionary).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/statement.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

using verifier::ByteView;

// Text that is "" is not stated. All text is UTF-8 without control characters, at most
// recognized_text_max octets; a longer one is cut between characters, but an identifier or a media
// type is never cut: one that is too long is not stated.
struct Recognized {
  // application/fhir+json, application/hl7-v2+er7, application/hl7-cda+xml, application/dicom,
  // application/pdf, application/json, text/xml, text/plain or application/octet-stream.
  std::string media_type = {};
  std::optional<verifier::Patient> patient = {};
  // When what the document tells of happened; a bare date is its first second, and a time without
  // an offset is taken as UTC.
  std::optional<verifier::Time> event_time = {};
  std::string record_type = {};  // "Bundle/collection", "ORU^R01", "Discharge Summary", "CT"
  std::string author = {};       // a name for people
  std::string language = {};     // BCP 47, as written: "en-US"
};

// The longest text in a Recognized, in octets.
constexpr std::size_t recognized_text_max = 256;

// How much of a document recognize() wants to see.
constexpr std::size_t recognize_head_max = std::size_t{4} << 20;

// Recognises a document by `head`: all of it when `whole`, else its first octets, best
// recognize_head_max of them. `file_name` decides only where the octets leave it open (an empty or
// tiny document). Never fails and never throws: application/octet-stream at worst.
Recognized recognize(ByteView head, bool whole, std::string_view file_name);

}  // namespace perdura::archive
