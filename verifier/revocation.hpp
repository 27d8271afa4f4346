// Whether a certificate was revoked, by what revocation lists and OCSP responses say, as of a
// reference time T at which the signature is known to have existed.
//
// Status information counts when it was issued at or after T, or when it was issued after the
// time-stamp and is still current at T. A revocation counts however old the information is. What a
// revocation means depends on its reason and on T (see judge_status). Who brought the information
// does not matter: it is signed. Thread safety: pure functions.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verifier/certificate_path.hpp"
#include "verifier/policy.hpp"
#include "verifier/time.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// Status information as found: a CertificateList or a BasicOCSPResponse, DER.
struct StatusSource {
  ByteView octets;
  bool ocsp = false;
  Time proven;       // when it is known to have existed, for its own algorithms
  std::string from;  // where it was found: "in the time-stamp"
};

// Why a certificate was revoked; the values are RFC 5280 §5.3.1's.
inline constexpr int reason_absent = -1;

// What one source says about one certificate. All signatures are checked before this exists.
struct CertificateStatus {
  // That it was revoked: since when, and why.
  struct Revocation {
    Time when;
    int reason = reason_absent;
    std::optional<Time> invalidity;  // since when the key is suspected, when that is said
  };
  Time this_update;
  std::optional<Time> next_update;
  // Since when it knows of expired certificates too; nothing: only of ones not expired.
  std::optional<Time> expired_since;
  std::optional<Revocation> revocation;  // nothing: good
  // The certificate of whoever issued it had expired before a time-stamp sealed it: whoever has the
  // key since may have made it. Good news of that kind do not count.
  bool issuer_expired = false;
  std::string from;
};

// For which certificate, and at which times.
struct StatusQuestion {
  CertificatePtr certificate;
  CertificatePtr issuer;  // the next of the path
  Time gen_time;          // when the time-stamp says that it was made
  Time reference;         // T
  bool covered = false;   // T is shown by a later time-stamp, not assumed
  RevocationMode mode = RevocationMode::required;
  std::shared_ptr<const AlgorithmPolicy> policy;  // never null
};

// What of `sources` speaks about the certificate, signed with what the policy calls fit; `notes`
// gets why some do not count.
std::vector<CertificateStatus> read_status(const StatusQuestion& question,
                                           std::span<const StatusSource> sources,
                                           std::vector<std::string>& notes);

// One finding: not revoked as far as counts, revoked, or not known.
//   reason                       | revoked after T                | revoked at or before T
//   key or CA compromise, absent | passed when a later time-stamp | FAILED
//                                | shows T, else FAILED           |
//   unspecified, affiliation,    | passed                         | passed when the stamp is older,
//   superseded, cessation        |                                | else FAILED
//   hold                         | INDETERMINATE                  | INDETERMINATE
// An absent reason is taken as the worst (RFC 3161 §4).
Finding judge_status(const StatusQuestion& question, std::span<const CertificateStatus> statuses,
                     std::span<const std::string> notes);

}  // namespace perdura::verifier
