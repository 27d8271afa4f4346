#include "archive/renewal_status.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "archive/keyspace.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "archive/validation_data.hpp"
#include "verifier/certificate_path.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::SubIndication;
using verifier::Verdict;

// The SHA-256 of the certificate that signed a token; nothing when it is not in there.
std::optional<Digest> signer_of(ByteView token) {
  const auto parsed = verifier::parse_timestamp_token(token);
  const auto signer = parsed ? signer_certificate(*parsed) : std::nullopt;
  if (!signer) return std::nullopt;
  return verifier::hash(DigestAlgorithm::sha256, *signer);
}

// What any of the TSAs can tell about the signer of `token`, and in one sentence that none can.
FreshStatus fresh_status(TsaClients& tsas, ByteView token) {
  std::string why;
  for (const auto& tsa : tsas) {
    FreshStatus status = tsa->fresh_status(token);
    if (!status.crls.empty() || !status.ocsp_responses.empty()) return status;
    for (const std::string& warning : status.warnings) why += (why.empty() ? "" : "; ") + warning;
  }
  const auto parsed = verifier::parse_timestamp_token(token);
  const auto signer = parsed ? signer_certificate(*parsed) : std::nullopt;
  const auto certificate = signer ? verifier::read_certificate(*signer) : nullptr;
  FreshStatus nothing;
  nothing.warnings.push_back("it can't be had whether " +
                             (certificate ? certificate->subject() : "a time-stamp's signer") +
                             " was revoked since it stamped: " +
                             (why.empty() ? "its certificates name no place to ask" : why));
  return nothing;
}

void append(std::vector<std::string>& to, std::vector<std::string> more) {
  std::ranges::move(more, std::back_inserter(to));
}

// Whether the token would pass but for status information.
bool lacks_status(const verifier::TokenJudge& judge, ByteView token, Time now) {
  const verifier::Report report = judge.judge(token, now, nullptr);
  if (report.verdict() != Verdict::indeterminate) return false;
  const verifier::Finding* finding = report.decisive();
  return finding != nullptr && (finding->sub_indication == SubIndication::no_revocation_data ||
                                finding->sub_indication == SubIndication::try_later);
}

// Completes tokens, each TSA's CA asked once.
class Completion {
 public:
  Completion(TsaClients& tsas, const verifier::TokenJudge& judge, Time now,
             std::vector<std::string>& warnings)
      : tsas_(tsas), judge_(judge), now_(now), warnings_(warnings) {}

  // The token with what it lacked; nothing when it lacked nothing, or that can't be had yet.
  std::optional<Bytes> completed(ByteView token) {
    if (!lacks_status(judge_, token, now_)) return std::nullopt;
    const auto signer = signer_of(token);
    if (!signer) return std::nullopt;
    auto known = status_.find(*signer);
    if (known == status_.end()) {
      known = status_.emplace(*signer, fresh_status(tsas_, token)).first;
      append(warnings_, known->second.warnings);
    }
    auto more = insert_validation_data(token, known->second);
    if (!more || lacks_status(judge_, *more, now_)) return std::nullopt;
    return *std::move(more);
  }

 private:
  TsaClients& tsas_;
  const verifier::TokenJudge& judge_;
  Time now_;
  std::vector<std::string>& warnings_;
  std::map<Digest, FreshStatus> status_;  // by signer
};

// The tokens that a renewal has hashed, by their first octet's address.
std::set<const std::uint8_t*> frozen_tokens(const Lineages& lineages) {
  std::set<const std::uint8_t*> frozen;
  for (const Batch& batch : lineages.batches()) {
    for (const std::string& track : lineages.tracks()) {
      const Lineage lineage = lineages.of(batch, track);
      for (std::size_t c = 0; c < lineage.size(); ++c) {
        const std::size_t open = c + 1 == lineage.size() ? 1 : 0;
        for (std::size_t j = 0; j + open < lineage[c].size(); ++j) {
          frozen.insert(lineage[c][j].token().data());
        }
      }
    }
  }
  return frozen;
}

}  // namespace

Bytes add_fresh_status(TsaClients& tsas, const std::vector<ByteView>& covered, Bytes token,
                       std::vector<std::string>& warnings) {
  std::set<Digest> asked;
  for (const ByteView earlier : covered) {
    const auto signer = signer_of(earlier);
    if (!signer || !asked.insert(*signer).second) continue;
    FreshStatus status = fresh_status(tsas, earlier);
    append(warnings, std::move(status.warnings));
    auto more = insert_validation_data(token, status);
    if (more) {
      token = *std::move(more);
    } else {
      warnings.push_back(to_string(more.error()));
    }
  }
  return token;
}

FreshStatus present_status(const Lineages& lineages, TsaClients& tsas) {
  std::set<const std::uint8_t*> seen;
  std::set<Digest> asked;
  std::set<Digest> known;
  FreshStatus present;
  const auto take = [&](std::vector<Bytes>& from, std::vector<Bytes>& to) {
    for (Bytes& octets : from) {
      if (!known.insert(verifier::hash(DigestAlgorithm::sha256, octets)).second) continue;
      to.push_back(std::move(octets));
    }
  };
  for (const Batch& batch : lineages.batches()) {
    for (const std::string& track : lineages.tracks()) {
      const Lineage lineage = lineages.of(batch, track);
      if (lineage.empty()) continue;
      const ByteView token = lineage.back().back().token();
      if (!seen.insert(token.data()).second) continue;
      const auto signer = signer_of(token);
      if (!signer || !asked.insert(*signer).second) continue;
      FreshStatus status = fresh_status(tsas, token);
      take(status.crls, present.crls);
      take(status.ocsp_responses, present.ocsp_responses);
      append(present.warnings, std::move(status.warnings));
    }
  }
  return present;
}

Result<std::size_t> complete_open_tokens(Archive& archive, TsaClients& tsas,
                                         std::vector<std::string>& warnings) {
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  auto options = judge_options(archive);
  if (!options) return options.error();
  options->revocation = verifier::RevocationMode::required;
  const Time now = options->at;
  const verifier::TokenJudge judge(*std::move(options));
  Completion completion(tsas, judge, now, warnings);
  const std::set<const std::uint8_t*> frozen = frozen_tokens(**lineages);
  // A hash-tree renewal under way has hashed its track's tokens already.
  const auto under_way = [&](const std::string& track) -> Result<bool> {
    const auto note = archive.store().get(keys::archive_partition, keys::renewal_intent_key(track));
    if (!note) return note.error();
    return note->has_value();
  };
  std::set<std::string> untouched;
  for (const std::string& track : (*lineages)->tracks()) {
    const Result<bool> is = under_way(track);
    if (!is) return is.error();
    if (*is) untouched.insert(track);
  }
  std::size_t done = 0;
  const auto amend = [&](std::uint64_t entry, const std::string& key, const Bytes& before,
                         Bytes after) {
    auto amended = archive.journal().turn().amend(entry, key, before, std::move(after));
    if (amended) {
      ++done;
    } else {
      warnings.push_back(to_string(amended.error()));
    }
  };
  for (const Batch& batch : (*lineages)->batches()) {
    Batch more = batch;
    bool changed = false;
    for (std::size_t i = 0; i < batch.tracks.size(); ++i) {
      const Bytes& token = batch.tracks[i].token;
      if (token.empty() || frozen.contains(token.data())) continue;
      if (untouched.contains(batch.tracks[i].name)) continue;
      auto completed = completion.completed(token);
      if (!completed) continue;
      more.tracks[i].token = *std::move(completed);
      changed = true;
    }
    if (changed) amend(batch.entry, keys::batch_key(batch.entry), encode(batch), encode(more));
  }
  for (const Renewal* renewal : (*lineages)->renewals()) {
    if (frozen.contains(renewal->token.data()) || untouched.contains(renewal->track)) continue;
    auto completed = completion.completed(renewal->token);
    if (!completed) continue;
    Renewal more = *renewal;
    more.token = *std::move(completed);
    amend(renewal->entry, keys::renewal_key(renewal->entry), encode(*renewal), encode(more));
  }
  return done;
}

}  // namespace perdura::archive
