// When evidence stops being provable unless it is renewed first.
//
// So far: the earliest end of a certificate in the token, and of the tree's hash function by the
// archive's policy. Thread safety: pure functions.
#pragma once

#include <string>

#include "archive/batch.hpp"
#include "verifier/policy.hpp"

namespace perdura::archive {

// The end of one track's evidence of a batch, and why.
struct Horizon {
  Time end;
  std::string cause;  // "certificate of CN=…", "sha256"
};

// Of a track that is stamped. Errors: malformed (the token does not parse).
Result<Horizon> horizon(const BatchTrack& track, const verifier::AlgorithmPolicy& policy);

}  // namespace perdura::archive
