// Dictionaries as content of the archive: made durable before anything is compressed with them, and
// loaded again when the archive is opened.
//
// Thread safety: any thread.
#pragma once

#include "archive/archive.hpp"

namespace perdura::archive {

// Stores a newly trained dictionary, encrypted, and makes it known to the archive's Dictionaries,
// in this order. Errors: io.
Result<Ok> keep_dictionary(Archive& archive, const NewDictionary& dictionary);

// Loads every dictionary of the archive. Errors: malformed, io.
Result<Ok> load_dictionaries(Archive& archive);

}  // namespace perdura::archive
