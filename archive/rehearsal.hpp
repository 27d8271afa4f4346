// Rehearsal: an archive lives through decades in minutes, under a clock that is set, by the very
// acts that a real one lives by (upkeep.hpp).
//
// Its TSAs are local ones whose certificates age; algorithms end by a policy, TSAs go and are
// compromised on given dates. What people would do is done for them: a TSA that is gone for three
// months is retired and replaced, one that was compromised at once. Counts and dates follow from
// the options alone; keys, salts and so the octets do not.
// Thread safety: one thread at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/rehearsal_events.hpp"
#include "archive/rehearsal_records.hpp"
#include "archive/renewal_plan.hpp"
#include "archive/upkeep.hpp"

namespace perdura::archive {

struct RehearsalOptions {
  std::filesystem::path folder;  // where the archive is made; it stays there
  Time start;
  unsigned years = 50;
  std::uint64_t records = 10'000;  // deposited evenly over the years
  RecordMaker make;
  unsigned tracks = 2;
  unsigned turn_months = 3;  // between two turns of upkeep
  unsigned tsa_years = 6;    // how long the certificates of TSAs last
  unsigned ca_years = 15;
  std::vector<RehearsalEvent> events;
  // Until when algorithms are fit but for the events; null: by the policy that is built in.
  std::shared_ptr<const verifier::AlgorithmPolicy> policy;
  bool renewing = true;
  RenewalWish wish;  // of each turn
  unsigned threads = 2;
};

// A renewal that was made.
struct RehearsedRenewal {
  Time when;
  RenewalKind kind = RenewalKind::time_stamp;
  std::string track;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  std::size_t batches = 0;  // with one token
  bool from_digests = false;
  std::string why;
};

// What happened in a year, and what it cost.
struct RehearsedYear {
  int year = 0;
  std::vector<std::string> events;  // a sentence each
  std::uint64_t deposited = 0;
  std::uint64_t seals = 0;
  std::uint64_t seal_tokens = 0;
  std::vector<RehearsedRenewal> renewals;
  std::set<std::string> warnings;
  std::uint64_t tokens = 0;            // of all years so far
  double evidence_bytes_a_record = 0;  // at its end, over all tracks; of records picked evenly
  double seconds = 0;                  // of the machine's clock
};

// One archive and its life.
class Rehearsal {
 public:
  // Makes the archive. Errors: misuse (options that make no sense), those of making an archive.
  static Result<std::unique_ptr<Rehearsal>> begin(RehearsalOptions options);

  // Lives one more year; false when they are over. Errors: misuse (an event about a TSA that does
  // not stamp), those of the acts.
  Result<bool> live_a_year();

  const std::vector<RehearsedYear>& years() const { return years_; }
  const RehearsalOptions& options() const { return options_; }
  const Archive& archive() const { return *archive_; }
  // The moment after the last year.
  Time end() const;
  // The policy with all that events ended until then.
  std::shared_ptr<const verifier::AlgorithmPolicy> policy_at_end() const;
  // When TSAs were compromised, by track.
  const std::map<std::string, Time>& compromised() const { return compromised_; }

 private:
  explicit Rehearsal(RehearsalOptions options);
  Result<Ok> make_archive();
  std::vector<Time> turns_of_year(int year) const;
  Result<Ok> take_turn(Time now);
  Result<bool> meet_events(Time now);
  Result<Ok> meet(const RehearsalEvent& event);
  Result<Ok> replace(const std::string& track, int reason, const std::string& why);
  Result<Ok> deposit_until(std::uint64_t count);
  Result<Ok> keep_up(bool from_digests);
  Result<Ok> take_note(const UpkeepResult& result, bool from_digests);
  Result<double> evidence_bytes_a_record() const;
  std::shared_ptr<const verifier::AlgorithmPolicy> policy_known(Time now) const;
  void say(std::string sentence) { years_.back().events.push_back(std::move(sentence)); }

  RehearsalOptions options_;
  ManualClock clock_;
  std::unique_ptr<Archive> archive_;
  std::vector<RehearsedYear> years_;
  std::uint64_t deposited_ = 0;
  std::set<const RehearsalEvent*> known_;
  std::set<const RehearsalEvent*> happened_;
  std::set<std::string> gone_;              // tracks whose TSA does not answer
  std::map<std::string, Time> to_replace_;  // of these, those still active, and when
  std::map<std::string, Time> compromised_;
};

}  // namespace perdura::archive
