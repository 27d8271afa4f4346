#include "archive/tsa_acts.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <map>

#include "archive/files.hpp"
#include "archive/local_tsa.hpp"
#include "archive/new_file.hpp"
#include "archive/random.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "verifier/texts.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::check;

Error no_such(const std::string& name) {
  return {Errc::not_found, "there is no time-stamp authority '" + name + "' here", "",
          "see 'perdura tsa list'"};
}

// Appends the entry {"act":"tsa", …} with these members, which come in any order: the text is in
// canonical form.
Result<Ok> note(Archive& archive, const std::string& actor,
                std::map<std::string, std::string> members) {
  members["act"] = "tsa";
  members["actor"] = actor;
  members["time"] = to_string(archive.clock().now());
  boost::json::object entry;
  for (const auto& [name, value] : members) entry.emplace(name, value);
  Journal::Turn turn = archive.journal().turn();
  JournalHead head = turn.head();
  head.derived = head.size;
  return turn.append({{.text = boost::json::serialize(entry), .salt = random_octets(32)}}, {},
                     head);
}

std::unique_ptr<verifier::TokenJudge> judge_for(const Archive& archive,
                                                std::vector<Bytes> anchors) {
  verifier::JudgeOptions options;
  options.anchors.certificates = std::move(anchors);
  options.at = archive.clock().now();
  options.revocation = verifier::RevocationMode::if_present;
  options.policy = archive.policy();
  return std::make_unique<verifier::TokenJudge>(std::move(options));
}

// The first of `stem`, `stem`2, `stem`3… that is neither a track nor a file of the archive.
std::string free_name(const Archive& archive, const std::string& stem, bool numbered_from_one) {
  for (std::size_t i = 1;; ++i) {
    std::string name = stem + (i == 1 && !numbered_from_one ? "" : std::to_string(i));
    std::error_code error;
    if (archive.config().track(name) == nullptr && !fs::exists(archive.folder() / name, error) &&
        !fs::exists(archive.folder() / (name + "-ca.pem"), error)) {
      return name;
    }
  }
}

// The track that the settings will have, and its files, which go away again unless it is kept.
class Draft {
 public:
  Draft(const Archive& archive, const NewTsa& tsa) : archive_(archive) {
    const bool local = tsa.url.empty();
    track.name = tsa.name.empty() ? free_name(archive, local ? "local" : "tsa", !local) : tsa.name;
    track.algorithm = tsa.algorithm;
    track.url = tsa.url;
    track.policy = tsa.policy;
    if (local) {
      track.folder = free_name(archive, "tsa", false);
      track.ca_file = track.folder + "/ca.pem";
    } else {
      track.ca_file = track.name + "-ca.pem";
      if (!tsa.credentials.empty()) track.credentials_file = track.name + ".credentials";
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    std::error_code ignored;
    for (const fs::path& path : made_) fs::remove_all(path, ignored);
  }

  Result<Ok> write(const NewTsa& tsa) {
    if (track.local()) {
      const fs::path folder = archive_.folder() / track.folder;
      AuthorityForm form = tsa.form.value_or(
          fittest_form(AuthorityForm(), *archive_.policy(), archive_.clock().now()));
      form.unit = unit_of_track(track.name);
      auto made = create_local_tsa(folder, tsa.organisation, archive_.clock(), {}, form);
      if (made) made_.push_back(folder);
      return made;
    }
    const auto octets = read_file(tsa.ca_file, ca_size_max);
    if (!octets) return octets.error();
    const auto certificates = verifier::read_certificates(*octets, tsa.ca_file.string());
    if (!certificates) return certificates.error();
    if (auto done = write(track.ca_file, *octets, 0644); !done) return done;
    if (track.credentials_file.empty()) return Ok{};
    return write(track.credentials_file, verifier::as_bytes(tsa.credentials), 0600);
  }
  void keep() { made_.clear(); }

  Track track;

 private:
  Result<Ok> write(const std::string& name, ByteView octets, mode_t mode) {
    auto done = write_new_file(archive_.folder() / name, octets, mode);
    if (done) made_.push_back(archive_.folder() / name);
    return done;
  }

  const Archive& archive_;
  std::vector<fs::path> made_;
};

Result<Ok> check_new(const Archive& archive, const NewTsa& tsa) {
  if (!tsa.name.empty() && !fit_for_track_name(tsa.name)) {
    return Error{Errc::misuse, "a name has 1 to 32 of a-z, 0-9 and '-'", "'" + tsa.name + "'", ""};
  }
  if (archive.config().track(tsa.name) != nullptr) {
    return Error{Errc::conflict, "there is a time-stamp authority '" + tsa.name + "' already", "",
                 "retired ones keep their names"};
  }
  if (archive.config().tracks.size() >= tracks_max) {
    return Error{Errc::misuse, "an archive has at most 64 time-stamp authorities", "", ""};
  }
  if (!tsa.url.empty() && tsa.ca_file.empty()) {
    return Error{Errc::misuse, "a --url needs its --ca", "",
                 "without it the archive could not tell a good time-stamp from a forged one"};
  }
  return Ok{};
}

// Whether a suspicion of the key goes with the reason.
Result<Ok> check_retirement(const Archive& archive, const Retirement& retirement) {
  const Track* track = archive.config().track(retirement.name);
  if (track == nullptr) return no_such(retirement.name);
  if (!track->active()) {
    return Error{Errc::conflict, "'" + track->name + "' is retired already", "", ""};
  }
  if (retirement.since && archive.clock().now() < *retirement.since) {
    return Error{Errc::misuse, "a key is suspected since a time that is past", "--since", ""};
  }
  const auto active = std::ranges::count_if(archive.config().tracks, &Track::active);
  if (active == 1 && !retirement.last_too) {
    return Error{Errc::misuse, "'" + track->name + "' is the last that stamps", "",
                 "add another first ('perdura tsa add'), or say --force"};
  }
  if (retirement.successor.empty()) return Ok{};
  const Track* successor = archive.config().track(retirement.successor);
  if (successor == nullptr) return no_such(retirement.successor);
  if (successor->active() && successor != track) return Ok{};
  return Error{Errc::misuse, "a successor is another authority that is active", "",
               "see 'perdura tsa list'"};
}

Result<bool> due_for_roll_over(const Archive& archive, const Track& track, std::int64_t margin_s) {
  if (!track.local() || !track.active()) return false;
  const auto tsa = LocalTsa::open(archive.folder() / track.folder, archive.clock());
  if (!tsa) return tsa.error();
  return (*tsa)->needs_roll_over(*archive.policy(), margin_s).has_value();
}

constexpr const char* reasons[] = {
    "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", "",
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};

}  // namespace

Result<TsaTrial> try_tsa(const Archive& archive, const Track& track) {
  auto tsa = archive.tsa(track);
  if (!tsa) return tsa.error();
  auto anchors = archive.anchors(track);
  if (!anchors) return anchors.error();
  const Digest imprint = verifier::hash(track.algorithm, random_octets(32));
  const auto begin = std::chrono::steady_clock::now();
  const Time asked = archive.clock().now();
  const auto token = (*tsa)->stamp(track.algorithm, imprint);
  if (!token) return token.error();
  TsaTrial trial;
  trial.latency_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - begin)
                         .count();
  trial.report =
      judge_for(archive, *std::move(anchors))->judge(*token, archive.clock().now(), &imprint);
  trial.token_size = token->size();
  trial.warnings = (*tsa)->fresh_status(*token).warnings;
  const auto read = verifier::parse_timestamp_token(*token);
  if (!read) return trial;
  trial.policy = verifier::oid_text(read->tst_info.policy);
  trial.ahead_s = read->tst_info.gen_time - asked;
  trial.crls = read->crls.size();
  trial.ocsp_responses = read->ocsp_responses.size();
  if (const auto signer = signer_certificate(*read)) {
    if (const CertificateHandle certificate = read_certificate(*signer)) {
      trial.signer = name_text(X509_get_subject_name(certificate.get()));
      trial.certificate_end = not_after(certificate.get());
    }
  }
  return trial;
}

Result<std::string> add_tsa(Archive& archive, const NewTsa& tsa, const std::string& actor) {
  if (auto fit = check_new(archive, tsa); !fit) return fit.error();
  Draft draft(archive, tsa);
  if (auto written = draft.write(tsa); !written) return written.error();
  const auto trial = try_tsa(archive, draft.track);
  if (!trial) return trial.error();
  if (!trial->good()) {
    const verifier::Finding* finding = trial->report.decisive();
    return Error{Errc::unavailable,
                 "its time-stamp is refused: " +
                     (finding ? verifier::in_english(finding->what) : "nothing could be checked"),
                 "TSA '" + draft.track.name + "'",
                 "check that --ca names this authority's certificate authority; nothing was added"};
  }
  Config config = archive.config();
  config.tracks.push_back(draft.track);
  const auto noted = note(archive, actor,
                          {{"change", "add"},
                           {"digest", std::string(verifier::name(draft.track.algorithm))},
                           {"track", draft.track.name},
                           {"url", draft.track.url}});
  if (!noted) return noted.error();
  draft.keep();  // from here on the settings may name these files
  if (auto changed = archive.change_config(std::move(config)); !changed) return changed.error();
  return draft.track.name;
}

Result<Ok> retire_tsa(Archive& archive, const Retirement& retirement, const std::string& actor) {
  if (auto fit = check_retirement(archive, retirement); !fit) return fit;
  Config config = archive.config();
  Track& track = *std::ranges::find(config.tracks, retirement.name, &Track::name);
  track.state = TrackState::retired;
  track.retired = archive.clock().now();
  track.successor = retirement.successor;
  if (auto sense = check_config(config, archive.folder()); !sense) return sense;
  if (track.local()) {
    auto tsa = LocalTsa::open(archive.folder() / track.folder, archive.clock());
    if (!tsa) return tsa.error();
    const std::optional<Time> suspected =
        is_compromise(retirement.reason) ? retirement.since : std::nullopt;
    const auto revoked = (*tsa)->revoke(
        {.reason = retirement.reason, .when = archive.clock().now(), .invalidity = suspected});
    if (!revoked && revoked.error().code != Errc::conflict) return revoked;
  }
  std::map<std::string, std::string> members{{"change", "retire"},
                                             {"reason", reason_name(retirement.reason)},
                                             {"successor", retirement.successor},
                                             {"track", track.name}};
  if (retirement.since) members["since"] = to_string(*retirement.since);
  if (auto noted = note(archive, actor, std::move(members)); !noted) return noted;
  return archive.change_config(std::move(config));
}

Result<Ok> roll_over_tsa(Archive& archive, const std::string& name,
                         std::optional<AuthorityForm> form, bool new_ca, const std::string& actor) {
  const Track* track = archive.config().track(name);
  if (track == nullptr) return no_such(name);
  if (!track->local()) {
    return Error{Errc::misuse, "'" + name + "' is not the archive's own authority", "",
                 "only who runs it can give it new keys"};
  }
  auto tsa = LocalTsa::open(archive.folder() / track->folder, archive.clock(), {}, name);
  if (!tsa) return tsa.error();
  if (auto done = (*tsa)->roll_over(*archive.policy(), form, new_ca); !done) return done;
  const auto authority = (*tsa)->authority();
  const Digest certificate =
      verifier::hash(DigestAlgorithm::sha256, authority->signer().certificate);
  return note(archive, actor,
              {{"certificate", certificate.hex()},
               {"change", "roll-over"},
               {"key", std::string(authority->form().kind->name)},
               {"track", name},
               {"until", to_string(authority->valid_until())}});
}

Result<std::vector<std::string>> tsas_due_for_roll_over(const Archive& archive,
                                                        std::int64_t margin_s) {
  std::vector<std::string> all;
  for (const Track& track : archive.config().tracks) {
    const auto due = due_for_roll_over(archive, track, margin_s);
    if (!due) return due.error();
    if (*due) all.push_back(track.name);
  }
  return all;
}

Result<std::vector<std::string>> roll_over_due_tsas(Archive& archive, std::int64_t margin_s,
                                                    const std::string& actor) {
  std::vector<std::string> rolled;
  for (const Track& track : archive.config().tracks) {
    const auto due = due_for_roll_over(archive, track, margin_s);
    if (!due) return due.error();
    if (!*due) continue;
    auto done = roll_over_tsa(archive, track.name, std::nullopt, false, actor);
    if (!done) return done.error();
    rolled.push_back(track.name);
  }
  return rolled;
}

bool is_compromise(int reason) { return reason == 1 || reason == 2 || reason == 10; }

std::string reason_name(int reason) {
  if (reason < 0 || reason >= static_cast<int>(std::size(reasons))) return "";
  return reasons[reason];
}

std::optional<int> reason_from_name(std::string_view name) {
  for (std::size_t i = 0; i < std::size(reasons); ++i) {
    if (!name.empty() && reasons[i] == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

}  // namespace perdura::archive
