#include "archive/tsa_client.hpp"

#include <openssl/objects.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "archive/files.hpp"
#include "archive/openssl_handles.hpp"
#include "archive/status_collector.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

// The content octets of a dotted OBJECT IDENTIFIER; nothing when it is none.
std::optional<Bytes> oid_from_text(const std::string& dotted) {
  const OpensslHandle<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj(dotted.c_str(), 1));
  ERR_clear_error();
  if (!object) return std::nullopt;
  const unsigned char* octets = OBJ_get0_data(object.get());
  return Bytes(octets, octets + OBJ_length(object.get()));
}

class HttpTsa final : public TsaClient {
 public:
  HttpTsa(HttpTsaOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  std::string name() const override { return options_.name; }
  std::string description() const override { return options_.url; }
  bool self_asserted() const override { return false; }
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint,
                      std::stop_token given_up) override;
  FreshStatus fresh_status(ByteView token) override;

 private:
  struct SignerPath {
    Bytes signer;
    std::vector<Bytes> above;  // nearest first
    Time gen_time;
  };
  std::optional<SignerPath> path_of(ByteView token, StatusCollector& collector) const;
  FreshStatus collected(const SignerPath& path, StatusCollector collector) const;
  Result<Bytes> ask(const TimeStampQuestion& question, const HttpOptions& http) const;
  std::optional<Error> stranger(const Bytes& signer, const std::vector<Bytes>& chain) const;
  Result<Bytes> complete(Bytes token, const HttpOptions& http) const;

  // Every error of this client says whose it is.
  Error named(Error error) const {
    error.where = "time-stamp authority " + options_.name + " (" + options_.url + ")";
    return error;
  }

  const HttpTsaOptions options_;
  const Clock& clock_;
};

// The TimeStampResp, whatever it says. RFC 3161 section 3.4.
Result<Bytes> HttpTsa::ask(const TimeStampQuestion& question, const HttpOptions& http) const {
  HttpRequest request{.url = options_.url,
                      .content_type = "application/timestamp-query",
                      .accept = "application/timestamp-reply, application/timestamp-response",
                      .body = write_question(question),
                      .authorization = options_.authorization};
  auto response = http_exchange(request, http);
  if (!response) return named(response.error());
  const std::string& type = response->content_type;
  // The RFC names the reply in two ways; some authorities leave the type out.
  const bool reply = type.empty() || type == "application/timestamp-reply" ||
                     type == "application/timestamp-response" || type == "application/octet-stream";
  if (response->status != 200) {
    return named({Errc::unavailable,
                  "it answered with HTTP status " + std::to_string(response->status) +
                      (type.empty() ? "" : " and " + type.substr(0, 100)),
                  "",
                  response->status >= 500
                      ? "try again later, or ask who runs this authority"
                      : "check the URL, and whether access must be applied for"});
  }
  if (!reply) {
    return named({Errc::unavailable,
                  "it answered with " + type.substr(0, 100) + ", not a time-stamp", "",
                  "check that the URL is that of an RFC 3161 authority"});
  }
  return std::move(response->body);
}

// An error when none of the CA certificates given for this TSA is the signer's or on its path.
std::optional<Error> HttpTsa::stranger(const Bytes& signer, const std::vector<Bytes>& chain) const {
  const auto& anchors = options_.ca_certificates;
  const auto given = [&](const Bytes& one) {
    return std::find(anchors.begin(), anchors.end(), one) != anchors.end();
  };
  if (anchors.empty() || given(signer) || std::any_of(chain.begin(), chain.end(), given)) {
    return std::nullopt;
  }
  const CertificateHandle read = read_certificate(signer);
  return named({Errc::unavailable,
                "its token is signed by '" +
                    (read ? name_text(X509_get_subject_name(read.get())) : "?") +
                    "', which none of the CA certificates given for it has issued",
                "", "if the authority changed its CA, give that CA's certificate (--tsa-ca)"});
}

// Whose token it is, and whose certificates lead to whom.
std::optional<HttpTsa::SignerPath> HttpTsa::path_of(ByteView token,
                                                    StatusCollector& collector) const {
  const auto parsed = verifier::parse_timestamp_token(token);
  const auto inside = certificates_of(token);
  const auto signer = parsed ? signer_certificate(*parsed) : std::nullopt;
  if (!inside || !signer) return std::nullopt;
  std::vector<Bytes> pool = options_.ca_certificates;
  pool.insert(pool.end(), inside->begin(), inside->end());
  SignerPath result{.signer = verifier::to_bytes(*signer),
                    .above = collect_chain(*signer, pool),
                    .gen_time = parsed->tst_info.gen_time};
  if (options_.collect_status) result.above = collector.path_above(*signer, std::move(pool));
  return result;
}

FreshStatus HttpTsa::collected(const SignerPath& path, StatusCollector collector) const {
  if (options_.collect_status) {
    std::vector<Bytes> whole = path.above;
    whole.insert(whole.begin(), path.signer);
    collector.ask_status(whole, path.gen_time);
  }
  FreshStatus status = collector.take();
  status.certificates = path.above;
  for (std::string& sentence : status.warnings) sentence.insert(0, options_.name + ": ");
  return status;
}

// `token` with its path and status data, or an error when its signer is a stranger.
Result<Bytes> HttpTsa::complete(Bytes token, const HttpOptions& http) const {
  StatusCollector collector(http, clock_.now(), options_.algorithms);
  const auto path = path_of(token, collector);
  if (!path) return token;  // what can't be completed is the verifier's to judge
  // Nobody's status is asked for on a stranger's word.
  if (auto error = stranger(path->signer, path->above)) return *error;
  FreshStatus status = collected(*path, std::move(collector));
  auto completed = insert_validation_data(token, status);
  if (!completed) status.warnings.push_back(options_.name + ": " + to_string(completed.error()));
  for (const std::string& sentence : status.warnings) {
    if (options_.warn) options_.warn(sentence);
  }
  return completed ? *std::move(completed) : std::move(token);
}

FreshStatus HttpTsa::fresh_status(ByteView token) {
  StatusCollector collector(options_.http, clock_.now(), options_.algorithms);
  const auto path = path_of(token, collector);
  if (path) return collected(*path, std::move(collector));
  return {.crls = {},
          .ocsp_responses = {},
          .certificates = {},
          .warnings = {options_.name + ": the token's signer can't be read, so nothing was asked"}};
}

Result<Bytes> HttpTsa::stamp(DigestAlgorithm algorithm, const Digest& imprint,
                             std::stop_token given_up) {
  TimeStampQuestion question = fresh_question(algorithm, imprint);
  if (!options_.policy.empty()) {
    const auto policy = oid_from_text(options_.policy);
    if (!policy) {
      return named({Errc::misuse, "the policy '" + options_.policy + "' is no object identifier",
                    "", "give a policy like 1.2.3.4, or none"});
    }
    question.policy = *policy;
  }
  HttpOptions http = options_.http;
  http.given_up = std::move(given_up);
  auto answer = ask(question, http);
  if (!answer) return answer.error();
  auto token = read_answer(*answer, question, clock_.now(), options_.clock_tolerance_s);
  if (!token) return named(token.error());
  return complete(*std::move(token), http);
}

}  // namespace

Result<std::string> read_credentials(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return Error{Errc::denied, "others than its owner may read these credentials", file.string(),
                 "run: chmod 600 '" + file.string() + "'"};
  }
  const auto octets = read_file(file, 4096);
  if (!octets) return octets.error();
  const std::string_view text = verifier::as_text(*octets);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const bool printable = std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7F; });
  if (printable && line.starts_with("Bearer ")) return std::string(line);
  if (printable && line.find(':') != std::string_view::npos) {
    return "Basic " + verifier::to_base64(verifier::as_bytes(line));
  }
  return Error{Errc::malformed, "its first line is no credentials", file.string(),
               "write user:password or 'Bearer TOKEN' there"};
}

std::unique_ptr<TsaClient> http_tsa(HttpTsaOptions options, const Clock& clock) {
  return std::make_unique<HttpTsa>(std::move(options), clock);
}

}  // namespace perdura::archive
