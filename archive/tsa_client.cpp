#include "archive/tsa_client.hpp"

#include <openssl/objects.h>

#include <algorithm>
#include <utility>

#include "archive/openssl_handles.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "archive/validation_data.hpp"
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
  Result<Bytes> stamp(DigestAlgorithm algorithm, const Digest& imprint) override;

 private:
  Result<Bytes> ask(const TimeStampQuestion& question) const;
  std::optional<Error> stranger(const Bytes& signer, const std::vector<Bytes>& chain) const;
  Result<Bytes> complete(Bytes token) const;

  // Every error of this client says whose it is.
  Error named(Error error) const {
    error.where = "time-stamp authority " + options_.name + " (" + options_.url + ")";
    return error;
  }

  const HttpTsaOptions options_;
  const Clock& clock_;
};

// The TimeStampResp, whatever it says. RFC 3161 section 3.4.
Result<Bytes> HttpTsa::ask(const TimeStampQuestion& question) const {
  HttpRequest request{.url = options_.url,
                      .content_type = "application/timestamp-query",
                      .accept = "application/timestamp-reply, application/timestamp-response",
                      .body = write_question(question)};
  auto response = http_exchange(request, options_.http);
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

// `token` with its path and status data, or an error when its signer is a stranger.
Result<Bytes> HttpTsa::complete(Bytes token) const {
  const auto parsed = verifier::parse_timestamp_token(token);
  const auto inside = certificates_of(token);
  const auto signer_view = parsed ? signer_certificate(*parsed) : std::nullopt;
  if (!inside || !signer_view) return token;  // what can't be completed is the verifier's to judge
  const Bytes signer = verifier::to_bytes(*signer_view);
  std::vector<Bytes> pool = options_.ca_certificates;
  pool.insert(pool.end(), inside->begin(), inside->end());
  const std::vector<Bytes> chain = collect_chain(signer, pool);
  if (auto error = stranger(signer, chain)) return *error;

  FetchedCrls fetched;
  if (options_.collect_crls) {
    std::vector<Bytes> path = chain;
    path.insert(path.begin(), signer);
    fetched = fetch_crls(path, options_.http, parsed->tst_info.gen_time);
  }
  auto completed = insert_validation_data(token, chain, fetched.crls);
  if (!completed) fetched.warnings.push_back(to_string(completed.error()));
  for (const std::string& sentence : fetched.warnings) {
    if (options_.warn) options_.warn(options_.name + ": " + sentence);
  }
  return completed ? *std::move(completed) : std::move(token);
}

Result<Bytes> HttpTsa::stamp(DigestAlgorithm algorithm, const Digest& imprint) {
  TimeStampQuestion question = fresh_question(algorithm, imprint);
  if (!options_.policy.empty()) {
    const auto policy = oid_from_text(options_.policy);
    if (!policy) {
      return named({Errc::misuse, "the policy '" + options_.policy + "' is no object identifier",
                    "", "give a policy like 1.2.3.4, or none"});
    }
    question.policy = *policy;
  }
  auto answer = ask(question);
  if (!answer) return answer.error();
  auto token = read_answer(*answer, question, clock_.now(), options_.clock_tolerance_s);
  if (!token) return named(token.error());
  return complete(*std::move(token));
}

}  // namespace

std::unique_ptr<TsaClient> http_tsa(HttpTsaOptions options, const Clock& clock) {
  return std::make_unique<HttpTsa>(std::move(options), clock);
}

}  // namespace perdura::archive
