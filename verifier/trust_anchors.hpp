// Whom the verifying person trusts, and how strictly evidence is to be judged.
//
// Trust anchors come from the person who verifies, never from the evidence. There is no default
// store. Thread safety: plain values.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

class AlgorithmPolicy;

// Certificates (DER) that are trusted as they are, usually roots of time-stamping authorities.
struct TrustAnchors {
  std::vector<Bytes> certificates;
};

// One DER certificate, or PEM text with one or more; each is checked to be readable. `where` names
// the source in errors. Errors: malformed.
Result<std::vector<Bytes>> read_certificates(ByteView pem_or_der, std::string where);

// The same for certificate revocation lists. Errors: malformed.
Result<std::vector<Bytes>> read_crls(ByteView pem_or_der, std::string where);

// What missing status information means.
enum class RevocationMode {
  required,    // without status data that counts, the verdict is INDETERMINATE
  if_present,  // what is there is checked, and what is missing is said
};

// An assumption: from a moment on, a time-stamping authority's key is somebody else's too.
struct BrokenAuthority {
  std::string name;  // part of its certificate's subject, or the certificate's SHA-256 in hex
  Time from;
  // Set once a time-stamp of such an authority was judged; may be null. A name that none has is
  // perhaps misspelt.
  std::shared_ptr<std::atomic<bool>> met = {};
};

// How much of what passed is told.
enum class ReportDetail {
  full,   // every check of every token, certificate and renewal
  brief,  // one sentence a token that passed without a warning: for very many records
};

// How evidence is to be judged.
struct JudgeOptions {
  TrustAnchors anchors;
  Time at;  // the moment as of which the newest time-stamp must hold
  // Whoever judges chose that moment: what was stamped after it did not exist yet and is left out
  // of account. Otherwise it is now, and a time-stamp from after it is wrong.
  bool at_chosen = false;
  RevocationMode revocation = RevocationMode::required;
  std::vector<Bytes> extra_certificates;  // DER; to build paths with, not trusted
  std::vector<Bytes> extra_crls;          // DER; their signatures are checked
  // Status information that came with the evidence, outside of its time-stamps: DER.
  std::vector<Bytes> accompanying_crls;
  std::vector<Bytes> accompanying_ocsp_responses;  // BasicOCSPResponse
  ReportDetail detail = ReportDetail::full;
  // Until when algorithms are fit; null: by the policy that is built in.
  std::shared_ptr<const AlgorithmPolicy> policy = nullptr;
  std::vector<BrokenAuthority> broken_authorities = {};
};

}  // namespace perdura::verifier
