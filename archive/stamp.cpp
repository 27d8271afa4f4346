#include "archive/stamp.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

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

Result<Bytes> stamp(const Archive& archive, const StampQuestion& question,
                    std::stop_token given_up) {
  auto token = question.tsa->stamp(question.algorithm, question.root, std::move(given_up));
  if (!token) return token;
  auto anchors = archive.anchors(*question.track);
  if (!anchors) return anchors.error();
  auto options = judge_options(archive);
  if (!options) return options.error();
  options->anchors.certificates = *std::move(anchors);
  const Time now = options->at;
  // The archive accepts no evidence that its own verifier would refuse.
  const verifier::Report report =
      verifier::TokenJudge(*std::move(options)).judge(*token, now, &question.root);
  if (report.verdict() == verifier::Verdict::passed) return token;
  const verifier::Finding* finding = report.decisive();
  const bool unfit = finding != nullptr &&
                     (finding->sub_indication == verifier::SubIndication::crypto_failure ||
                      finding->sub_indication == verifier::SubIndication::crypto_failure_no_poe);
  return Error{
      Errc::unavailable,
      "its time-stamp is refused: " +
          (finding ? verifier::in_english(finding->what) : "nothing could be checked"),
      "TSA '" + question.track->name + "'",
      unfit ? "by the policy its algorithms are not fit ('perdura policy show DIR'); nothing "
              "is lost"
            : "check that --tsa-ca names this TSA's certificate authority; nothing is lost"};
}

std::vector<Result<Bytes>> stamp_all(const Archive& archive,
                                     std::span<const StampQuestion> questions, std::size_t enough,
                                     std::chrono::milliseconds grace) {
  std::mutex mutex;
  std::condition_variable came;
  std::size_t good = 0;
  std::size_t answered = 0;
  const auto note = [&](bool is_good) {
    const std::lock_guard lock(mutex);
    ++answered;
    if (is_good) ++good;
    came.notify_one();
  };
  std::stop_source give_up;
  std::vector<std::future<Result<Bytes>>> asked;
  for (const StampQuestion& question : questions) {
    asked.push_back(std::async(std::launch::async, [&] {
      try {
        Result<Bytes> token = stamp(archive, question, give_up.get_token());
        note(bool(token));
        return token;
      } catch (...) {
        note(false);
        throw;
      }
    }));
  }
  {
    std::unique_lock lock(mutex);
    const auto all = [&] { return answered == questions.size(); };
    came.wait(lock, [&] { return all() || good >= enough; });
    came.wait_for(lock, grace, all);
  }
  give_up.request_stop();
  std::vector<Result<Bytes>> answers;
  for (auto& one : asked) answers.push_back(one.get());
  return answers;
}

}  // namespace perdura::archive
