// Where perdura-verify writes: never over what it judges, nor into it. Thread safety: pure
// functions.
#pragma once

#include "tools/verify/options.hpp"
#include "verifier/result.hpp"

namespace perdura::tools::verify {

// Whether the page and standard output are none of the files that the options name, however they
// are spelt, and lie in none of the folders. Errors: misuse.
verifier::Result<verifier::Ok> check_outputs(const Options& options);

}  // namespace perdura::tools::verify
