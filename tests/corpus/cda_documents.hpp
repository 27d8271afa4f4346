// HL7 CDA R2 documents with the header and sections of C-CDA R2.1.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <string>

#include "tests/corpus/document.hpp"

namespace perdura::corpus {

// One ClinicalDocument of about `size` octets.
std::string make_cda_document(Random& random, const Visit& visit, std::size_t size);

}  // namespace perdura::corpus
