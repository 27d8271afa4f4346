// Judges time-stamp tokens: RFC 3161 §2.2, RFC 5816, and the certificate path and its status as of
// a reference time T, at which the token is known to have existed.
//
// T is the genTime of the time-stamp that covers this one, or the moment of judging for the newest.
// A certificate that expired or was revoked after T does not hurt. There is no clock, no network
// and no default trust here.
#pragma once

#include <memory>
#include <optional>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/time.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/token_facts.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// A token that was judged, and what a judge of evidence asks of it. Shared and immutable.
class JudgedToken {
 public:
  JudgedToken(ByteView content_info, std::shared_ptr<const JudgedToken> later);

  // What judging yielded; subject "time-stamp".
  const Report& report() const { return report_; }
  Verdict verdict() const { return verdict_; }
  // The token as read from a copy of its octets; null when it does not parse.
  const TimestampToken* token() const { return token_ ? &*token_ : nullptr; }
  // The hash of the whole ContentInfo, which a renewal covers. Taken once for each algorithm.
  Digest digest(DigestAlgorithm algorithm) const;
  // The token that covers this one; null for the newest.
  const std::shared_ptr<const JudgedToken>& later() const { return later_; }
  // What it was made with.
  const TokenFacts& facts() const { return facts_; }
  ByteView octets() const { return octets_; }
  // As of when this one was judged: the later one's genTime, or the moment of judging.
  Time reference() const { return reference_; }

 private:
  friend class TokenJudge;
  struct Digests;
  Bytes octets_;
  std::shared_ptr<const JudgedToken> later_;
  std::optional<TimestampToken> token_;
  Time reference_;
  Report report_;
  TokenFacts facts_;
  Verdict verdict_ = Verdict::indeterminate;
  std::shared_ptr<Digests> digests_;
};

// Judges tokens under fixed options. A token that many records share is judged once; what was
// judged is kept up to a bound in octets. Thread safety: any member from any thread.
class TokenJudge {
 public:
  explicit TokenJudge(JudgeOptions options);
  ~TokenJudge();
  TokenJudge(const TokenJudge&) = delete;
  TokenJudge& operator=(const TokenJudge&) = delete;

  // The policy in them is never null.
  const JudgeOptions& options() const;

  // The newest token, judged as of `reference` (usually options().at).
  std::shared_ptr<const JudgedToken> judged(ByteView content_info, Time reference) const;
  // A token that `later` covers, judged as of that one's genTime. Status information in `later` and
  // in what covers it counts too (RFC 4998 does not say where it is to be found).
  std::shared_ptr<const JudgedToken> judged(ByteView content_info,
                                            std::shared_ptr<const JudgedToken> later) const;

  // Whether a token is of after the moment that was chosen: as of then it did not exist.
  bool not_yet_made(ByteView content_info) const;

  // One token by itself; with `expected_imprint`, also whether it stamps that hash value.
  Report judge(ByteView content_info, Time reference, const Digest* expected_imprint) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace perdura::verifier
