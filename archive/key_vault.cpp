#include "archive/key_vault.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/modes.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <system_error>

#include "archive/key_file.hpp"
#include "archive/new_file.hpp"
#include "archive/openssl_handles.hpp"
#include "archive/random.hpp"

namespace perdura::archive {
namespace {

using verifier::check;

constexpr const char* key_file_name = "archive.key";
// In the key file beside the named secrets; a name given by the caller can't start with a dot.
constexpr const char* wrapping_key_name = ".key-encryption-key";
constexpr const char* index_key_name = ".index-key";

// AES-256-KW (RFC 3394) with its key set once. libcrypto's own AES-256-WRAP runs AES without the
// processor's instructions for it; its wrapping over a block cipher of ours does not.
class KeyWrap {
 public:
  KeyWrap(ByteView key, bool wraps)
      : wraps_(wraps),
        cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr)),
        context_(EVP_CIPHER_CTX_new()) {
    check(cipher_ && context_, "libcrypto provides AES-256-ECB");
    check(EVP_CipherInit_ex2(context_.get(), cipher_.get(), key.data(), nullptr, wraps ? 1 : 0,
                             nullptr) == 1 &&
              EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1,
          "AES-256-ECB starts");
  }

  // False when unwrapping shows another key or altered octets.
  bool apply(ByteView in, std::span<std::uint8_t> out) {
    const auto run = wraps_ ? CRYPTO_128_wrap : CRYPTO_128_unwrap;
    return run(context_.get(), nullptr, out.data(), in.data(), in.size(), block) == out.size();
  }

 private:
  // The const is of libcrypto's signature: it hands back what it was given.
  static void block(const unsigned char* in, unsigned char* out, const void* context) {
    auto* const cipher = static_cast<EVP_CIPHER_CTX*>(const_cast<void*>(context));
    int size = 0;
    check(EVP_CipherUpdate(cipher, out, &size, in, 16) == 1 && size == 16, "AES takes a block");
  }

  const bool wraps_;
  CipherHandle cipher_;
  CipherContext context_;
};

Error cannot_read(const std::filesystem::path& path, int number) {
  if (number == ENOENT || number == ENOTDIR) {
    return {
        Errc::not_found, "there is no key file", path.string(),
        "put it back there, or name its folder as \"keys\" in the archive's perdura.json: without "
        "the keys nothing can be read"};
  }
  const Errc code = number == EACCES || number == EPERM ? Errc::denied : Errc::io;
  return {code, std::string("cannot read the key file: ") + std::strerror(number), path.string(),
          "check who owns the file"};
}

// A file that others can read is refused: the keys may have been copied already.
Result<Ok> check_mode(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return cannot_read(path, errno);
  if ((status.st_mode & 077) == 0) return Ok{};
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode) & 07777u);
  return Error{Errc::denied, std::string("others may read the key file (mode ") + mode + ")",
               path.string(), "chmod 600 " + path.string()};
}

Result<Bytes> read_whole(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot_read(path, errno);
  Bytes octets{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return cannot_read(path, EIO);
  return octets;
}

}  // namespace

DataKey::DataKey(ByteView octets) : octets_{} {
  check(octets.size() == size, "a data key has 32 octets");
  std::ranges::copy(octets, octets_.begin());
}

DataKey::~DataKey() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

DataKeySource::~DataKeySource() { OPENSSL_cleanse(drawn_.data(), drawn_.size()); }

DataKey DataKeySource::next() {
  if (left_ == 0) {
    check(RAND_priv_bytes(drawn_.data(), static_cast<int>(drawn_.size())) == 1,
          "libcrypto has random octets");
    left_ = keys_per_draw;
  }
  --left_;
  const std::span<std::uint8_t> place(&drawn_[left_ * DataKey::size], DataKey::size);
  const DataKey key{ByteView(place)};
  OPENSSL_cleanse(place.data(), place.size());
  return key;
}

struct KeyVault::State {
  NamedSecrets secrets;
  std::mutex mutex;  // over the two contexts
  KeyWrap wrap;
  KeyWrap unwrap;

  explicit State(NamedSecrets all)
      : secrets(std::move(all)),
        wrap(secrets.at(wrapping_key_name), true),
        unwrap(secrets.at(wrapping_key_name), false) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { cleanse(secrets); }
};

KeyVault::KeyVault(std::unique_ptr<State> state) : state_(std::move(state)) {}
KeyVault::KeyVault(KeyVault&&) noexcept = default;
KeyVault& KeyVault::operator=(KeyVault&&) noexcept = default;
KeyVault::~KeyVault() = default;

Result<KeyVault> KeyVault::create(const std::filesystem::path& folder,
                                  const KeyProtection& protection,
                                  const std::map<std::string, Bytes>& secrets) {
  NamedSecrets all = secrets;
  for (const auto& entry : secrets) {
    if (entry.first.starts_with('.')) {
      return Error{Errc::misuse, "the name of a secret starts with a dot", entry.first, ""};
    }
  }
  all[wrapping_key_name] = random_octets(DataKey::size);
  all[index_key_name] = random_octets(DataKey::size);
  auto state = std::make_unique<State>(std::move(all));
  auto file = write_key_file(state->secrets, protection);
  if (!file) return file.error();

  std::error_code failed;
  if (auto made = make_folders(folder); !made) return made.error();
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (failed) {
    return Error{Errc::io, "cannot make the folder: " + failed.message(), folder.string(), ""};
  }
  auto written = write_new_file(folder / key_file_name, *file, 0600);
  OPENSSL_cleanse(file->data(), file->size());
  if (!written) return written.error();
  if (auto done = sync_folder(folder.parent_path()); !done) return done.error();
  return KeyVault(std::move(state));
}

Result<KeyVault> KeyVault::open(const std::filesystem::path& folder,
                                const PassphraseProvider& passphrase) {
  const std::filesystem::path path = folder / key_file_name;
  if (auto closed = check_mode(path); !closed) return closed.error();
  auto file = read_whole(path);
  if (!file) return file.error();
  auto secrets = read_key_file(*file, passphrase, path.string());
  OPENSSL_cleanse(file->data(), file->size());
  if (!secrets) return secrets.error();
  for (const char* name : {wrapping_key_name, index_key_name}) {
    const auto key = secrets->find(name);
    if (key != secrets->end() && key->second.size() == DataKey::size) continue;
    cleanse(*secrets);
    return Error{Errc::malformed, std::string("the key file lacks ") + name, path.string(),
                 "bring the key file back from a backup"};
  }
  return KeyVault(std::make_unique<State>(*std::move(secrets)));
}

DataKey KeyVault::new_data_key() const {
  Bytes octets = random_octets(DataKey::size);
  const DataKey key{ByteView(octets)};
  OPENSSL_cleanse(octets.data(), octets.size());
  return key;
}

Bytes KeyVault::wrap(const DataKey& key) const {
  Bytes wrapped(wrapped_size);
  const std::lock_guard guard(state_->mutex);
  check(state_->wrap.apply(key.view(), wrapped), "AES-256-WRAP wraps");
  return wrapped;
}

Result<DataKey> KeyVault::unwrap(ByteView wrapped) const {
  std::array<std::uint8_t, wrapped_size> octets{};
  bool good = wrapped.size() == wrapped_size;
  if (good) {
    const std::lock_guard guard(state_->mutex);
    good = state_->unwrap.apply(wrapped, std::span(octets).first(DataKey::size));
  }
  if (!good) {
    return Error{Errc::denied,
                 "the data key does not unwrap: it was altered, or it belongs to "
                 "another archive's key file",
                 "", "check that this is the archive's key file"};
  }
  const DataKey key{ByteView(octets).first(DataKey::size)};
  OPENSSL_cleanse(octets.data(), octets.size());
  return key;
}

ByteView KeyVault::index_key() const { return state_->secrets.at(index_key_name); }

Result<ByteView> KeyVault::get(const std::string& name) const {
  const auto secret = state_->secrets.find(name);
  if (secret == state_->secrets.end()) {
    return Error{Errc::not_found, "the key file holds no secret of this name", name, ""};
  }
  return ByteView(secret->second);
}

}  // namespace perdura::archive
