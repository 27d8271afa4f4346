// OCSP responses for tests, at any time, by any identity. Made with libcrypto's own functions.
#pragma once

#include <optional>
#include <string>

#include "tests/verifier/test_tsa.hpp"

namespace perdura::verifier::test {

struct OcspSpec {
  std::string this_update;
  std::string next_update = {};     // empty: none
  std::string archive_cutoff = {};  // RFC 6960 section 4.4.4; empty: none
  std::optional<RevokedSpec> revoked = {};
  bool unknown = false;       // that is the answer
  bool named_by_key = false;  // the responder is
};

// The extensions of a certificate to whose owner a CA gave the task of answering.
std::vector<std::pair<std::string, std::string>> responder_extensions();

// A BasicOCSPResponse about `subject`, a certificate that `issuer` issued, signed by `responder`.
Bytes make_ocsp(const Identity& responder, const Identity& issuer, const Identity& subject,
                const OcspSpec& spec);

// The same as an element of a token's `crls` (RFC 5940 section 2.2).
Bytes as_revocation_info(ByteView basic_response);

}  // namespace perdura::verifier::test
