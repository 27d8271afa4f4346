// RFC 3161's question and answer: TimeStampReq and TimeStampResp, as octets.
//
// Reading an answer checks that it answers the question; it does not verify the token's signature
// or the signer's path (verify_token.hpp does). The token is sliced out as the octets that came.
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "archive/clock.hpp"
#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Errc;
using verifier::Error;
using verifier::Result;

// TimeStampReq ::= SEQUENCE { version, messageImprint, reqPolicy OPTIONAL,
//   nonce INTEGER OPTIONAL, certReq BOOLEAN DEFAULT FALSE, extensions [0] OPTIONAL }
//                                                                    -- RFC 3161 section 2.4.1
// Without extensions: nobody uses them.
struct TimeStampQuestion {
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  Digest imprint;
  Bytes policy;               // content octets of the OBJECT IDENTIFIER; empty: any
  Bytes nonce;                // content octets of the INTEGER; empty: none
  bool certificates = false;  // certReq
};

// A question over `imprint` with a fresh positive nonce of 127 bits, asking for certificates.
TimeStampQuestion fresh_question(DigestAlgorithm algorithm, const Digest& imprint);

// The question in DER; the imprint's algorithm has no parameters.
Bytes write_question(const TimeStampQuestion& question);

// What a server found in a question that it cannot answer.
struct UnreadableQuestion {
  int failure = 2;   // the bit of PKIFailureInfo: badAlg(0), badRequest(2), badDataFormat(5)...
  std::string what;  // for the status string
};

// The bits of PKIFailureInfo that RFC 3161 section 2.4.2 uses.
namespace failure {
inline constexpr int bad_algorithm = 0;
inline constexpr int bad_request = 2;
inline constexpr int bad_data_format = 5;
inline constexpr int time_not_available = 14;
inline constexpr int unaccepted_policy = 15;
inline constexpr int unaccepted_extension = 16;
inline constexpr int additional_info_not_available = 17;
inline constexpr int system_failure = 25;
}  // namespace failure

// Reads a question, as a server does: one whose imprint has an algorithm that this build knows and
// that algorithm's length, or why there is no answer to it.
std::variant<TimeStampQuestion, UnreadableQuestion> read_question(ByteView der);

// A TimeStampResp that grants `token` (a ContentInfo).
Bytes write_granted(ByteView token);
// A TimeStampResp with status rejection(2), this text and this bit of PKIFailureInfo.
Bytes write_rejected(const std::string& text, int failure_bit);

// The token in a TimeStampResp to `question`, as the octets that came, after all checks that are
// the client's by RFC 3161 section 2.2 and 2.4.2: granted; nothing behind the token; version,
// imprint, policy (when asked for) and nonce are the question's; genTime lies within
// `tolerance_s` seconds of `now`; the signer's certificate is in it, as its signing-certificate
// attribute has it. Errors: denied (the TSA refused, in its words), unavailable (all others).
Result<Bytes> read_answer(ByteView der, const TimeStampQuestion& question, Time now,
                          int tolerance_s);

// The certificate that the token's signing-certificate attribute names by its hash (RFC 5816; the
// newer form counts when both are there): a view into the token. Nothing when there is none, or
// when this build does not know the hash function.
std::optional<ByteView> signer_certificate(const verifier::TimestampToken& token);

}  // namespace perdura::archive
