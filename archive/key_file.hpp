// The octets of the file that holds an archive's keys: formats/keys.md.
//
// Thread safety: pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "archive/key_vault.hpp"

namespace perdura::archive {

// What the file holds, by name. Overwrite the values before dropping them: cleanse().
using NamedSecrets = std::map<std::string, Bytes>;

// Overwrites every value.
void cleanse(NamedSecrets& secrets);

// The file, sealed under the passphrase when there is one. Errors: misuse (a name, a length, the
// cost), io (memory for scrypt).
Result<Bytes> write_key_file(const NamedSecrets& secrets, const KeyProtection& protection);

// What a file holds; `passphrase` is asked when it is sealed. `where` goes into errors.
// Errors: malformed, unsupported (newer version), denied (wrong passphrase), io, and what
// `passphrase` returns.
Result<NamedSecrets> read_key_file(ByteView file, const PassphraseProvider& passphrase,
                                   std::string_view where);

}  // namespace perdura::archive
