#include "archive/archive.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "archive/derived_rows.hpp"
#include "archive/files.hpp"
#include "archive/http_client.hpp"
#include "archive/keep_dictionary.hpp"
#include "archive/local_tsa.hpp"
#include "archive/new_file.hpp"
#include "archive/policy_in_use.hpp"
#include "archive/random.hpp"
#include "verifier/trust_anchors.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::check;

constexpr std::string_view log_key_name = "log-key-seed";

// Absolute also where nothing of the path is there yet: the settings' relative paths are the
// archive's.
std::string place_of_keys(const fs::path& given) {
  return fs::weakly_canonical(fs::absolute(given)).string();
}

fs::path keys_folder(const fs::path& folder, const Config& config) { return folder / config.keys; }

// A folder that goes away again unless it is kept.
class NewFolder {
 public:
  explicit NewFolder(fs::path path) : path_(std::move(path)) {}
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  bool kept_ = false;
};

Result<Ok> make_empty_folder(const fs::path& folder) {
  std::error_code problem;
  if (fs::exists(folder, problem) && !fs::is_empty(folder, problem)) {
    const bool whole = fs::exists(folder / "perdura.json", problem);
    return Error{Errc::conflict, "the folder is not empty", folder.string(),
                 whole ? "there is an archive, which is never overwritten; choose another folder"
                       : "choose another folder, or remove what is there, if an init that was cut "
                         "short left it"};
  }
  if (auto made = make_folders(folder); !made) return made;
  fs::permissions(folder, fs::perms::owner_all, problem);
  return Ok{};
}

constexpr unsigned local_tsas_max = 16;

// The tracks that the options ask for: SHA-256, and SHA-512 from the second TSA on, so that neither
// a TSA nor a hash function is the only one.
Result<std::vector<Track>> tracks_for(const CreateOptions& options) {
  const std::size_t files = options.tsa_ca_files.size();
  const std::size_t urls = options.tsa_urls.size();
  const unsigned locals = options.local_tsas.value_or(urls == 0 ? 1 : 0);
  if (files > 1 ? files != urls : (files == 0) != (urls == 0)) {
    return Error{Errc::misuse, "each --tsa needs its --tsa-ca", "init",
                 "give one --tsa-ca for all, or one for each --tsa in the same order: without it "
                 "the archive could not tell a good time-stamp from a forged one"};
  }
  if (locals > local_tsas_max || urls + locals == 0) {
    return Error{Errc::misuse,
                 "an archive has 1 to " + std::to_string(local_tsas_max) + " local authorities",
                 "init", "name others with --tsa"};
  }
  std::vector<Track> tracks;
  const auto add = [&](Track track) {
    track.algorithm = tracks.empty() ? DigestAlgorithm::sha256 : DigestAlgorithm::sha512;
    tracks.push_back(std::move(track));
  };
  for (std::size_t i = 0; i < urls; ++i) {
    if (auto usable = check_url(options.tsa_urls[i]); !usable) return usable.error();
    const std::string name = "tsa" + std::to_string(i + 1);
    add({.name = name, .url = options.tsa_urls[i], .ca_file = name + "-ca.pem"});
  }
  for (unsigned i = 1; i <= locals; ++i) {
    const std::string number = i == 1 ? "" : std::to_string(i);
    add({.name = "local" + number,
         .url = "",
         .ca_file = "tsa" + number + "/ca.pem",
         .folder = "tsa" + number});
  }
  return tracks;
}

// Copies the CA certificates of remote TSAs into the archive, having read them.
Result<Ok> copy_ca_files(const fs::path& folder, const CreateOptions& options,
                         const std::vector<Track>& tracks) {
  for (std::size_t i = 0; i < options.tsa_urls.size(); ++i) {
    const fs::path& file = options.tsa_ca_files[options.tsa_ca_files.size() == 1 ? 0 : i];
    const auto octets = read_file(file, ca_size_max);
    if (!octets) return octets.error();
    const auto certificates = verifier::read_certificates(*octets, file.string());
    if (!certificates) {
      Error error = certificates.error();
      error.code = Errc::misuse;
      return error;
    }
    auto written = write_new_file(folder / tracks[i].ca_file, *octets, 0644);
    if (!written) return written;
  }
  return Ok{};
}

}  // namespace

Result<Ok> create_archive(const fs::path& folder, const CreateOptions& options,
                          const Clock& clock) {
  auto tracks = tracks_for(options);
  if (!tracks) return tracks.error();
  if (auto made = make_empty_folder(folder); !made) return made;
  NewFolder undo(folder);
  Config config{.origin = options.origin.empty()
                              ? "perdura.local/" + verifier::to_hex(random_octets(8))
                              : options.origin,
                .keys = options.keys.empty() ? "keys" : place_of_keys(options.keys),
                .tracks = *std::move(tracks),
                .quorum = options.quorum,
                .sha3_256 = options.sha3_256};
  if (auto copied = copy_ca_files(folder, options, config.tracks); !copied) return copied;
  for (const Track& track : config.tracks) {
    if (!track.local()) continue;
    AuthorityForm form = options.local_form;
    form.unit = unit_of_track(track.name);
    // Several are to have no hash function in common, in their CAs' signatures either.
    if (config.tracks.size() > 1) form.digest = track.algorithm;
    auto made = create_local_tsa(folder / track.folder, options.organisation, clock, {}, form);
    if (!made) return made;
  }
  if (auto store = open_rocks_store(folder / "store", OpenMode::create); !store) {
    return store.error();
  }
  const Bytes seed = random_octets(32);
  // A name that no note could bear is found out before keys are made for it.
  const auto key = verifier::NoteKey::from_seed(config.origin, seed);
  if (!key) return key.error();
  config.log_key = key->vkey();
  auto vault = KeyVault::create(keys_folder(folder, config), {.passphrase = options.passphrase},
                                {{std::string(log_key_name), seed}});
  if (!vault) return vault.error();
  // The settings come last: without them there is no archive here.
  if (auto written = create_config(folder, config); !written) return written;
  undo.keep();
  return Ok{};
}

Result<std::unique_ptr<Archive>> Archive::open(const fs::path& folder, OpenMode mode,
                                               const AskPassphrase& ask, const Clock& clock) {
  check(mode != OpenMode::create, "an archive is made by create_archive");
  auto config = read_config(folder);
  if (!config) return config.error();
  auto store = open_rocks_store(folder / "store", mode);
  if (!store) return store.error();
  auto vault = KeyVault::open(keys_folder(folder, *config), ask);
  if (!vault) return vault.error();
  return assemble(folder, *std::move(config), *std::move(vault), *std::move(store), mode, clock);
}

Result<std::unique_ptr<Archive>> Archive::assemble(fs::path folder, Config config, KeyVault vault,
                                                   std::unique_ptr<Store> store, OpenMode mode,
                                                   const Clock& clock) {
  std::unique_ptr<Archive> archive(
      new Archive(std::move(folder), std::move(config), std::move(vault), std::move(store), clock));
  const auto seed = archive->vault_.get(std::string(log_key_name));
  if (!seed) return seed.error();
  auto key = verifier::NoteKey::from_seed(archive->config_.origin, *seed);
  if (!key) return key.error();
  // What was written under other keys could never be read again.
  if (!archive->config_.log_key.empty() && archive->config_.log_key != key->vkey()) {
    return Error{Errc::denied, "the keys are another archive's, or the settings were altered",
                 keys_folder(archive->folder_, archive->config_).string(),
                 "bring back this archive's own keys and perdura.json"};
  }
  auto journal = Journal::open(*archive->store_, *std::move(key));
  if (!journal) return journal.error();
  archive->journal_ = *std::move(journal);
  archive->object_names_ = std::make_unique<ObjectNames>(*archive->store_, *archive->journal_);
  if (auto loaded = load_dictionaries(*archive); !loaded) return loaded.error();
  auto policy = policy_in_use(archive->folder_);
  if (!policy) return policy.error();
  archive->policy_ = *std::move(policy);
  if (mode == OpenMode::existing) {
    auto recovered = recover_derived_rows(*archive->store_, *archive->journal_);
    if (!recovered) return recovered.error();
    auto erased = erase_abandoned_objects(*archive->store_, *archive->journal_);
    if (!erased) return erased.error();
  }
  return archive;
}

Result<std::unique_ptr<TsaClient>> Archive::tsa(const Track& track) const {
  if (track.local()) return open_local_tsa(folder_ / track.folder, clock_, {}, track.name);
  auto certificates = anchors(track);
  if (!certificates) return certificates.error();
  HttpTsaOptions options;
  options.name = track.name;
  options.url = track.url;
  options.policy = track.policy;
  options.ca_certificates = *std::move(certificates);
  options.algorithms = policy_;
  if (!track.credentials_file.empty()) {
    auto authorization = read_credentials(folder_ / track.credentials_file);
    if (!authorization) return authorization.error();
    options.authorization = *std::move(authorization);
  }
  return http_tsa(std::move(options), clock_);
}

Result<std::vector<Bytes>> Archive::anchors(const Track& track) const {
  const fs::path file = folder_ / track.ca_file;
  const auto octets = read_file(file, ca_size_max);
  if (!octets) return octets.error();
  return verifier::read_certificates(*octets, file.string());
}

Result<Ok> Archive::change_config(Config config) {
  if (auto updated = update_config(folder_, config); !updated) return updated;
  config_ = std::move(config);
  return Ok{};
}

Blinded blind(const KeyVault& vault, std::string_view kind, std::string_view value) {
  const ByteView key = vault.index_key();
  std::string input(kind);
  input += '\0';
  input += value;
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const std::uint8_t*>(input.data()), input.size(), mac.data(),
             &size) != nullptr,
        "HMAC-SHA-256 is there");
  Blinded blinded{};
  std::copy_n(mac.begin(), blinded.size(), blinded.begin());
  return blinded;
}

}  // namespace perdura::archive
