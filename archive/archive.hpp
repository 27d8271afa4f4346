// An archive, opened: its settings, keys, store, journal and dictionaries, put together. The acts
// (deposit, seal, export, check) take an Archive and use its parts.
//
// Lifetime: the parts live as long as the Archive. Thread safety: as each part says.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "archive/clock.hpp"
#include "archive/config.hpp"
#include "archive/content_reader.hpp"
#include "archive/deposit_row.hpp"
#include "archive/dictionary.hpp"
#include "archive/journal.hpp"
#include "archive/key_vault.hpp"
#include "archive/local_authority.hpp"
#include "archive/object_names.hpp"
#include "archive/rocks_store.hpp"
#include "archive/tsa_client.hpp"
#include "verifier/policy.hpp"

namespace perdura::archive {

// What `create_archive` makes.
struct CreateOptions {
  std::string origin;                     // empty: made up from random octets
  std::filesystem::path keys;             // folder of the keys; empty: "keys" inside the archive
  std::optional<std::string> passphrase;  // seals the keys; nothing: a file only its owner reads
  std::string organisation;               // named in the local TSA's certificates
  std::vector<std::string> tsa_urls;
  std::vector<std::filesystem::path> tsa_ca_files;  // one for each URL, or one for all
  // How many local TSAs to make, each with a CA of its own; nothing: one if there are no URLs.
  std::optional<unsigned> local_tsas;
  AuthorityForm local_form = {};  // of each of these
  bool sha3_256 = false;          // statements fix SHA3-256 digests too
  unsigned quorum = 1;            // how many TSAs must have stamped a batch
};

// Makes an archive in `folder`, which must not exist or be empty. What it wrote is taken away again
// when it fails. Errors: conflict (something is there already), misuse, denied, io.
Result<Ok> create_archive(const std::filesystem::path& folder, const CreateOptions& options,
                          const Clock& clock);

// Asked for the passphrase when the keys are sealed by one.
using AskPassphrase = PassphraseProvider;

// The parts of one archive, opened.
class Archive {
 public:
  // Opens the archive in `folder`; for writing, what a crash left undone is done first.
  // Errors: not_found, conflict (another process has it open), denied (wrong passphrase),
  // unsupported (a newer version made it), malformed, io.
  static Result<std::unique_ptr<Archive>> open(const std::filesystem::path& folder, OpenMode mode,
                                               const AskPassphrase& ask, const Clock& clock);

  // The same, of parts that are at hand: `store` need not be RocksDB. Errors: as open().
  static Result<std::unique_ptr<Archive>> assemble(std::filesystem::path folder, Config config,
                                                   KeyVault vault, std::unique_ptr<Store> store,
                                                   OpenMode mode, const Clock& clock);

  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  const Config& config() const { return config_; }
  const Clock& clock() const { return clock_; }
  const KeyVault& vault() const { return vault_; }
  Store& store() const { return *store_; }
  Journal& journal() const { return *journal_; }
  // Names for the objects that a deposit puts.
  ObjectNames& object_names() const { return *object_names_; }
  Dictionaries& dictionaries() const { return dictionaries_; }
  // A reader of contents, for one thread.
  ContentReader reader() const { return {*store_, vault_, dictionaries_}; }

  // The client of a track, active or retired. Errors: of opening a local TSA; of reading files.
  Result<std::unique_ptr<TsaClient>> tsa(const Track& track) const;
  // The certificates that a track's tokens are judged against, DER. Errors: not_found, malformed,
  // io.
  Result<std::vector<Bytes>> anchors(const Track& track) const;

  // Puts other settings in place, on disk first. Nobody else may use the archive meanwhile.
  // Errors: as update_config().
  Result<Ok> change_config(Config config);

  // Until when algorithms are fit: what every act of the archive judges and plans by. Never null.
  const std::shared_ptr<const verifier::AlgorithmPolicy>& policy() const { return policy_; }
  // Lets every act from now on go by `policy`; policy_in_use.hpp makes that last.
  void set_policy(std::shared_ptr<const verifier::AlgorithmPolicy> policy) {
    policy_ = std::move(policy);
  }

  // Held while a seal is under way.
  std::mutex& sealing() const { return sealing_; }
  // Held while evidence is renewed, or its open tokens are completed.
  std::mutex& renewing() const { return renewing_; }

 private:
  Archive(std::filesystem::path folder, Config config, KeyVault vault, std::unique_ptr<Store> store,
          const Clock& clock)
      : folder_(std::move(folder)),
        config_(std::move(config)),
        clock_(clock),
        vault_(std::move(vault)),
        store_(std::move(store)) {}

  std::filesystem::path folder_;
  Config config_;
  const Clock& clock_;
  KeyVault vault_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<const verifier::AlgorithmPolicy> policy_ = verifier::AlgorithmPolicy::built_in();
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<ObjectNames> object_names_;
  mutable Dictionaries dictionaries_;
  mutable std::mutex sealing_;
  mutable std::mutex renewing_;
};

// The 16 octets under which a value of some kind is looked up: HMAC-SHA-256 under the archive's
// index key, cut off. Equal values of one kind are equal, and nothing else is shown.
Blinded blind(const KeyVault& vault, std::string_view kind, std::string_view value);

}  // namespace perdura::archive
