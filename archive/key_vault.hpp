// The archive's keys: they live outside the store, in one file of a folder of their own.
// On disk: formats/keys.md. Without this file no content can be read again, ever: back it up.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// A 256-bit key, overwritten when it goes. A plain value; each copy is overwritten.
class DataKey {
 public:
  static constexpr std::size_t size = 32;

  // `octets` must be 32: anything else is a broken invariant.
  explicit DataKey(ByteView octets);
  DataKey(const DataKey&) = default;
  DataKey& operator=(const DataKey&) = default;
  ~DataKey();

  ByteView view() const { return octets_; }

 private:
  std::array<std::uint8_t, size> octets_;
};

// Data keys from the system's random source, drawn many at a time: a call each costs more than
// sealing a small document. Must not live across a fork.
// Thread safety: one thread at a time.
class DataKeySource {
 public:
  DataKeySource() = default;
  DataKeySource(const DataKeySource&) = delete;
  DataKeySource& operator=(const DataKeySource&) = delete;
  ~DataKeySource();

  // A key that was never handed out before.
  DataKey next();

 private:
  static constexpr std::size_t keys_per_draw = 64;
  std::array<std::uint8_t, keys_per_draw * DataKey::size> drawn_{};
  std::size_t left_ = 0;  // keys in drawn_ not handed out yet
};

// How the key file is kept from readers.
struct KeyProtection {
  // Seals the file; without one its mode (0600) alone protects it.
  std::optional<std::string> passphrase;
  // log2 of scrypt's cost: 17 takes 128 MiB and a third of a second. 10 to 20.
  unsigned scrypt_log2_cost = 17;
};

// Asked for the passphrase only when the file is sealed by one.
using PassphraseProvider = std::function<Result<std::string>()>;

// Thread safety: any const member from any thread.
class KeyVault {
 public:
  static constexpr std::size_t wrapped_size = DataKey::size + 8;

  // Makes `folder` (mode 0700) and in it the file archive.key (mode 0600) with new random keys and
  // `secrets` (names of 1 to 64 characters, at most 4096 octets each). Whole or not at all; never
  // overwrites. Errors: conflict (there is one already), misuse, io.
  static Result<KeyVault> create(const std::filesystem::path& folder,
                                 const KeyProtection& protection,
                                 const std::map<std::string, Bytes>& secrets);
  // Errors: not_found, denied (wrong passphrase; mode of the file lets others read it), malformed,
  // unsupported (newer version), io, and what `passphrase` returns.
  static Result<KeyVault> open(const std::filesystem::path& folder,
                               const PassphraseProvider& passphrase);

  KeyVault(KeyVault&&) noexcept;
  KeyVault& operator=(KeyVault&&) noexcept;
  ~KeyVault();

  // A new random key. For many use a DataKeySource.
  DataKey new_data_key() const;
  // The key under the archive's key: AES-256-KW, RFC 3394, 40 octets.
  Bytes wrap(const DataKey& key) const;
  // Errors: denied (wrapped under another key, or altered).
  Result<DataKey> unwrap(ByteView wrapped) const;
  // 32 octets: the HMAC key that blinds what people could recognise in keys of the index.
  ByteView index_key() const;
  // A named secret given at create(); lives as long as the vault. Errors: not_found.
  Result<ByteView> get(const std::string& name) const;

 private:
  struct State;
  explicit KeyVault(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace perdura::archive
