// What a verdict will need decades from now: certificates and their status, collected while they
// can be had and put inside the token, where the next renewal seals them.
//
// Only the SignedData's `certificates` and `crls` change (RFC 5652 section 5.1), which no signature
// covers; every other octet stays as the TSA made it. A token that a renewal has hashed is frozen:
// its caller must not insert into it. Nothing here judges: what is inserted is not verified.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/http_client.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// The token (a ContentInfo with SignedData) with these DER certificates and CRLs inserted, but for
// those that it has already. Where the token's own are in DER order the new ones are put in order
// too, else at the end. Lengths up the path are rewritten; an element of indefinite length stays
// one. Errors: malformed (the token, or something to be inserted), too_large (over 16 MiB).
Result<Bytes> insert_validation_data(ByteView token, const std::vector<Bytes>& certificates,
                                     const std::vector<Bytes>& crls);

// The certificates inside a token, DER, in its order. Errors: malformed.
Result<std::vector<Bytes>> certificates_of(ByteView token);

// Those of `pool` that lead from `certificate` upward, nearest first, the root included when it is
// there: each has issued the one before it, which is checked by name and signature.
std::vector<Bytes> collect_chain(ByteView certificate, const std::vector<Bytes>& pool);

// What fetch_crls() got, and a sentence on each thing it did not get.
struct FetchedCrls {
  std::vector<Bytes> crls;  // DER
  std::vector<std::string> warnings;
};

// Fetches the CRLs that the certificates name in their distribution points (RFC 5280 section
// 4.2.1.13; http:// and https:// alone), each place once. It keeps what is a CRL and is issued by
// the certificate's issuer; with `wanted_since` it also warns of a list older than that time, as
// one does not show the state at that time. options.timeout_ms is for all of them together. Never
// fails: what cannot be had is a warning.
FetchedCrls fetch_crls(const std::vector<Bytes>& certificates, const HttpOptions& options,
                       std::optional<verifier::Time> wanted_since);

}  // namespace perdura::archive
