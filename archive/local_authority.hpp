// What a local TSA is made of, in its folder: CAs one after the other, TSA keys and certificates
// one after the other, and what was revoked. Layout: formats/local_tsa.md.
//
// A LocalAuthority is a value that does not change. What changes the folder returns the authority
// as it is then; each change counts from the moment its small state file is replaced, and what a
// crash leaves before that is in nobody's way.
// Thread safety: immutable, but one change of a folder at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/authority_state.hpp"
#include "archive/clock.hpp"
#include "archive/key_kind.hpp"
#include "archive/local_ca.hpp"
#include "archive/token_writer.hpp"
#include "verifier/policy.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Ok;
using verifier::Result;

// How the keys and certificates of an authority are to be.
struct AuthorityForm {
  const KeyKind* kind = &key_kinds().front();        // of the CA and the TSA
  DigestAlgorithm digest = DigestAlgorithm::sha512;  // of the CA's signatures
  unsigned ca_years = 25;
  unsigned tsa_years = 10;
  // Stands in the certificates, so that they can be told from those of the organisation's other
  // authorities; empty: nothing does. Rolling over keeps what there is.
  std::string unit = {};
};

// `form` with the kind of key and the digest that are fit for the longest time from `now` on: its
// own as long as they are.
AuthorityForm fittest_form(AuthorityForm form, const verifier::AlgorithmPolicy& policy, Time now);

// When an authority has to be replaced, and why.
struct AuthorityEnd {
  Time end;           // the first moment at which it must not sign any more
  std::string cause;  // "certificate of CN=…", "ECDSA with 256 bits", "revocation"
  bool ca = false;    // it is the CA that ends
};

// The CAs, TSA certificates and keys of one folder.
class LocalAuthority {
 public:
  // Makes a new one in the folder `dir`; see create_local_tsa(). Errors: as there.
  static Result<Ok> create(const std::filesystem::path& dir, const std::string& organisation,
                           Time now, std::string_view passphrase, const AuthorityForm& form);
  // What is in `dir`, of version 1 or 2. Errors: not_found, denied, malformed, unsupported, io.
  static Result<std::shared_ptr<const LocalAuthority>> open(const std::filesystem::path& dir,
                                                            std::string_view passphrase);

  // Who signs tokens now; its hash is still to be chosen.
  const TokenSigner& signer() const { return signer_; }
  // The subject of the TSA's certificate, and its validity.
  std::string subject() const;
  Time valid_from() const;
  Time valid_until() const;
  // Since when the TSA's present certificate is revoked; nothing: it is not.
  std::optional<Time> revoked_since() const;
  // The hash under which to sign a token over an imprint of `algorithm`.
  DigestAlgorithm token_digest(DigestAlgorithm algorithm) const;
  // The certificate of the CA that issued the TSA's, DER.
  const Bytes& ca_certificate() const { return issuer().der; }
  // How the newest was made.
  AuthorityForm form() const;

  // A status list, and the certificate of the CA whose it is.
  struct Status {
    Bytes crl;
    Bytes ca_certificate;
  };
  // As of `now`, by whichever of its CAs issued `certificate` (DER); nothing when none did.
  std::optional<Status> status_of(ByteView certificate, Time now) const;

  // When it ends: the TSA's and the CA's certificate, and by `policy` their algorithms.
  AuthorityEnd end(const verifier::AlgorithmPolicy& policy) const;
  // How to make the next one at `now`, so that it is fit for the longest time: as the present one
  // as long as that is.
  AuthorityForm next_form(const verifier::AlgorithmPolicy& policy, Time now) const;
  // The end, when it comes within `margin_s` of `now` and a roll-over would put it off.
  std::optional<AuthorityEnd> needs_roll_over(const verifier::AlgorithmPolicy& policy, Time now,
                                              std::int64_t margin_s) const;

  // Makes a new TSA key and certificate of `form`, and a new CA before when the present one would
  // end before them, is not fit for as long by `policy`, or when `new_ca` asks for it. The key of
  // the TSA before is erased; those of CAs are kept for their status lists. Errors: unsupported
  // (this build lacks the kind), io.
  Result<std::shared_ptr<const LocalAuthority>> roll_over(const AuthorityForm& form,
                                                          const verifier::AlgorithmPolicy& policy,
                                                          Time now, bool new_ca) const;
  // Revokes the TSA certificate with this serial number (content octets), durably: every status
  // list says so from now on. Errors: not_found (it is none of this authority), conflict (it is
  // revoked already), io.
  Result<std::shared_ptr<const LocalAuthority>> revoke(ByteView serial_number,
                                                       const Revocation& revocation) const;

 private:
  struct Ca {
    CertificateHandle certificate;
    KeyHandle key;
    Bytes der;
  };

  LocalAuthority() = default;
  Result<Ok> load();
  const Ca& issuer() const { return cas_[state_.tsas.back().ca]; }
  X509* certificate() const { return tsas_.back().get(); }
  std::vector<RevokedCertificate> revoked_by(std::size_t ca) const;
  AuthorityEnd tsa_end(const verifier::AlgorithmPolicy& policy) const;
  AuthorityEnd ca_end(const verifier::AlgorithmPolicy& policy) const;
  Result<Ok> leave_version_one(AuthorityState& next) const;
  Result<std::size_t> next_ca(AuthorityState& next, const AuthorityForm& form, Time now,
                              bool new_ca, std::optional<Ca>& made) const;
  bool ca_lasts(const AuthorityForm& form, const verifier::AlgorithmPolicy& policy, Time now) const;

  std::filesystem::path dir_;
  std::string passphrase_;
  AuthorityState state_;
  std::vector<Ca> cas_;                  // as in state_
  std::vector<CertificateHandle> tsas_;  // as in state_
  KeyHandle tsa_key_;                    // of the last
  TokenSigner signer_;
};

}  // namespace perdura::archive
