// What a verdict will need decades from now, put inside the token, where the next renewal seals it:
// certificates, revocation lists and OCSP responses. status_collector.hpp fetches them.
//
// Only the SignedData's `certificates` and `crls` and the signer's unsigned attributes change
// (RFC 5652 sections 5.1 and 5.3), which no signature covers; every other octet stays as the TSA
// made it. A token that a renewal has hashed is frozen: its caller must not insert into it. Nothing
// here judges: what is inserted is not verified. Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Result;

// What was collected about the certificates of a token, all DER, and a sentence on each thing that
// could not be had.
struct FreshStatus {
  std::vector<Bytes> crls;            // CertificateLists
  std::vector<Bytes> ocsp_responses;  // BasicOCSPResponses
  std::vector<Bytes> certificates;    // of the path, nearest first
  std::vector<std::string> warnings;
};

// The token (a ContentInfo with SignedData) with these DER certificates, CRLs and
// BasicOCSPResponses inserted, but for those that it has already. Where the token's own are in DER
// order the new ones are put in order too, else at the end. OCSP responses go where RFC 4998
// section 4.2 has them, into the unsigned attribute revocation-values (RFC 5126 section 6.3.4):
// among `crls`, where RFC 5940 has them, `openssl ts` can't read them. Lengths up the path are
// rewritten; an element of indefinite length stays one. Errors: malformed (the token, or something
// to be inserted), too_large (over 16 MiB).
Result<Bytes> insert_validation_data(ByteView token, const std::vector<Bytes>& certificates,
                                     const std::vector<Bytes>& crls,
                                     const std::vector<Bytes>& ocsp_responses = {});

// The same of what was collected.
Result<Bytes> insert_validation_data(ByteView token, const FreshStatus& status);

// The certificates inside a token, DER, in its order. Errors: malformed.
Result<std::vector<Bytes>> certificates_of(ByteView token);

// Whether `issuer` issued `certificate` (both DER), by names, key identifiers and the signature.
// Unlike libcrypto's own functions for that, it knows every algorithm that the verifier knows:
// OpenSSL 3.0 takes no certificate that is signed with ECDSA over SHA-3.
bool is_issued_by(ByteView certificate, ByteView issuer);

// Those of `pool` that lead from `certificate` upward, nearest first, the root included when it is
// there: each has issued the one before it, which is checked by name and signature.
std::vector<Bytes> collect_chain(ByteView certificate, const std::vector<Bytes>& pool);

}  // namespace perdura::archive
