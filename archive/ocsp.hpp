// OCSP (RFC 6960): the question about one certificate, and the answer of a responder.
//
// Thread safety: pure functions.
#pragma once

#include <memory>

#include "verifier/bytes.hpp"
#include "verifier/certificate_path.hpp"
#include "verifier/policy.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// What to send to a responder, and what its answer is held against.
struct OcspQuestion {
  verifier::CertificatePtr certificate;
  verifier::CertificatePtr issuer;
  verifier::Bytes nonce;    // octets of the nonce extension's value
  verifier::Bytes request;  // OCSPRequest, DER
};

// A question about `certificate` with a fresh nonce. The CertID is hashed with SHA-1, as that is
// the one form that all responders know (RFC 5019 section 2.1.1); nothing rests on it.
OcspQuestion ocsp_question(verifier::CertificatePtr certificate, verifier::CertificatePtr issuer);

// The BasicOCSPResponse in an OCSPResponse that came at `now`, as the octets that came: successful,
// about this certificate, signed by its issuer or by whom that gave the task with algorithms that
// are fit by `policy` (null: the built-in one), and with the question's nonce, if with any
// (responders may answer from stock: RFC 6960 section 4.4.1). Errors: unavailable (the responder
// says that it can't answer), malformed (all others).
verifier::Result<verifier::Bytes> read_ocsp_answer(
    verifier::ByteView der, const OcspQuestion& question, verifier::Time now,
    const std::shared_ptr<const verifier::AlgorithmPolicy>& policy = nullptr);

}  // namespace perdura::archive
