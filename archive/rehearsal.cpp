#include "archive/rehearsal.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <numeric>

#include "archive/calendar.hpp"
#include "archive/confirm.hpp"
#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "archive/tsa_acts.hpp"

namespace perdura::archive {
namespace {

using Kind = RehearsalEvent::Kind;

constexpr const char* actor = "rehearsal";
constexpr std::uint64_t records_measured = 20;
constexpr int key_compromise = 1;  // of RFC 5280 section 5.3.1
constexpr int cessation_of_operation = 5;

// A TSA that never answers again.
class GoneTsa final : public TsaClient {
 public:
  explicit GoneTsa(std::string name) : name_(std::move(name)) {}
  std::string name() const override { return name_; }
  bool self_asserted() const override { return true; }
  Result<Bytes> stamp(DigestAlgorithm, const Digest&, std::stop_token) override {
    return Error{Errc::unavailable, "it does not answer", "TSA '" + name_ + "'", ""};
  }
  FreshStatus fresh_status(ByteView) override { return {}; }

 private:
  std::string name_;
};

Error misuse(std::string what, std::string where) {
  return {Errc::misuse, std::move(what), std::move(where), "see 'perdura rehearse --help'"};
}

}  // namespace

Rehearsal::Rehearsal(RehearsalOptions options)
    : options_(std::move(options)), clock_(options_.start) {
  if (!options_.policy) options_.policy = verifier::AlgorithmPolicy::built_in();
}

Result<std::unique_ptr<Rehearsal>> Rehearsal::begin(RehearsalOptions options) {
  if (options.years < 1 || options.years > 200) return misuse("1 to 200 years", "--years");
  if (options.turn_months < 1 || options.turn_months > 12) {
    return misuse("1 to 12 months", "--every");
  }
  if (options.records < 1) return misuse("at least one record", "--records");
  if (options.tracks < 1 || options.tracks > 8) return misuse("1 to 8 tracks", "--tracks");
  std::unique_ptr<Rehearsal> rehearsal(new Rehearsal(std::move(options)));
  for (const RehearsalEvent& event : rehearsal->options_.events) {
    if (event.when < rehearsal->options_.start || rehearsal->end() <= event.when) {
      return misuse("it is outside the years", "event '" + event.what + "'");
    }
  }
  const RehearsalOptions& checked = rehearsal->options_;
  auto known = check_authorities(checked.events, checked.tracks);
  if (!known) return known.error();
  if (auto made = rehearsal->make_archive(); !made) return made.error();
  return rehearsal;
}

Result<Ok> Rehearsal::make_archive() {
  CreateOptions create;
  create.origin = "perdura.rehearsal/archive";
  create.organisation = "Perdura rehearsal";
  create.local_tsas = options_.tracks;
  create.local_form.tsa_years = options_.tsa_years;
  create.local_form.ca_years = options_.ca_years;
  if (auto made = create_archive(options_.folder, create, clock_); !made) return made;
  auto opened = Archive::open(
      options_.folder, OpenMode::existing, [] { return Result<std::string>(std::string()); },
      clock_);
  if (!opened) return opened.error();
  archive_ = *std::move(opened);
  Config config = archive_->config();
  config.sha3_256 = true;  // so that a third hash function can be gone over to without reading
  return archive_->change_config(std::move(config));
}

Time Rehearsal::end() const {
  return plus_months(options_.start, static_cast<int>(options_.years) * 12);
}

Result<bool> Rehearsal::live_a_year() {
  const Time first = plus_months(options_.start, static_cast<int>(years_.size()) * 12);
  if (end() <= first) return false;
  years_.emplace_back();
  years_.back().year = year_of(first);
  const auto begun = std::chrono::steady_clock::now();
  for (const Time turn : turns_of_year(static_cast<int>(years_.size()) - 1)) {
    if (auto taken = take_turn(turn); !taken) return taken.error();
  }
  RehearsedYear& year = years_.back();
  year.tokens = years_.size() > 1 ? years_[years_.size() - 2].tokens : 0;
  year.tokens += year.seal_tokens + year.renewals.size();
  const auto bytes = evidence_bytes_a_record();
  if (!bytes) return bytes.error();
  year.evidence_bytes_a_record = *bytes;
  year.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return true;
}

// The usual turns of a year of the rehearsal, and those that events call for.
std::vector<Time> Rehearsal::turns_of_year(int year) const {
  const Time first = plus_months(options_.start, year * 12);
  const Time next = plus_months(options_.start, (year + 1) * 12);
  std::set<Time> turns;
  for (int month = 0; month < 12; month += static_cast<int>(options_.turn_months)) {
    turns.insert(plus_months(first, month));
  }
  for (const RehearsalEvent& event : options_.events) {
    const Time noticed = plus_months(event.when, months_until_noticed);
    for (const Time time : {event.known, event.when, noticed}) {
      if (first <= time && time < next) turns.insert(time);
    }
  }
  return {turns.begin(), turns.end()};
}

Result<Ok> Rehearsal::take_turn(Time now) {
  clock_.set(now);
  const auto sudden = meet_events(now);
  if (!sudden) return sudden.error();
  // By the share of the time until the next turn, so that turns which events call for change
  // little.
  const Time next = std::min(end(), plus_months(now, static_cast<int>(options_.turn_months)));
  const double share =
      static_cast<double>(next - options_.start) / static_cast<double>(end() - options_.start);
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(options_.records));
  if (auto done = deposit_until(wanted); !done) return done;
  return keep_up(*sudden);
}

// Whether a sudden one was among them.
Result<bool> Rehearsal::meet_events(Time now) {
  bool sudden = false;
  bool learned = false;
  for (const RehearsalEvent& event : options_.events) {
    if (event.kind == Kind::broken && event.known <= now && known_.insert(&event).second) {
      learned = true;
      sudden |= event.sudden;
      if (event.known < event.when) {
        say(event.what + " from " + to_string(event.when).substr(0, 10) + " on, says the policy");
      }
    }
    if (event.when <= now && happened_.insert(&event).second) {
      if (auto met = meet(event); !met) return met.error();
    }
  }
  if (learned) archive_->set_policy(policy_known(now));
  for (const auto& [track, when] : std::map<std::string, Time>(to_replace_)) {
    if (now < when) continue;
    to_replace_.erase(track);
    if (auto done = replace(track, cessation_of_operation, "gone for good"); !done) {
      return done.error();
    }
  }
  return sudden;
}

Result<Ok> Rehearsal::meet(const RehearsalEvent& event) {
  say(event.what);
  if (event.kind == Kind::broken) return Ok{};
  const Track* track = archive_->config().track(event.tsa);
  verifier::check(track != nullptr && track->active() && !gone_.contains(event.tsa),
                  "an event is about a TSA that stamps then");
  if (event.kind == Kind::tsa_gone) {
    gone_.insert(event.tsa);
    to_replace_[event.tsa] = plus_months(event.when, months_until_noticed);
    return Ok{};
  }
  compromised_[event.tsa] = event.when;
  return replace(event.tsa, key_compromise, "compromised");
}

// What people do: another TSA instead. Added first, so that somebody stamps at any time.
Result<Ok> Rehearsal::replace(const std::string& track, int reason, const std::string& why) {
  const auto lineages = Lineages::load(archive_->store(), archive_->journal());
  if (!lineages) return lineages.error();
  NewTsa successor;
  successor.algorithm = seal_algorithm(*archive_, **lineages, *archive_->config().track(track));
  successor.organisation = "Perdura rehearsal";
  AuthorityForm form;
  form.tsa_years = options_.tsa_years;
  form.ca_years = options_.ca_years;
  form.digest = successor.algorithm;
  successor.form = fittest_form(form, *archive_->policy(), clock_.now());
  const auto name = add_tsa(*archive_, successor, actor);
  if (!name) return name.error();
  auto retired = retire_tsa(*archive_,
                            {.name = track,
                             .reason = reason,
                             .since = clock_.now(),
                             .successor = *name,
                             .last_too = false},
                            actor);
  if (!retired) return retired;
  say("tsa " + track + " retired (" + why + "), " + *name + " in its place");
  return Ok{};
}

Result<Ok> Rehearsal::deposit_until(std::uint64_t count) {
  std::mutex mutex;
  std::optional<Error> problem;
  {
    // One worker: the records get the same places in the journal each time.
    Deposits deposits(*archive_, 1);
    for (; deposited_ < count; ++deposited_) {
      auto record = options_.make(deposited_);
      if (!record) return record.error();
      deposits.deposit(*std::move(record), [&](const Result<verifier::Receipt>& receipt) {
        const std::lock_guard lock(mutex);
        if (!receipt && !problem) problem = receipt.error();
      });
      ++years_.back().deposited;
    }
    if (auto finished = deposits.finish(); !finished) return finished;
  }
  if (problem) return *problem;
  return Ok{};
}

Result<Ok> Rehearsal::keep_up(bool from_digests) {
  UpkeepOptions upkeep_options;
  upkeep_options.renew.actor = actor;
  upkeep_options.renew.wish = options_.wish;
  upkeep_options.renew.wish.from_digests = from_digests;
  upkeep_options.renew.hash_tree.threads = options_.threads;
  upkeep_options.renewing = options_.renewing;
  const Time next = plus_months(clock_.now(), static_cast<int>(options_.turn_months));
  upkeep_options.next_turn_s = next - clock_.now();
  upkeep_options.clients = [this](const Archive& archive) -> Result<TsaClients> {
    auto clients = open_tsas(archive);
    if (!clients) return clients;
    for (auto& client : *clients) {
      if (gone_.contains(client->name())) client = std::make_unique<GoneTsa>(client->name());
    }
    return clients;
  };
  const auto result = upkeep(*archive_, upkeep_options);
  if (!result) return result.error();
  if (auto noted = take_note(*result, from_digests); !noted) return noted;
  if (!from_digests || !options_.renewing) return Ok{};
  const auto confirmed =
      confirm_renewals(*archive_, {.actor = actor, .threads = options_.threads, .progress = {}});
  if (!confirmed) return confirmed.error();
  say(std::to_string(confirmed->records) + " records read and confirmed");
  return Ok{};
}

Result<Ok> Rehearsal::take_note(const UpkeepResult& result, bool from_digests) {
  RehearsedYear& year = years_.back();
  year.warnings.insert(result.warnings.begin(), result.warnings.end());
  for (const std::string& track : result.rolled_over) say("tsa " + track + ": new key");
  year.seals += result.sealed.batches.size();
  for (const Batch& batch : result.sealed.batches) {
    year.seal_tokens += static_cast<std::uint64_t>(std::ranges::count_if(
        batch.tracks, [](const BatchTrack& track) { return !track.token.empty(); }));
  }
  std::vector<const RenewalOutcome*> outcomes;
  for (const RenewalOutcome& outcome : result.sealed.made_up) outcomes.push_back(&outcome);
  for (const RenewalOutcome& outcome : result.renewed.outcomes) outcomes.push_back(&outcome);
  for (const RenewalOutcome* outcome : outcomes) {
    if (outcome->error) {
      year.warnings.insert(to_string(*outcome->error));
      continue;
    }
    const PlannedRenewal& planned = outcome->planned;
    year.renewals.push_back({clock_.now(), planned.kind, planned.track, planned.algorithm,
                             planned.batches.size(),
                             from_digests && planned.kind == RenewalKind::hash_tree, planned.why});
    if (outcome->set_aside_count == 0) continue;
    return Error{Errc::malformed, "records were set aside", "track " + planned.track, ""};
  }
  return Ok{};
}

Result<double> Rehearsal::evidence_bytes_a_record() const {
  std::vector<std::pair<std::uint64_t, DepositRow>> picked;
  const std::uint64_t step = std::max<std::uint64_t>(1, deposited_ / records_measured);
  auto visited = for_each_record(*archive_, {}, [&](std::uint64_t index, const DepositRow& row) {
    if (row.record_number % step == 0) picked.emplace_back(index, row);
    return Result<bool>(true);
  });
  if (!visited) return visited.error();
  EvidenceAssembler assembler(*archive_);
  ContentReader reader = archive_->reader();
  double bytes = 0;
  for (const auto& [index, row] : picked) {
    const auto text = read_statement_text(*archive_, reader, row);
    if (!text) return text.error();
    const auto evidence =
        assembler.evidence_for(index, row, record_members(*archive_, reader, row, *text));
    if (!evidence) return evidence.error();
    for (const TrackEvidence& track : *evidence) {
      bytes += static_cast<double>(track.evidence_record.size());
    }
  }
  return picked.empty() ? 0 : bytes / static_cast<double>(picked.size());
}

std::shared_ptr<const verifier::AlgorithmPolicy> Rehearsal::policy_known(Time now) const {
  std::vector<verifier::AlgorithmBreak> breaks;
  for (const RehearsalEvent& event : options_.events) {
    if (event.known > now) continue;
    breaks.insert(breaks.end(), event.algorithms.begin(), event.algorithms.end());
  }
  return std::make_shared<const verifier::AlgorithmPolicy>(options_.policy->table(),
                                                           std::move(breaks));
}

std::shared_ptr<const verifier::AlgorithmPolicy> Rehearsal::policy_at_end() const {
  return policy_known(end());
}

}  // namespace perdura::archive
