// A time-stamp authority of one's own, with its own CA: the default when no other is named.
//
// It is self-asserted: who holds its keys can state any time. It lets an archive work from the
// first minute, and its tokens are as others' are, so that any RFC 3161 software reads them; but it
// proves nothing against the archive's owner. Its names say so.
//
// Unless told otherwise its keys are ECDSA P-256: no European policy table dates it yet, while RSA
// with PKCS #1 v1.5 ends on 2029-01-01 even at 3,072 bits; BouncyCastle 1.72 and `openssl ts
// -verify` take it; and a token with both certificates and the status list is about 2 kB, half of
// what RSA needs, in every exported evidence record. Other kinds: key_kind.hpp. The authority rolls
// over to new keys, and to a new CA, before the old ones end: local_authority.hpp.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "archive/local_authority.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "archive/tsa_client.hpp"

namespace perdura::archive {

// Makes the folder `dir` with ca.pem (the anchor to hand out) and the keys and certificates of a CA
// and a TSA (keys: PKCS #8 in PEM, mode 0600; encrypted with scrypt and AES-256 when `passphrase`
// is not empty). It appears complete or not at all. `organisation` is 1 to 64 characters of UTF-8.
// Errors: misuse, conflict (`dir` exists and is not empty; it is never overwritten), unsupported
// (this build lacks the kind of key), denied, io.
Result<Ok> create_local_tsa(const std::filesystem::path& dir, const std::string& organisation,
                            const Clock& clock, std::string_view passphrase = {},
                            const AuthorityForm& form = AuthorityForm());

// What stands in the certificates of the authority of a track: "local2 authority". No other track's
// is a part of it that ends alike, so a verifier can be told which one has fallen.
std::string unit_of_track(const std::string& track);

// Opens what create_local_tsa() made, under a name for reports; `clock` must outlive it. Errors:
// not_found, denied (wrong passphrase, or a key file that others may read), malformed, io.
Result<std::unique_ptr<TsaClient>> open_local_tsa(const std::filesystem::path& dir,
                                                  const Clock& clock,
                                                  std::string_view passphrase = {},
                                                  std::string name = "local");

// The same, with the server's side as well, and with what changes the authority. Tokens hold
// ESSCertIDv2, an accuracy of one second, a random 128-bit serial number, both certificates and a
// status list of the CA that is as old as the token and lasts until the TSA's certificate ends. The
// list's number is its thisUpdate in seconds since 1970, so there is no counter to lose. Imprints:
// SHA-256, SHA-384, SHA-512 and SHA3 of these sizes; the signature is over the same hash, or over
// that of its scheme.
class LocalTsa final : public TsaClient {
 public:
  // As open_local_tsa().
  static Result<std::unique_ptr<LocalTsa>> open(const std::filesystem::path& dir,
                                                const Clock& clock,
                                                std::string_view passphrase = {},
                                                std::string name = "local");

  std::string name() const override;
  std::string description() const override;
  bool self_asserted() const override { return true; }
  // Errors: unsupported (the imprint's algorithm), conflict (the Clock's time is outside the
  // validity of the TSA's certificate, or that is revoked).
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint,
                      std::stop_token given_up = {}) override;
  // A status list of the CA that issued the token's certificate, signed now.
  FreshStatus fresh_status(ByteView token) override;

  // Answers a TimeStampReq (DER) with a TimeStampResp, as the server of RFC 3161 section 2.4.2
  // does: what it cannot do is a rejection within the response. Errors: as stamp(), but for what a
  // response can say.
  Result<Bytes> answer(ByteView time_stamp_req);

  // The keys and certificates as they are now.
  std::shared_ptr<const LocalAuthority> authority() const;
  // When the authority ends, if that is within `margin_s` of the Clock's time and a roll-over would
  // put it off.
  std::optional<AuthorityEnd> needs_roll_over(const verifier::AlgorithmPolicy& policy,
                                              std::int64_t margin_s) const;
  // LocalAuthority::roll_over() now, to `form` or, without one, to what is fit for the longest
  // time. Whoever stamps meanwhile gets a token of the old key or of the new one.
  Result<Ok> roll_over(const verifier::AlgorithmPolicy& policy,
                       std::optional<AuthorityForm> form = std::nullopt, bool new_ca = false);
  // Revokes the present TSA certificate: nothing is stamped from then on until roll_over().
  Result<Ok> revoke(const Revocation& revocation);

 private:
  LocalTsa(std::string name, const Clock& clock, std::shared_ptr<const LocalAuthority> authority)
      : name_(std::move(name)), clock_(clock), authority_(std::move(authority)) {}
  Result<Bytes> token(const TimeStampQuestion& question);
  Bytes list_of(const LocalAuthority& authority, Time now);
  Result<Ok> become(Result<std::shared_ptr<const LocalAuthority>> changed);

  std::string name_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const LocalAuthority> authority_;
  // The list of the second at which a token was made last: its number is that second.
  std::optional<Time> list_time_;
  Bytes list_;
  std::mutex changing_;  // held while the folder changes
};

}  // namespace perdura::archive
