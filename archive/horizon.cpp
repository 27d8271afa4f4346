#include "archive/horizon.hpp"

#include <openssl/x509.h>

#include <algorithm>

#include "archive/local_ca.hpp"
#include "archive/openssl_handles.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "archive/validation_data.hpp"
#include "verifier/signature.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

using verifier::AlgorithmPolicy;
using verifier::SignatureCheck;

void take(std::optional<Horizon>& earliest, EndKind kind, std::optional<Time> end,
          std::string cause) {
  if (!end || (earliest && earliest->end <= *end)) return;
  earliest = Horizon{*end, kind, std::move(cause)};
}

// One signature, and the hash inside it.
void take_signature(std::optional<Horizon>& earliest, const AlgorithmPolicy& policy,
                    const SignatureCheck& signature) {
  take(earliest, EndKind::signature, policy.end_of(signature.algorithm), signature.detail);
  if (!signature.digest) return;
  take(earliest, EndKind::signature, policy.end_of(*signature.digest),
       std::string(verifier::name(*signature.digest)) + " in a signature");
}

SignatureCheck signature_of(const verifier::TimestampToken& token, X509* signer) {
  Bytes message = verifier::to_bytes(token.signer.signed_attributes);
  if (!message.empty()) message[0] = verifier::tag::set;
  return verifier::check_signature(token.signer.signature_algorithm,
                                   verifier::digest_algorithm(token.signer.digest_algorithm),
                                   X509_get0_pubkey(signer), message, token.signer.signature);
}

// A certificate's own signature, by the next of the path. A root's, by itself, does not count.
std::optional<SignatureCheck> signature_of(ByteView certificate, X509* issuer) {
  const auto parts = verifier::signed_parts(certificate);
  if (!parts) return std::nullopt;
  return verifier::check_signature(parts->algorithm, std::nullopt, X509_get0_pubkey(issuer),
                                   parts->tbs, parts->signature);
}

Error unreadable() {
  return {Errc::malformed, "the certificate that signed it is not in the time-stamp", "time-stamp",
          ""};
}

}  // namespace

std::string_view name(EndKind kind) {
  switch (kind) {
    case EndKind::certificate:
      return "certificate";
    case EndKind::signature:
      return "signature";
    case EndKind::hash:
      break;
  }
  return "hash";
}

const Horizon* Horizons::earliest_renewable() const {
  if (!certificate) return signature ? &*signature : nullptr;
  if (!signature) return &*certificate;
  return certificate->end <= signature->end ? &*certificate : &*signature;
}

const Horizon* Horizons::earliest() const {
  const Horizon* renewable = earliest_renewable();
  if (!hash) return renewable;
  return renewable == nullptr || hash->end <= renewable->end ? &*hash : renewable;
}

Result<Horizons> horizons(ByteView token, DigestAlgorithm algorithm,
                          const AlgorithmPolicy& policy) {
  const auto parsed = verifier::parse_timestamp_token(token);
  if (!parsed) return parsed.error();
  const auto signer = signer_certificate(*parsed);
  if (!signer) return unreadable();
  const auto pool = certificates_of(token);
  if (!pool) return pool.error();
  std::vector<Bytes> path = collect_chain(*signer, *pool);
  path.insert(path.begin(), verifier::to_bytes(*signer));

  Horizons ends;
  ends.stamped = parsed->tst_info.gen_time;
  take(ends.hash, EndKind::hash, policy.end_of(algorithm), std::string(verifier::name(algorithm)));
  CertificateHandle certificate = read_certificate(path.front());
  if (!certificate) return unreadable();
  take_signature(ends.signature, policy, signature_of(*parsed, certificate.get()));
  for (std::size_t i = 0; i < path.size(); ++i) {
    take(ends.certificate, EndKind::certificate, not_after(certificate.get()),
         "certificate of " + name_text(X509_get_subject_name(certificate.get())));
    if (i + 1 == path.size()) break;
    CertificateHandle issuer = read_certificate(path[i + 1]);
    if (!issuer) return unreadable();
    if (const auto signature = signature_of(path[i], issuer.get())) {
      take_signature(ends.signature, policy, *signature);
    }
    certificate = std::move(issuer);
  }
  return ends;
}

}  // namespace perdura::archive
