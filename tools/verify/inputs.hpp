// The files and digests that the command line names. Thread safety: pure functions.
#pragma once

#include <span>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::tools::verify {

// A certificate, list or piece of evidence, whole. Errors: not_found, io, too_large (over 64 MiB).
verifier::Result<verifier::Bytes> read_file(const std::string& path);

// A document of any size, hashed in every algorithm that is asked for. Errors: not_found, io.
verifier::Result<verifier::DataObject> hash_file(
    const std::string& path, std::span<const verifier::DigestAlgorithm> algorithms);

// "sha256:HEX", or the same document in several: "sha256:HEX,sha512:HEX". Errors: misuse.
verifier::Result<verifier::DataObject> parse_digests(const std::string& text);

// The command makes no sense: what is wrong, and where.
verifier::Error misuse(std::string what, std::string where);

}  // namespace perdura::tools::verify
