#include "archive/key_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "archive/openssl_handles.hpp"
#include "verifier/digest.hpp"

namespace perdura::archive {
namespace {

using verifier::as_bytes;
using verifier::check;

// The header: 64 octets, authenticated with the body.
constexpr std::string_view magic = "PERDKEYS";
constexpr std::uint8_t key_file_version = 1;
enum Protection : std::uint8_t { by_mode = 0, by_passphrase = 1 };
constexpr std::size_t salt_at = 16;
constexpr std::size_t key_file_salt_size = 32;
constexpr std::size_t nonce_at = 48;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t length_at = 60;
constexpr std::size_t key_file_header_size = 64;
constexpr std::size_t key_file_seal_size = 16;

constexpr std::size_t body_size_max = 64u << 10;
constexpr std::size_t key_name_size_max = 64;
constexpr std::size_t value_size_max = 4096;
constexpr unsigned cost_min = 10;
constexpr unsigned cost_max = 20;
constexpr std::uint8_t scrypt_r = 8;
constexpr std::uint8_t scrypt_p = 1;

// Octets that are overwritten when they go.
struct Wiped {
  Bytes octets;
  explicit Wiped(Bytes secret) : octets(std::move(secret)) {}
  Wiped(Wiped&&) = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { OPENSSL_cleanse(octets.data(), octets.size()); }
};

Error bad_key_file(std::string what, std::string_view where) {
  return {Errc::malformed, std::move(what), std::string(where),
          "bring the key file back from a backup"};
}

Result<Wiped> key_from(const std::string& passphrase, ByteView header) {
  Wiped key{Bytes(DataKey::size)};
  const std::uint64_t n = std::uint64_t{1} << header[10];
  const std::uint64_t memory_max = n * 128 * header[11] + (32u << 20);
  const int good =
      EVP_PBE_scrypt(passphrase.data(), passphrase.size(), &header[salt_at], key_file_salt_size, n,
                     header[11], header[12], memory_max, key.octets.data(), key.octets.size());
  if (good == 1) return key;
  return Error{Errc::io, "no memory to turn the passphrase into a key", "", "free some memory"};
}

// AES-256-GCM over the body with the header as additional data. `seal` is written or compared.
bool crypt(bool encrypt, ByteView key, ByteView header, ByteView in, Bytes& out,
           std::uint8_t* seal) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* const c = context.get();
  const int direction = encrypt ? 1 : 0;
  const int in_size = static_cast<int>(in.size());
  int size = 0;
  out.resize(in.size());
  bool good = c != nullptr && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), nullptr, key.data(),
                                                &header[nonce_at], direction) == 1;
  good = good && EVP_CipherUpdate(c, nullptr, &size, header.data(), key_file_header_size) == 1;
  good = good && EVP_CipherUpdate(c, out.data(), &size, in.data(), in_size) == 1;
  if (!encrypt) {
    good = good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, key_file_seal_size, seal) == 1;
  }
  good = good && EVP_CipherFinal_ex(c, out.data() + out.size(), &size) == 1;
  if (encrypt) {
    good = good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, key_file_seal_size, seal) == 1;
  }
  return good;
}

// Count, then of each: length of the name, name, length of the value, value.
Result<Wiped> write_body(const NamedSecrets& secrets) {
  Wiped body{Bytes()};
  body.octets.reserve(body_size_max);  // never reallocated: no copy is left behind
  body.octets.push_back(static_cast<std::uint8_t>(secrets.size()));
  for (const auto& [name, value] : secrets) {
    const bool fits = !name.empty() && name.size() <= key_name_size_max &&
                      value.size() <= value_size_max &&
                      body.octets.size() + name.size() + value.size() + 3 <= body_size_max;
    if (!fits || secrets.size() > 255) {
      return Error{Errc::misuse, "a secret does not fit in the key file", name, ""};
    }
    body.octets.push_back(static_cast<std::uint8_t>(name.size()));
    body.octets.insert(body.octets.end(), name.begin(), name.end());
    body.octets.push_back(static_cast<std::uint8_t>(value.size() >> 8));
    body.octets.push_back(static_cast<std::uint8_t>(value.size() & 0xFF));
    body.octets.insert(body.octets.end(), value.begin(), value.end());
  }
  return body;
}

// Takes octets off the front; nothing when there are fewer.
std::optional<ByteView> take(ByteView& in, std::size_t size) {
  if (in.size() < size) return std::nullopt;
  const ByteView taken = in.first(size);
  in = in.subspan(size);
  return taken;
}

Result<NamedSecrets> read_body(ByteView body, std::string_view where) {
  NamedSecrets secrets;
  const auto count = take(body, 1);
  for (unsigned left = count ? (*count)[0] : 1u; left > 0; --left) {
    const auto name_size = take(body, 1);
    const auto name = take(body, name_size ? (*name_size)[0] : body_size_max);
    const auto value_size = take(body, 2);
    const std::size_t size =
        value_size ? std::size_t{(*value_size)[0]} << 8 | (*value_size)[1] : body_size_max;
    const auto value = take(body, size);
    if (!name || !value || size > value_size_max || name->empty() ||
        name->size() > key_name_size_max) {
      cleanse(secrets);
      return bad_key_file("an entry of the key file is cut short or too long", where);
    }
    secrets[std::string(verifier::as_text(*name))] = verifier::to_bytes(*value);
  }
  if (!body.empty()) {
    cleanse(secrets);
    return bad_key_file("the key file has octets behind its last entry", where);
  }
  return secrets;
}

Bytes checksum(ByteView file) {
  const verifier::Digest digest = hash(verifier::DigestAlgorithm::sha256, file);
  return verifier::to_bytes(digest.view().first(key_file_seal_size));
}

Result<Ok> check_header(ByteView file, std::string_view where) {
  if (file.size() < key_file_header_size ||
      !verifier::equal(file.first(magic.size()), as_bytes(magic))) {
    return bad_key_file("this is not a key file of perdura", where);
  }
  if (file[8] != key_file_version) {
    return Error{
        Errc::unsupported,
        "the key file has version " + std::to_string(file[8]) + ", this program reads version 1",
        std::string(where), "use a newer perdura"};
  }
  const std::size_t length = std::size_t{file[length_at]} << 24 |
                             std::size_t{file[length_at + 1]} << 16 |
                             std::size_t{file[length_at + 2]} << 8 | file[length_at + 3];
  const bool zero = file[13] == 0 && file[14] == 0 && file[15] == 0;
  if (length > body_size_max || file.size() != key_file_header_size + length + key_file_seal_size ||
      !zero) {
    return bad_key_file("the key file is cut short or altered", where);
  }
  const bool costs =
      file[10] >= cost_min && file[10] <= cost_max && file[11] == scrypt_r && file[12] == scrypt_p;
  const bool no_costs = file[10] == 0 && file[11] == 0 && file[12] == 0;
  if (file[9] == by_passphrase ? costs : file[9] == by_mode && no_costs) return Ok{};
  return bad_key_file("the key file names no protection that this program knows", where);
}

}  // namespace

void cleanse(NamedSecrets& secrets) {
  for (auto& entry : secrets) OPENSSL_cleanse(entry.second.data(), entry.second.size());
}

Result<Bytes> write_key_file(const NamedSecrets& secrets, const KeyProtection& protection) {
  const auto body = write_body(secrets);
  if (!body) return body.error();
  Bytes file(key_file_header_size);
  std::ranges::copy(as_bytes(magic), file.begin());
  file[8] = key_file_version;
  for (unsigned i = 0; i < 4; ++i) {
    file[length_at + i] = static_cast<std::uint8_t>(body->octets.size() >> (24 - 8 * i));
  }
  if (!protection.passphrase) {
    file[9] = by_mode;
    file.reserve(key_file_header_size + body->octets.size() + key_file_seal_size);
    file.insert(file.end(), body->octets.begin(), body->octets.end());
    const Bytes sum = checksum(file);
    file.insert(file.end(), sum.begin(), sum.end());
    return file;
  }
  const unsigned cost = protection.scrypt_log2_cost;
  if (protection.passphrase->empty() || cost < cost_min || cost > cost_max) {
    return Error{Errc::misuse, "the passphrase is empty or its cost is not 10 to 20", "", ""};
  }
  file[9] = by_passphrase;
  file[10] = static_cast<std::uint8_t>(cost);
  file[11] = scrypt_r;
  file[12] = scrypt_p;
  check(RAND_bytes(&file[salt_at], key_file_salt_size) == 1 &&
            RAND_bytes(&file[nonce_at], nonce_size) == 1,
        "libcrypto has random octets");
  const auto key = key_from(*protection.passphrase, file);
  if (!key) return key.error();
  Bytes sealed;
  std::array<std::uint8_t, key_file_seal_size> seal{};
  check(crypt(true, key->octets, file, body->octets, sealed, seal.data()), "AES-256-GCM seals");
  file.insert(file.end(), sealed.begin(), sealed.end());
  file.insert(file.end(), seal.begin(), seal.end());
  return file;
}

Result<NamedSecrets> read_key_file(ByteView file, const PassphraseProvider& passphrase,
                                   std::string_view where) {
  if (auto good = check_header(file, where); !good) return good.error();
  const ByteView header = file.first(key_file_header_size);
  const ByteView body =
      file.subspan(key_file_header_size, file.size() - key_file_header_size - key_file_seal_size);
  Bytes seal = verifier::to_bytes(file.last(key_file_seal_size));
  if (file[9] == by_mode) {
    if (checksum(file.first(file.size() - key_file_seal_size)) != seal) {
      return bad_key_file("the key file was altered: its checksum differs", where);
    }
    return read_body(body, where);
  }
  auto phrase = passphrase();
  if (!phrase) return phrase.error();
  const auto key = key_from(*phrase, header);
  OPENSSL_cleanse(phrase->data(), phrase->size());
  if (!key) return key.error();
  Wiped plain{Bytes()};
  if (!crypt(false, key->octets, header, body, plain.octets, seal.data())) {
    return Error{Errc::denied, "the passphrase is wrong, or the key file was altered",
                 std::string(where), "try the passphrase again, or a backup of the key file"};
  }
  return read_body(plain.octets, where);
}

}  // namespace perdura::archive
