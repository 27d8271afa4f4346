// A hospital's documents, made from a seed: the same octets on every machine for the same seed, mix
// and amount (deflated streams in PDF: for the same version of zlib).
//
// A Plan says which documents there are; each is then made alone, in any order, on any thread.
//
// Thread safety: a Plan is read by any number of threads; make_document() runs on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/corpus/person.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::corpus {

// What a document is; decides its name's start and its extension.
enum class Kind { fhir, fhir_resource, hl7, cda, pdf_report, pdf_scan, ct, mr, cr, xa };

// Which documents, in which proportion.
enum class Mix {
  hospital,  // by number mostly FHIR, HL7 and CDA; by octets mostly DICOM and PDF; 38 KB on average
  text,      // FHIR, HL7 and CDA alone; 6 KB on average
  fhir,      // FHIR alone
  images,    // DICOM alone
  demo,      // some of each kind in a handful, nothing over 0.6 MB
};

// Mix by its name: "hospital", "text" (also "small"), "fhir", "images", "demo".
std::optional<Mix> mix_from_name(std::string_view name);

// How much to make: what is set ends the plan, whichever comes first; one must be set.
struct Amount {
  std::optional<std::uint64_t> documents;
  std::optional<std::uint64_t> octets;  // as planned: the files come out within some per cent of it
};

// One document that is to be.
struct Planned {
  Kind kind;
  std::uint64_t number;   // from 0; in the file's name
  std::uint64_t content;  // number of the document it equals: its own, or that of an earlier one
  std::uint64_t patient;  // for make_person()
  verifier::Time when;
  std::size_t size;  // about so many octets
};

// All documents of a corpus, in order.
struct Plan {
  std::uint64_t seed = 0;
  std::vector<Planned> documents;
};

// Plans a corpus. About one document in a hundred repeats an earlier one of the same patient octet
// by octet, as when systems send twice.
Plan make_plan(std::uint64_t seed, Mix mix, const Amount& amount);

// The octets of a document.
std::string make_document(const Plan& plan, const Planned& planned);

// Whom it is about.
Person patient_of(const Plan& plan, const Planned& planned);

// Where it lies: "<yyyy>/<patient's number>/<kind>-<n>.<extension>".
std::string path_of(const Plan& plan, const Planned& planned);

// What write_corpus() did.
struct Written {
  std::uint64_t documents = 0;
  std::uint64_t octets = 0;
};

// Writes all documents under `folder` with `threads` threads (0: as many as there are processors).
// Files that are there are overwritten, others left. Errors: io, naming the file.
verifier::Result<Written> write_corpus(const Plan& plan, const std::filesystem::path& folder,
                                       unsigned threads);

}  // namespace perdura::corpus
