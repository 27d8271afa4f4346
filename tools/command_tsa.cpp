#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "archive/files.hpp"
#include "archive/lineage.hpp"
#include "archive/local_tsa.hpp"
#include "archive/renewal_plan.hpp"
#include "archive/tsa_acts.hpp"
#include "tools/command_line.hpp"
#include "verifier/texts.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::tools {
namespace {

using archive::Track;

const CommandText text{
    "tsa", "list|add|retire|test|roll-over DIR [NAME]",
    "See and change which time-stamp authorities stamp for the archive.",
    "list       all of them, retired ones too\n"
    "add        --url URL --ca FILE, or --local: tried with a real time-stamp before it is kept.\n"
    "           What was sealed before is stamped by it at the next renewal\n"
    "retire     NAME: it is asked for nothing any more; what it stamped is kept and renewed by\n"
    "           another. The archive's own authority is revoked in its status lists too\n"
    "test       ask all, or NAME, for a time-stamp and judge it; nothing is kept\n"
    "roll-over  NAME: a new key and certificate for an authority of the archive's own. Running\n"
    "           archives do so by themselves before the old ones end\n\n"
    "Every change is an entry of the journal.\n\n"
    "Examples:\n"
    "  perdura tsa list /srv/archive\n"
    "  perdura tsa add /srv/archive --url https://tsa.example/ --ca root.pem\n"
    "  perdura tsa retire /srv/archive tsa1 --reason keyCompromise --since 2041-05-01\n"
    "  perdura tsa roll-over /srv/archive local --key p-384\n\n"
    "Exit codes: 0 done; 1 a test found something wrong; 2 an authority does not answer as it\n"
    "should; 3 misuse.\n"};

using Parsed = cxxopts::ParseResult;

// When each track stamped last: a seal, or a renewal.
Result<std::map<std::string, Time>> last_stamps(const archive::Archive& archive) {
  const auto lineages = archive::Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  std::map<std::string, Time> last;
  for (const archive::Batch& batch : (*lineages)->batches()) {
    for (const std::string& track : (*lineages)->tracks()) {
      const archive::Lineage lineage = (*lineages)->of(batch, track);
      if (lineage.empty()) continue;
      const auto token = verifier::parse_timestamp_token(lineage.back().back().token());
      if (token) last[track] = std::max(last[track], token->tst_info.gen_time);
    }
  }
  return last;
}

// Of the certificate that signs now, as far as it is known without asking: a local one's.
struct OwnCertificate {
  std::optional<Time> end;
  std::optional<Time> revoked;  // since when
};

Result<OwnCertificate> own_certificate(const archive::Archive& archive, const Track& track) {
  if (!track.local()) return OwnCertificate{};
  auto tsa = archive::LocalTsa::open(archive.folder() / track.folder, archive.clock());
  if (!tsa) return tsa.error();
  const auto authority = (*tsa)->authority();
  return OwnCertificate{authority->valid_until(), authority->revoked_since()};
}

boost::json::object to_json(const Track& track, verifier::DigestAlgorithm digest,
                            const OwnCertificate& certificate, std::optional<Time> stamped) {
  boost::json::object out{{"name", track.name},
                          {"state", track.active() ? "active" : "retired"},
                          {"digest", verifier::name(digest)},
                          {"url", track.url},
                          {"ca", track.ca_file},
                          {"selfAsserted", track.local()}};
  if (!track.successor.empty()) out["successor"] = track.successor;
  if (!track.policy.empty()) out["policy"] = track.policy;
  if (certificate.end) out["certificateEnds"] = to_string(*certificate.end);
  if (certificate.revoked) out["revoked"] = to_string(*certificate.revoked);
  if (stamped) out["lastStamped"] = to_string(*stamped);
  return out;
}

int list(const Parsed& parsed) {
  auto archive = open_archive(parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  const auto last = last_stamps(**archive);
  if (!last) return report(last.error());
  const auto lineages = archive::Lineages::load((*archive)->store(), (*archive)->journal());
  if (!lineages) return report(lineages.error());
  boost::json::array all;
  for (const Track& track : (*archive)->config().tracks) {
    const auto digest = archive::seal_algorithm(**archive, **lineages, track);
    const auto certificate = own_certificate(**archive, track);
    if (!certificate) return report(certificate.error());
    const auto found = last->find(track.name);
    const std::optional<Time> stamped =
        found == last->end() ? std::nullopt : std::optional(found->second);
    all.push_back(to_json(track, digest, *certificate, stamped));
    if (parsed.count("json") != 0) continue;
    std::cout << track.name << ": " << (track.active() ? "active" : "retired") << ", "
              << verifier::name(digest) << ", "
              << (track.local() ? "the archive's own in " + track.folder + " (self-asserted)"
                                : track.url);
    if (!track.successor.empty()) std::cout << ", succeeded by " << track.successor;
    if (certificate->end) std::cout << "; certificate ends " << to_string(*certificate->end);
    if (certificate->revoked) {
      std::cout << "; certificate revoked since " << to_string(*certificate->revoked);
    }
    std::cout << "; " << (stamped ? "stamped last " + to_string(*stamped) : "nothing stamped yet")
              << "\n";
  }
  if (parsed.count("json") != 0) std::cout << boost::json::serialize(all) << "\n";
  return 0;
}

// The form of --key, --tsa-years and --ca-years; `form` where they are not given. Errors: misuse.
Result<archive::AuthorityForm> form_option(const Parsed& parsed, archive::AuthorityForm form) {
  if (const auto name = option(parsed, "key")) {
    form.kind = archive::key_kind(*name);
    std::string names;
    for (const archive::KeyKind& kind : archive::key_kinds()) names += " " + std::string(kind.name);
    if (form.kind == nullptr) {
      return Error{Errc::misuse, "there is no kind of key '" + *name + "'", "--key",
                   "there are:" + names};
    }
  }
  const auto years = [&](const char* name, unsigned& into) {
    if (parsed.count(name) != 0) into = parsed[name].as<unsigned>();
    return into >= 1 && into <= 100;
  };
  if (!years("tsa-years", form.tsa_years) || !years("ca-years", form.ca_years)) {
    return Error{Errc::misuse, "a certificate lasts 1 to 100 years", "", ""};
  }
  return form;
}

Result<archive::NewTsa> new_tsa(const Parsed& parsed) {
  archive::NewTsa tsa{.name = option(parsed, "name").value_or(""),
                      .algorithm = verifier::DigestAlgorithm::sha512,
                      .url = option(parsed, "url").value_or(""),
                      .ca_file = option(parsed, "ca").value_or(""),
                      .policy = option(parsed, "tsa-policy").value_or(""),
                      .credentials = "",
                      .organisation = parsed["organisation"].as<std::string>(),
                      .form = {}};
  const bool local = parsed.count("local") != 0;
  if (local == !tsa.url.empty()) {
    return Error{Errc::misuse, "which one? give --url and --ca, or --local", "", "see --help"};
  }
  const std::string digest = parsed["digest"].as<std::string>();
  const auto algorithm = verifier::digest_algorithm_from_name(digest);
  if (!algorithm) return Error{Errc::misuse, "unknown hash function '" + digest + "'", "", ""};
  tsa.algorithm = *algorithm;
  if (const auto file = option(parsed, "credentials")) {
    const auto octets = archive::read_file(*file, 4096);
    if (!octets) return octets.error();
    tsa.credentials = verifier::as_text(*octets);
  }
  if (parsed.count("key") + parsed.count("tsa-years") + parsed.count("ca-years") == 0) return tsa;
  const auto form = form_option(parsed, {});
  if (!form) return form.error();
  tsa.form = *form;
  return tsa;
}

int add(const Parsed& parsed) {
  const auto tsa = new_tsa(parsed);
  if (!tsa) return report(tsa.error());
  auto archive = open_archive_by_the_clock(parsed);
  if (!archive) return report(archive.error());
  const auto name = archive::add_tsa(**archive, *tsa, local_actor());
  if (!name) return report(name.error());
  const Track& track = *(*archive)->config().track(*name);
  std::cout << "Added " << *name << ". Verifiers need "
            << ((*archive)->folder() / track.ca_file).string() << ".\n";
  return 0;
}

// The NAME after DIR. Errors: misuse.
Result<std::string> named(const Parsed& parsed) {
  const auto names = arguments(parsed);
  if (names.size() == 1) return names.front();
  return Error{Errc::misuse, "which authority? name one of 'perdura tsa list'", "", "see --help"};
}

int retire(const Parsed& parsed) {
  const auto name = named(parsed);
  if (!name) return report(name.error());
  const auto since = time_option(parsed, "since");
  if (!since) return report(since.error());
  const std::string reason_text = parsed["reason"].as<std::string>();
  const auto reason = archive::reason_from_name(reason_text);
  if (!reason) {
    return report({Errc::misuse, "there is no reason '" + reason_text + "'", "--reason",
                   "say keyCompromise, cACompromise, affiliationChanged, superseded, "
                   "cessationOfOperation or unspecified"});
  }
  auto archive = open_archive_by_the_clock(parsed);
  if (!archive) return report(archive.error());
  const auto done = archive::retire_tsa(**archive,
                                        {.name = *name,
                                         .reason = *reason,
                                         .since = *since,
                                         .successor = option(parsed, "successor").value_or(""),
                                         .last_too = parsed.count("force") != 0},
                                        local_actor());
  if (!done) return report(done.error());
  std::cout << "Retired " << *name << ". What it stamped is kept"
            << (archive::is_compromise(*reason)
                    ? ", and proves nothing more by itself where no other time-stamp had covered "
                      "it before.\nThe next renewal has another authority cover what still "
                      "counts.\n"
                    : "; the next renewal has another authority cover it.\n");
  return 0;
}

int roll_over(const Parsed& parsed) {
  const auto name = named(parsed);
  if (!name) return report(name.error());
  auto archive = open_archive_by_the_clock(parsed);
  if (!archive) return report(archive.error());
  std::optional<archive::AuthorityForm> form;
  if (parsed.count("key") + parsed.count("tsa-years") + parsed.count("ca-years") != 0) {
    const auto asked = form_option(parsed, {});
    if (!asked) return report(asked.error());
    form = *asked;
  }
  const auto done =
      archive::roll_over_tsa(**archive, *name, form, parsed.count("new-ca") != 0, local_actor());
  if (!done) return report(done.error());
  const auto made = own_certificate(**archive, *(*archive)->config().track(*name));
  if (!made) return report(made.error());
  std::cout << "Rolled over " << *name << "; its certificate now ends " << to_string(*made->end)
            << ".\n";
  return 0;
}

boost::json::object to_json(const Track& track, const archive::TsaTrial& trial) {
  const verifier::Finding* finding = trial.report.decisive();
  boost::json::object out{{"name", track.name},
                          {"good", trial.good()},
                          {"finding", finding ? verifier::in_english(finding->what) : ""},
                          {"signer", trial.signer},
                          {"policy", trial.policy},
                          {"latencyMs", trial.latency_ms},
                          {"clockAheadS", trial.ahead_s},
                          {"crls", trial.crls},
                          {"ocspResponses", trial.ocsp_responses},
                          {"tokenSize", trial.token_size},
                          {"selfAsserted", track.local()},
                          {"warnings", boost::json::value_from(trial.warnings)}};
  if (trial.certificate_end) out["certificateEnds"] = to_string(*trial.certificate_end);
  return out;
}

void say(const Track& track, const archive::TsaTrial& trial) {
  const verifier::Finding* finding = trial.report.decisive();
  std::cout << track.name << ": "
            << (trial.good() ? "good"
                : finding    ? verifier::in_english(finding->what)
                             : "nothing could be checked")
            << "\n  signed by " << trial.signer << "\n  policy " << trial.policy << ", "
            << trial.latency_ms << " ms, clock " << std::abs(trial.ahead_s) << " s "
            << (trial.ahead_s < 0 ? "behind" : "ahead") << ", " << trial.token_size << " octets\n";
  if (trial.certificate_end) {
    std::cout << "  certificate ends " << to_string(*trial.certificate_end) << "\n";
  }
  std::cout << "  status information: " << trial.crls << " lists, " << trial.ocsp_responses
            << " OCSP responses\n";
  for (const std::string& warning : trial.warnings) std::cout << "  " << warning << "\n";
}

int test(const Parsed& parsed) {
  auto archive = open_archive(parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  const auto names = arguments(parsed);
  int worst = 0;
  boost::json::array all;
  for (const Track& track : (*archive)->config().tracks) {
    if (names.size() == 1 ? names.front() != track.name : !track.active()) continue;
    const auto trial = archive::try_tsa(**archive, track);
    if (!trial) {
      worst = std::max(worst, report(trial.error()));
      all.push_back({{"name", track.name}, {"good", false}, {"error", to_string(trial.error())}});
      continue;
    }
    if (!trial->good()) worst = std::max(worst, 1);
    all.push_back(to_json(track, *trial));
    if (parsed.count("json") == 0) say(track, *trial);
  }
  if (all.empty()) return report({Errc::misuse, "there is no such authority", "", ""});
  if (parsed.count("json") != 0) std::cout << boost::json::serialize(all) << "\n";
  return worst;
}

void add_options(CommandOptions& options) {
  const auto value = [] { return cxxopts::value<std::string>(); };
  add_archive_options(options);
  add_clock_option(options);
  options.add()("json", "list, test: as JSON");
  options.add("add")("url", "of the authority", value(), "URL")(
      "ca", "PEM file with the certificates that its time-stamps must lead to", value(), "FILE")(
      "local", "make one of the archive's own")("name", "what to call it", value(), "NAME")(
      "digest", "hash function of the trees that it stamps", value()->default_value("sha512"),
      "HASH")("tsa-policy", "policy to ask for, like 1.2.3", value(), "OID")(
      "credentials", "file with user:password or 'Bearer TOKEN'; copied, mode 0600", value(),
      "FILE")("organisation", "named in a local authority's certificates",
              value()->default_value("Perdura archive"), "NAME");
  options.add("retire")("reason", "as in a revocation list: keyCompromise, superseded, ...",
                        value()->default_value("cessationOfOperation"),
                        "REASON")("since", "since when the key is suspected", value(), "TIME")(
      "successor", "whose authority renews what it stamped", value(), "NAME")(
      "force", "even when nobody is left who stamps");
  options.add("roll-over")("key", "kind of key; add --local too", value(), "KIND")(
      "tsa-years", "how long its certificate lasts", cxxopts::value<unsigned>(), "N")(
      "ca-years", "how long that of a new CA lasts", cxxopts::value<unsigned>(), "N")(
      "new-ca", "make a new CA as well");
}

struct Act {
  std::string_view name;
  int (*run)(const Parsed&);
  std::size_t arguments_max;  // DIR and NAME
  std::string_view options;   // beside those of every act, each with a space behind it
};

constexpr Act acts[] = {
    {"list", list, 1, "json "},
    {"add", add, 1,
     "url ca local name digest tsa-policy credentials organisation key tsa-years ca-years "
     "clock-is-right "},
    {"retire", retire, 2, "reason since successor force clock-is-right "},
    {"test", test, 2, "json "},
    {"roll-over", roll_over, 2, "key tsa-years ca-years new-ca clock-is-right "},
};

// That nothing was said which the act would not heed. Errors: misuse.
Result<verifier::Ok> check_usage(const Act& act, const Parsed& parsed) {
  const std::string see = "see 'perdura tsa --help'";
  for (const auto& given : parsed.arguments()) {
    const std::string& name = given.key();
    if (name == "arguments" || name == "passphrase-file") continue;
    if ((" " + std::string(act.options)).find(" " + name + " ") != std::string::npos) continue;
    return Error{Errc::misuse, "'tsa " + std::string(act.name) + "' takes no --" + name, "", see};
  }
  if (parsed.count("arguments") <= act.arguments_max) return verifier::Ok{};
  const auto& all = parsed["arguments"].as<std::vector<std::string>>();
  return Error{Errc::misuse, "one argument too many: '" + all[act.arguments_max] + "'", "",
               act.name == "add" ? "a new authority's name is given with --name" : see};
}

}  // namespace

int command_tsa(int argc, char** argv) {
  CommandOptions options(text);
  add_options(options);
  // The act is the first word, so that DIR stands where it does in other commands.
  const std::string_view name = argc > 1 ? argv[1] : "";
  const Act* chosen = std::ranges::find(acts, name, &Act::name);
  const bool known = chosen != std::end(acts);
  const auto parsed = known ? options.parse(argc - 1, argv + 1) : options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  if (!known) {
    return report({Errc::misuse, "what? say list, add, retire, test or roll-over", "",
                   "see 'perdura tsa --help'"});
  }
  if (auto usable = check_usage(*chosen, **parsed); !usable) return report(usable.error());
  return chosen->run(**parsed);
}

}  // namespace perdura::tools
