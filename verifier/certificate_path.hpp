// Paths from a certificate to a trust anchor, as they were at a given time (shell model: every
// certificate of the path valid then).
//
// There is no default trust store and no network. Several certificates of one name are all tried,
// so that a CA that changed its key, or a stranger with its name, neither hides nor replaces the
// right one. Thread safety: pure functions; a Certificate may be shared by threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/signature.hpp"
#include "verifier/time.hpp"
#include "verifier/verdict.hpp"

struct x509_st;         // libcrypto's X509
struct X509_name_st;    // libcrypto's X509_NAME
struct asn1_string_st;  // libcrypto's ASN1_TIME

namespace perdura::verifier {

// An X.509 certificate and the octets it was read from. Shared; null means none.
class Certificate {
 public:
  Certificate(Bytes octets, std::shared_ptr<x509_st> handle);

  ByteView octets() const { return octets_; }
  x509_st* handle() const { return handle_.get(); }
  Time not_before() const { return not_before_; }
  Time not_after() const { return not_after_; }
  // Whether `time` lies in its validity; nothing else is asked.
  bool valid_at(Time time) const { return not_before_ <= time && time <= not_after_; }
  // The subject, and the issuer, as RFC 2253 text, for reports: "CN=TSA,O=Clinic".
  std::string subject() const;
  std::string issuer() const;
  // The whole SubjectName and IssuerName, DER; the content octets of the serial INTEGER.
  Bytes subject_name() const;
  Bytes issuer_name() const;
  Bytes serial_number() const;

 private:
  Bytes octets_;
  std::shared_ptr<x509_st> handle_;
  Time not_before_;
  Time not_after_;
};
using CertificatePtr = std::shared_ptr<const Certificate>;

// A distinguished name as RFC 2253 text.
std::string name_text(const X509_name_st* name);

// Reads one DER certificate that fills `der`; null when it is none.
CertificatePtr read_certificate(ByteView der);

// Reads each that can be read, once; what can't be is left out.
void read_certificates_into(std::span<const ByteView> der, std::vector<CertificatePtr>& pool);

// Whether the certificate is made for stamping time and nothing else (RFC 3161 §2.3): version 3,
// extended key usage critical and exactly timeStamping, key usage (when there) for signatures only.
// One finding, passed or failed.
Finding judge_purpose(const Certificate& signer);

// Checks that `issuer` signed `certificate`, on its original octets.
SignatureCheck check_issued(const Certificate& certificate, const Certificate& issuer);

// A path and how it was found.
struct PathResult {
  std::vector<CertificatePtr> path;        // signer first, anchor last; empty when there is none
  std::vector<SignatureCheck> signatures;  // signatures[i]: of path[i] by path[i + 1]
  Finding finding;                         // passed, or why there is none
};

// Finds a path from `signer` through `pool` to one of `anchors`, in which every certificate was
// valid at `time`, with RFC 5280 §6: basic constraints, path length, keyCertSign, name constraints,
// critical extensions.
PathResult find_path(const CertificatePtr& signer, std::span<const CertificatePtr> pool,
                     std::span<const CertificatePtr> anchors, Time time);

// libcrypto's time as ours; nothing when it is absent or malformed.
std::optional<Time> time_of(const asn1_string_st* time);

}  // namespace perdura::verifier
