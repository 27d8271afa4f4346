// What is done with an archive's time-stamp authorities: try one, add one, retire one, roll a local
// one over. Each change is an entry of the journal (act "tsa") and then one of the settings.
//
// The entry comes first: an entry whose change is missing is one that a crash cut short, and doing
// it again completes it; a change never goes without its entry.
// Thread safety: nobody else may use the archive during a change.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/local_authority.hpp"
#include "verifier/verdict.hpp"

namespace perdura::archive {

// What a trial showed: a token over random octets, judged in full.
struct TsaTrial {
  verifier::Report report;  // of judging the token, as sealing judges it
  std::string signer;       // subject of the certificate that signed
  std::string policy;       // dotted
  std::int64_t latency_ms = 0;
  std::int64_t ahead_s = 0;             // its clock less ours
  std::optional<Time> certificate_end;  // nothing: the signer's certificate is not there
  std::size_t crls = 0;                 // status information in the token
  std::size_t ocsp_responses = 0;
  std::size_t token_size = 0;
  std::vector<std::string> warnings;  // what status information could not be had

  bool good() const { return report.verdict() == verifier::Verdict::passed; }
};

// Asks the track's TSA for a token and judges it. Errors: those of asking.
Result<TsaTrial> try_tsa(const Archive& archive, const Track& track);

// A TSA to add.
struct NewTsa {
  std::string name;  // empty: the next that is free
  DigestAlgorithm algorithm = DigestAlgorithm::sha512;
  std::string url;                     // empty: a local one is made
  std::filesystem::path ca_file = {};  // with a URL: PEM, copied into the archive
  std::string policy = {};             // with a URL; may be empty
  std::string credentials = {};        // with a URL: content of a credentials file; may be empty
  std::string organisation = {};       // of a local one
  std::optional<AuthorityForm> form = {};  // of a local one; nothing: the usual, or what is fit
};

// Adds it after a trial that was good; batches sealed before are stamped by it at the next renewal.
// The track's name. Errors: misuse, conflict (the name is taken), unavailable (the trial was not
// good), and those of asking and writing.
Result<std::string> add_tsa(Archive& archive, const NewTsa& tsa, const std::string& actor);

// How a TSA is retired.
struct Retirement {
  std::string name;
  int reason = 5;                  // of RFC 5280 section 5.3.1: cessationOfOperation
  std::optional<Time> since = {};  // since when its key is suspected, with such a reason
  std::string successor = {};      // whose TSA renews its evidence; empty: any
  bool last_too = false;           // even if nobody is left who stamps
};

// Stops asking it; a local one is revoked in its own status lists as well. Errors: not_found,
// misuse (it is the last, or too few are left for the quorum; an unfit successor), conflict
// (retired already), io.
Result<Ok> retire_tsa(Archive& archive, const Retirement& retirement, const std::string& actor);

// LocalTsa::roll_over() of a local track. Errors: not_found, misuse (not a local one), and those
// of rolling over.
Result<Ok> roll_over_tsa(Archive& archive, const std::string& name,
                         std::optional<AuthorityForm> form, bool new_ca, const std::string& actor);

// The tracks whose local TSA is active, ends within `margin_s` by the archive's policy, and would
// end later if rolled over. Errors: those of opening one.
Result<std::vector<std::string>> tsas_due_for_roll_over(const Archive& archive,
                                                        std::int64_t margin_s);

// Rolls over these: for whoever renews and seals by himself. The names of their tracks. Errors:
// those of rolling over.
Result<std::vector<std::string>> roll_over_due_tsas(Archive& archive, std::int64_t margin_s,
                                                    const std::string& actor);

// Whether a revocation reason says that somebody else may have the key: keyCompromise,
// cACompromise, aACompromise.
bool is_compromise(int reason);
// RFC 5280's name of a revocation reason, and the reason of a name; nothing when there is none.
std::string reason_name(int reason);
std::optional<int> reason_from_name(std::string_view name);

}  // namespace perdura::archive
