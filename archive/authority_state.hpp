// The small file that says which keys and certificates of a local TSA's folder are in use:
// authority.json, replaced whole at each change. Specified in formats/local_tsa.md.
//
// Thread safety: plain values; one change of a folder at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// Why and since when a certificate is revoked.
struct Revocation {
  int reason = 0;                            // of RFC 5280 section 5.3.1
  verifier::Time when;                       // since when it counts
  std::optional<verifier::Time> invalidity;  // since when the key is suspected, if earlier
};

// Names of files in the folder, in the order in which they were made: the last CA and the last TSA
// are in use.
struct AuthorityState {
  // A CA. Its key is kept for as long as its status lists may be asked for.
  struct Ca {
    std::string certificate;
    std::string key;
    verifier::DigestAlgorithm digest = verifier::DigestAlgorithm::sha512;  // of its signatures
  };
  // A TSA. All but the last have no key any more.
  struct Tsa {
    std::string certificate;
    std::string key;
    std::size_t ca = 0;  // by which CA, from 0
    std::optional<Revocation> revocation;
  };
  unsigned ca_years = 25;
  unsigned tsa_years = 10;
  std::vector<Ca> cas;
  std::vector<Tsa> tsas;
};

// The state of the folder; of one of version 1, which has no such file, that of its four files.
// Errors: not_found, malformed, unsupported (a newer version), io.
verifier::Result<AuthorityState> read_authority_state(const std::filesystem::path& dir);

// Puts the state in place in one atomic, synced step. Errors: io.
verifier::Result<verifier::Ok> write_authority_state(const std::filesystem::path& dir,
                                                     const AuthorityState& state);

}  // namespace perdura::archive
