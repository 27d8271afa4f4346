// The single formats behind recognize(): each looks at a head and says what it found, or nothing
// when the head is not of its format.
//
// Each takes any octets whatever, never reads outside `head`, and needs time linear in its size.
// `whole` says that `head` is the whole document: a head that is cut off is read as far as it goes.
// What it puts out is cleaned as recognize.hpp promises.
//
// Thread safety: any thread.
#pragma once

#include <optional>

#include "archive/recognize.hpp"

namespace perdura::archive {

// FHIR R4 JSON (https://hl7.org/fhir/R4/json.html): any JSON object with a resourceType; other
// JSON is application/json. The patient is the one Patient of a Bundle (none when it holds several
// different), or the subject of a single resource.
std::optional<Recognized> recognize_json(ByteView head, bool whole);

// FHIR's bulk data (https://hl7.org/fhir/R4/nd-json.html): a resource a line, of which there are
// two or more, or one when `named_ndjson`; every line that ends is a FHIR resource. The type when
// all have the same; the patient when all that name one name the same and all were seen.
std::optional<Recognized> recognize_ndjson(ByteView head, bool whole, bool named_ndjson);

// HL7 v2 in ER7 (chapter 2): a message, or a batch of them, with or without MLLP's framing and
// with CR, LF or CRLF. The patient only when all messages that name one name the same.
std::optional<Recognized> recognize_hl7v2(ByteView head);

// HL7 CDA R2 (a ClinicalDocument), or any other well-formed XML as text/xml. Entities and DTDs are
// not expanded, whether internal or external. What lacks an end tag is XML only when `named_xml` or
// cut off.
std::optional<Recognized> recognize_xml(ByteView head, bool whole, bool named_xml);

// DICOM PS3.10 files, and data sets without preamble or meta information when their first elements
// look like one (with `named_dicom`, when their first tag does). Reads up to (0010,0024) and never
// pixel data. More than 1000 sequence items before that: what lies after is not read.
std::optional<Recognized> recognize_dicom(ByteView head, bool named_dicom);

// PDF: the Info dictionary's CreationDate and Author and the catalogue's Lang, where they stand in
// the clear near either end.
std::optional<Recognized> recognize_pdf(ByteView head, bool whole);

// UTF-8 or UTF-16 text, or mostly ASCII text in another character set.
std::optional<Recognized> recognize_plain_text(ByteView head);

}  // namespace perdura::archive
