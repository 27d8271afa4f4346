// What a time-stamp was made with, for reports that show more than findings. It judges nothing.
//
// Thread safety: plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/certificate_path.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// An algorithm that a time-stamp rests on, and how long the policy calls it fit.
struct AlgorithmFact {
  std::string name;         // "SHA-256", "RSA-PSS with 3072 bits"
  bool known = false;       // whether the policy names it
  std::optional<Time> end;  // the first moment at which it is unfit; nothing: no end is known
};

// Of one time-stamp.
struct TokenFacts {
  CertificatePtr signer;             // null: not at hand
  std::vector<CertificatePtr> path;  // from the signer to a trust anchor; empty: none was found
  std::vector<AlgorithmFact> algorithms;  // each once
};

}  // namespace perdura::verifier
