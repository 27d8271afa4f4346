// HL7 v2.5.1 messages in ER7: ADT (who came and went), ORU (results), MDM (documents).
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <string>

#include "tests/corpus/document.hpp"

namespace perdura::corpus {

// One message of about `size` octets at most, segments ended by CR. In UTF-8, as MSH-18 says.
std::string make_hl7_message(Random& random, const Visit& visit, std::size_t size);

}  // namespace perdura::corpus
