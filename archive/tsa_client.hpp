// The seam to time-stamp authorities (RFC 3161), and the one reached over HTTP (section 3.4).
//
// A client checks that the answer is one to its own question: status, nonce, imprint, version, time
// and that the signer's certificate is there. Whether the signature holds and the path ends at an
// anchor is verify_token.hpp's to judge; the caller does that before it keeps the token.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/clock.hpp"
#include "archive/http_client.hpp"
#include "archive/validation_data.hpp"
#include "verifier/digest.hpp"
#include "verifier/policy.hpp"

namespace perdura::archive {

using verifier::Digest;
using verifier::DigestAlgorithm;

// Someone who states the time at which a digest existed. Thread safety: any member, any thread.
class TsaClient {
 public:
  virtual ~TsaClient() = default;

  // The short name by which settings, tracks and reports call it: "local", "tsa1".
  virtual std::string name() const = 0;
  // Whom or what it speaks for: a URL, or the subject of the local certificate.
  virtual std::string description() const { return name(); }
  // Whether the archive's own keys sign: the token then proves nothing against the archive's owner.
  virtual bool self_asserted() const = 0;
  // Asks for a token over `imprint`. The ContentInfo's octets as the TSA made them, with the chain
  // and status data that were at hand inserted around the signed parts (validation_data.hpp).
  // Errors name the TSA: unavailable (did not answer, or its answer is not one to this question),
  // unsupported (this imprint algorithm), denied (it refused), io, too_large. Once `given_up` is
  // asked for it ends soon: unavailable, or with the token and what status data was there by then.
  virtual Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint,
                              std::stop_token given_up = {}) = 0;
  // Status information issued now about the signer of `token` and its CAs: a token that this TSA
  // made, perhaps years ago and with an earlier key. For what counts of it see revocation.hpp. What
  // cannot be had is a warning.
  virtual FreshStatus fresh_status(ByteView token) = 0;
};

// How to reach and judge a TSA over HTTP.
struct HttpTsaOptions {
  std::string name;  // "tsa1"
  std::string url;
  HttpOptions http;
  // How far genTime may lie from the Clock, in seconds, before the token is refused.
  int clock_tolerance_s = 300;
  // The policy to ask for, dotted ("1.2.3"); the answer must then have it. Empty: any.
  std::string policy;
  // The Authorization header that goes with every question; empty: none.
  std::string authorization;
  // Certificates of the TSA's CAs, DER (--tsa-ca). When there are any, the signer's path must end
  // at one of them, and those on the path are put into the token.
  std::vector<Bytes> ca_certificates;
  // Whether to fetch the status information that the token's certificates name, and put it in.
  bool collect_status = true;
  // By which what comes is judged; null: the built-in one.
  std::shared_ptr<const verifier::AlgorithmPolicy> algorithms = nullptr;
  // Told what went wrong while fetching status data; never a reason to refuse the token. May be
  // null; called on the thread that stamps.
  std::function<void(const std::string& sentence)> warn;
};

// The Authorization header (RFC 7617, RFC 6750) that a file of mode 0600 stands for: its first line
// is "user:password" or "Bearer TOKEN". Errors: not_found, denied (others may read it), malformed,
// io.
Result<std::string> read_credentials(const std::filesystem::path& file);

// A client of the TSA at options.url. `clock` must outlive it. Nothing is connected before stamp().
std::unique_ptr<TsaClient> http_tsa(HttpTsaOptions options, const Clock& clock);

}  // namespace perdura::archive
