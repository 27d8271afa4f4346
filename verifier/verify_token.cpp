#include "verifier/verify_token.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "verifier/findings.hpp"
#include "verifier/policy.hpp"
#include "verifier/token_checks.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t cache_octets_max = std::size_t{48} << 20;
// What a judged token takes besides its own octets: views, report, certificates' texts.
constexpr std::size_t judged_overhead = 8192;

using JudgedPtr = std::shared_ptr<const JudgedToken>;

// A cheap fingerprint; equality is by all octets. FNV-1a over the end, where signatures usually
// stand, and over a sample.
std::uint64_t fingerprint(ByteView octets, const JudgedToken* later, Time reference) {
  std::uint64_t value = 14695981039346656037u;
  const auto mix = [&](std::uint64_t more) { value = (value ^ more) * 1099511628211u; };
  mix(octets.size());
  mix(reinterpret_cast<std::uintptr_t>(later));
  if (later == nullptr) mix(static_cast<std::uint64_t>(reference.seconds));
  const std::size_t stride = octets.size() / 64 + 1;
  for (std::size_t i = 0; i < octets.size(); i += stride) mix(octets[i]);
  for (const std::uint8_t octet : octets.last(std::min<std::size_t>(octets.size(), 32))) mix(octet);
  return value;
}

// The tokens judged last. A look-up changes nothing, so that threads which share a token do not
// wait for each other. Thread safety: any member from any thread.
class Cache {
 public:
  JudgedPtr find(std::uint64_t key, ByteView octets, const JudgedToken* later,
                 Time reference) const {
    const std::shared_lock lock(mutex_);
    const auto range = entries_.equal_range(key);
    for (auto at = range.first; at != range.second; ++at) {
      const JudgedPtr& judged = *at->second;
      if (judged->later().get() != later || !equal(judged->octets(), octets)) continue;
      if (later == nullptr && judged->reference() != reference) continue;
      return judged;
    }
    return nullptr;
  }

  void add(std::uint64_t key, const JudgedPtr& judged) {
    const std::lock_guard lock(mutex_);
    order_.push_front(judged);
    keys_[judged.get()] = entries_.emplace(key, order_.begin());
    octets_ += judged->octets().size() + judged_overhead;
    while (octets_ > cache_octets_max && order_.size() > 1) drop_last();
  }

 private:
  using Order = std::list<JudgedPtr>;
  using Entries = std::unordered_multimap<std::uint64_t, Order::iterator>;

  void drop_last() {
    const JudgedPtr& last = order_.back();
    octets_ -= last->octets().size() + judged_overhead;
    const auto key = keys_.find(last.get());
    entries_.erase(key->second);
    keys_.erase(key);
    order_.pop_back();
  }

  mutable std::shared_mutex mutex_;
  Order order_;
  Entries entries_;
  std::unordered_map<const JudgedToken*, Entries::iterator> keys_;
  std::size_t octets_ = 0;
};

Report not_readable(const Error& error) {
  Report report;
  report.subject = say("subject.one-time-stamp");
  if (error.code == Errc::unsupported) {
    report.findings.push_back(undecided(SubIndication::unsupported_algorithm,
                                        say("token.unreadable-kind"), to_string(error),
                                        "RFC 3161 section 2.4.2"));
  } else {
    report.findings.push_back(failed(SubIndication::format_failure, say("token.malformed"),
                                     to_string(error), "RFC 3161 section 2.4.2"));
  }
  return report;
}

Report of_another_type() {
  return {say("subject.one-time-stamp"),
          {undecided(SubIndication::unsupported_algorithm, say("token.of-another-type"), "",
                     "RFC 6283 section 3.1.2")},
          {}};
}

}  // namespace

struct JudgedToken::Digests {
  std::mutex mutex;
  std::vector<std::pair<DigestAlgorithm, Digest>> values;
};

JudgedToken::JudgedToken(ByteView content_info, std::shared_ptr<const JudgedToken> later)
    : octets_(to_bytes(content_info)),
      later_(std::move(later)),
      digests_(std::make_shared<Digests>()) {}

Digest JudgedToken::digest(DigestAlgorithm algorithm) const {
  const std::lock_guard lock(digests_->mutex);
  for (const auto& value : digests_->values) {
    if (value.first == algorithm) return value.second;
  }
  digests_->values.emplace_back(algorithm, hash(algorithm, octets_));
  return digests_->values.back().second;
}

struct TokenJudge::State {
  JudgeOptions options;
  TrustMaterial trust;
  Cache cache;

  JudgedPtr judged(ByteView content_info, JudgedPtr later, Time reference) {
    const std::uint64_t key = fingerprint(content_info, later.get(), reference);
    if (JudgedPtr known = cache.find(key, content_info, later.get(), reference)) return known;
    const auto fresh = std::make_shared<JudgedToken>(content_info, std::move(later));
    fresh->reference_ = reference;
    auto token = parse_timestamp_token(fresh->octets_);
    if (content_info.empty()) {
      fresh->report_ = of_another_type();
    } else if (token) {
      fresh->token_ = *std::move(token);
      CheckedToken checked = check_token(*fresh, trust, options);
      fresh->report_ = std::move(checked.report);
      fresh->facts_ = std::move(checked.facts);
    } else {
      fresh->report_ = not_readable(token.error());
    }
    fresh->verdict_ = fresh->report_.verdict();
    cache.add(key, fresh);
    return fresh;
  }
};

TokenJudge::TokenJudge(JudgeOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  if (state_->options.policy == nullptr) state_->options.policy = AlgorithmPolicy::built_in();
  const auto read = [](const std::vector<Bytes>& all, std::vector<CertificatePtr>& pool) {
    const std::vector<ByteView> views(all.begin(), all.end());
    read_certificates_into(views, pool);
  };
  read(state_->options.anchors.certificates, state_->trust.anchors);
  read(state_->options.extra_certificates, state_->trust.extras);
}

TokenJudge::~TokenJudge() = default;

const JudgeOptions& TokenJudge::options() const { return state_->options; }

JudgedPtr TokenJudge::judged(ByteView content_info, Time reference) const {
  return state_->judged(content_info, nullptr, reference);
}

JudgedPtr TokenJudge::judged(ByteView content_info, JudgedPtr later) const {
  check(later != nullptr, "the later time-stamp was judged before");
  // A later one that can't be read has failed already; then any time does.
  const Time reference =
      later->token() != nullptr ? later->token()->tst_info.gen_time : state_->options.at;
  return state_->judged(content_info, std::move(later), reference);
}

bool TokenJudge::not_yet_made(ByteView content_info) const {
  if (!state_->options.at_chosen) return false;
  const JudgedPtr known = judged(content_info, state_->options.at);
  return known->token() != nullptr && known->token()->tst_info.gen_time > state_->options.at;
}

Report TokenJudge::judge(ByteView content_info, Time reference,
                         const Digest* expected_imprint) const {
  const JudgedPtr known = judged(content_info, reference);
  Report report = known->report();
  if (expected_imprint == nullptr || known->token() == nullptr) return report;
  if (equal(known->token()->tst_info.hashed_message, *expected_imprint)) {
    report.findings.push_back(
        passed(say("token.covers-expected"), expected_imprint->hex(), "RFC 3161 section 2.2"));
  } else {
    report.findings.push_back(
        failed(SubIndication::hash_failure, say("token.covers-something-else"),
               "expected " + expected_imprint->hex(), "RFC 3161 section 2.2"));
  }
  return report;
}

}  // namespace perdura::verifier
