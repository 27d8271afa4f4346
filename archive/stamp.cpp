#include "archive/stamp.hpp"

#include "verifier/texts.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {

Result<TsaClients> open_tsas(const Archive& archive) {
  TsaClients clients;
  for (const Track& track : archive.config().tracks) {
    auto client = archive.tsa(track);
    if (!client) return client.error();
    clients.push_back(*std::move(client));
  }
  return clients;
}

Result<verifier::JudgeOptions> judge_options(const Archive& archive) {
  verifier::JudgeOptions options;
  for (const Track& track : archive.config().tracks) {
    auto anchors = archive.anchors(track);
    if (!anchors) return anchors.error();
    for (Bytes& anchor : *anchors) options.anchors.certificates.push_back(std::move(anchor));
  }
  options.at = archive.clock().now();
  options.revocation = verifier::RevocationMode::if_present;
  options.policy = archive.policy();
  return options;
}

Result<Bytes> stamp(const Archive& archive, const Track& track, TsaClient& tsa,
                    DigestAlgorithm algorithm, const Digest& root) {
  auto token = tsa.stamp(algorithm, root);
  if (!token) return token;
  auto anchors = archive.anchors(track);
  if (!anchors) return anchors.error();
  auto options = judge_options(archive);
  if (!options) return options.error();
  options->anchors.certificates = *std::move(anchors);
  const Time now = options->at;
  // The archive accepts no evidence that its own verifier would refuse.
  const verifier::Report report =
      verifier::TokenJudge(*std::move(options)).judge(*token, now, &root);
  if (report.verdict() == verifier::Verdict::passed) return token;
  const verifier::Finding* finding = report.decisive();
  const bool unfit = finding != nullptr &&
                     (finding->sub_indication == verifier::SubIndication::crypto_failure ||
                      finding->sub_indication == verifier::SubIndication::crypto_failure_no_poe);
  return Error{
      Errc::unavailable,
      "its time-stamp is refused: " +
          (finding ? verifier::in_english(finding->what) : "nothing could be checked"),
      "TSA '" + track.name + "'",
      unfit ? "by the policy its algorithms are not fit ('perdura policy show DIR'); nothing "
              "is lost"
            : "check that --tsa-ca names this TSA's certificate authority; nothing is lost"};
}

}  // namespace perdura::archive
