// The files and digests that the command line names. Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/evidence.hpp"
#include "verifier/result.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::tools::verify {

// A certificate, list or piece of evidence, whole. Errors: not_found, io, too_large (over 64 MiB).
verifier::Result<verifier::Bytes> read_file(const std::string& path);

// The first octets of a file, at most 16. Errors: not_found.
verifier::Result<verifier::Bytes> read_start(const std::string& path);

// The documents at `paths`, of any size, hashed as `plan` asks (in canonical form up to the size
// that XML is read in), and those given by their digests: "sha256:HEX", or the same document in
// several: "sha256:HEX,sha512:HEX". Errors: not_found, io, misuse (a digest is not one).
verifier::Result<std::vector<verifier::DataObject>> data_objects(
    const std::vector<std::string>& paths, const std::vector<std::string>& digests,
    const verifier::HashingPlan& plan);

// The command makes no sense: what is wrong, and where.
verifier::Error misuse(std::string what, std::string where);

}  // namespace perdura::tools::verify
