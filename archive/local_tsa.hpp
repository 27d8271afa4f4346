// A time-stamp authority of one's own, with its own CA: the default when no other is named.
//
// It is self-asserted: who holds its keys can state any time. It lets an archive work from the
// first minute, and its tokens are as others' are, so that any RFC 3161 software reads them; but it
// proves nothing against the archive's owner. Its names say so.
//
// ECDSA P-256: no European policy table dates it yet, while RSA with PKCS #1 v1.5 ends on
// 2029-01-01 even at 3,072 bits; BouncyCastle 1.72 and `openssl ts -verify` take it; and a token
// with both certificates and the status list is about 2 kB, half of what RSA needs, in every
// exported evidence record. CA 25 years, TSA 10 years.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "archive/tsa_client.hpp"

namespace perdura::archive {

// Makes the folder `dir` with ca.pem (the anchor to hand out), ca.key, tsa.pem and tsa.key (PKCS #8
// in PEM, mode 0600; encrypted with scrypt and AES-256 when `passphrase` is not empty). It appears
// complete or not at all. `organisation` is 1 to 64 characters of UTF-8. Errors: misuse, conflict
// (`dir` exists and is not empty; it is never overwritten), denied, io.
Result<Ok> create_local_tsa(const std::filesystem::path& dir, const std::string& organisation,
                            const Clock& clock, std::string_view passphrase = {});

// Opens what create_local_tsa() made, under a name for reports; `clock` must outlive it. Errors:
// not_found, denied (wrong passphrase, or a key file that others may read), malformed, io.
Result<std::unique_ptr<TsaClient>> open_local_tsa(const std::filesystem::path& dir,
                                                  const Clock& clock,
                                                  std::string_view passphrase = {},
                                                  std::string name = "local");

// The same, with the server's side as well. Tokens hold ESSCertIDv2, an accuracy of one second, a
// random 128-bit serial number, both certificates and a status list of the CA that is as old as the
// token and lasts until the TSA's certificate ends. The list's number is its thisUpdate in seconds
// since 1970, so there is no state to lose. Imprints: SHA-256, SHA-384, SHA-512 and SHA3 of these
// sizes; the signature's hash is SHA-256 for imprints of 256 bits and SHA-512 for longer ones.
class LocalTsa final : public TsaClient {
 public:
  // As open_local_tsa().
  static Result<std::unique_ptr<LocalTsa>> open(const std::filesystem::path& dir,
                                                const Clock& clock,
                                                std::string_view passphrase = {},
                                                std::string name = "local");
  ~LocalTsa() override;

  std::string name() const override;
  std::string description() const override;
  bool self_asserted() const override { return true; }
  // Errors: unsupported (the imprint's algorithm), conflict (the Clock's time is outside the
  // validity of the TSA's certificate).
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint) override;
  // A status list of the CA that issued the token's certificate, signed now.
  FreshStatus fresh_status(ByteView token) override;

  // Answers a TimeStampReq (DER) with a TimeStampResp, as the server of RFC 3161 section 2.4.2
  // does: what it cannot do is a rejection within the response. Errors: as stamp(), but for what a
  // response can say.
  Result<Bytes> answer(ByteView time_stamp_req);

 private:
  struct State;
  explicit LocalTsa(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace perdura::archive
