// How long algorithms are fit: a small built-in table after the default cryptographic policy of
// ETSI TS 119 312 V1.5.1 as EU's DSS ships it (first day on which each is unfit).
//
// Judged at the time that matters: when a thing was made, and when the next time-stamp covered it.
// Never at the time of reading. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "verifier/digest.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// Kinds of signature, as far as their lifetimes differ.
enum class SignatureScheme { rsa_pkcs1, rsa_pss, dsa, ecdsa, eddsa, other };

// "RSA PKCS#1 v1.5", "ECDSA".
std::string_view name(SignatureScheme scheme);

// The first moment at which the algorithm is unfit; nothing when no end is known.
std::optional<Time> end_of(DigestAlgorithm algorithm);
// The same for a signature scheme with a key of that many bits (RSA, DSA: of the modulus; ECDSA: of
// the order). Too small for any time: the year 0.
std::optional<Time> end_of(SignatureScheme scheme, int key_bits);

}  // namespace perdura::verifier
