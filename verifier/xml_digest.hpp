// How XML signature and its relatives name hash functions and write hash values.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::verifier {

// The namespace of XML signature: ds:DigestMethod, ds:DigestValue.
inline constexpr std::string_view xmldsig_namespace = "http://www.w3.org/2000/09/xmldsig#";

// The hash function that an Algorithm attribute names by its URI (RFC 9231); nothing when unknown.
std::optional<DigestAlgorithm> digest_algorithm_from_uri(std::string_view uri);

// The URI of a hash function; empty when it has none.
std::string_view digest_uri(DigestAlgorithm algorithm);

// xs:base64Binary: base64 that may hold white space. Nothing when it is anything else.
std::optional<Bytes> from_xml_base64(std::string_view text);

}  // namespace perdura::verifier
