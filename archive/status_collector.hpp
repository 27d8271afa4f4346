// Fetches what a verdict will need while it can be had: missing CA certificates, revocation lists
// and OCSP responses, from the places that the certificates themselves name.
//
// What comes back is untrusted: sizes and times are bounded (http_client.hpp), each place is asked
// once, and what is not what it should be is a warning, never a failure.
// Thread safety: a StatusCollector belongs to one thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/http_client.hpp"
#include "archive/validation_data.hpp"
#include "verifier/certificate_path.hpp"
#include "verifier/policy.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// Collects for the path of one certificate. options.timeout_ms is for everything together.
class StatusCollector {
 public:
  // `now` is the Clock's time, at which what comes is judged, by `policy` (null: the built-in one).
  StatusCollector(const HttpOptions& options, verifier::Time now,
                  std::shared_ptr<const verifier::AlgorithmPolicy> policy = nullptr)
      : options_(options),
        now_(now),
        policy_(std::move(policy)),
        begin_(std::chrono::steady_clock::now()) {}

  // The path from `certificate` upward through `pool` (validation_data.hpp); where the pool ends
  // before a root does, through what lies at the certificates' caIssuers (RFC 5280 section
  // 4.2.2.1).
  std::vector<Bytes> path_above(ByteView certificate, std::vector<Bytes> pool);

  // Fetches the CRLs that the certificates of `path` (each issued by the next) name in their
  // distribution points (RFC 5280 section 4.2.1.13), and asks the OCSP responders that they name
  // (section 4.2.2.1). Kept is a CRL that the issuer has signed, and an OCSP response that
  // read_ocsp_answer() takes. Warns of a CRL older than `wanted_since`, as one does not show the
  // state at that time.
  void ask_status(const std::vector<Bytes>& path, std::optional<verifier::Time> wanted_since);

  // What was collected by ask_status(), and all warnings.
  FreshStatus take() { return std::move(collected_); }

 private:
  std::optional<Result<HttpResponse>> ask(HttpRequest request, const std::string& once_for);
  std::optional<Bytes> issuer_of(const verifier::Certificate& certificate);
  void ask_lists(const verifier::Certificate& certificate, const verifier::CertificatePtr& issuer,
                 std::optional<verifier::Time> wanted_since);
  void ask_responders(const verifier::CertificatePtr& certificate,
                      const verifier::CertificatePtr& issuer);
  void warn(const std::string& what, const Error& error) {
    collected_.warnings.push_back(what + ": " + to_string(error));
  }

  HttpOptions options_;
  verifier::Time now_;
  std::shared_ptr<const verifier::AlgorithmPolicy> policy_;
  std::chrono::steady_clock::time_point begin_;
  std::set<std::string> asked_;
  FreshStatus collected_;
};

}  // namespace perdura::archive
