// When evidence stops being provable unless it is renewed first, and what ends it.
//
// Only the newest archive timestamp of a batch counts: what it covers is sealed by it (RFC 4998
// section 5). Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/lineage.hpp"
#include "verifier/policy.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

using verifier::Time;

// What a piece of evidence ends by.
enum class EndKind {
  certificate,  // of the TSA, or of a CA above it
  signature,    // the algorithm and key length of a signature, or the hash inside it
  hash,         // of the tree and the imprint
};

// "certificate", "signature", "hash".
std::string_view name(EndKind kind);

// When something ends, and what ends there.
struct Horizon {
  Time end;  // the first moment at which it no longer holds
  EndKind kind = EndKind::certificate;
  std::string cause;  // "certificate of CN=…", "ECDSA with 256 bits", "sha256"
};

// The ends of one token over a tree of `algorithm`.
struct Horizons {
  Time stamped;                        // when it was made
  std::optional<Horizon> hash;         // a timestamp renewal does not help against it
  std::optional<Horizon> certificate;  // a timestamp renewal does
  std::optional<Horizon> signature;
  // The earliest of all; nothing when no end is known.
  const Horizon* earliest() const;
  // The earliest that a timestamp renewal helps against.
  const Horizon* earliest_renewable() const;
};

// Errors: malformed (the token does not parse, or its signer is not in it).
Result<Horizons> horizons(ByteView token, DigestAlgorithm algorithm,
                          const verifier::AlgorithmPolicy& policy);

}  // namespace perdura::archive
