// DIR/perdura.json: what an archive is called, where its keys lie and which TSAs stamp for it.
// Holds no secret. Specified in formats/config.md.
//
// Thread safety: plain values and pure functions, but for reading and writing the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// Of an archive, retired ones too.
inline constexpr std::size_t tracks_max = 64;
// Octets of a track's file of CAs.
inline constexpr std::uint64_t ca_size_max = 1u << 20;

// Whether a track's TSA is still asked for time-stamps.
enum class TrackState {
  active,   // it stamps every batch and renews what it stamped
  retired,  // it is asked for nothing; what it stamped is kept, and renewed by its successor
};

// A TSA and the hash of the trees that it stamps.
struct Track {
  std::string name;  // [a-z0-9-]+: names files in a package
  verifier::DigestAlgorithm algorithm = verifier::DigestAlgorithm::sha256;
  std::string url;      // empty: a local TSA
  std::string ca_file;  // PEM, relative to the archive's folder
  // Of a local TSA: its folder, relative to the archive's folder.
  std::string folder = "tsa";
  TrackState state = TrackState::active;
  // Of a retired track: the name of the track whose TSA renews its evidence; empty: any active one.
  std::string successor = {};
  // When it was retired: what it stamped before is due for another authority's stamp.
  std::optional<verifier::Time> retired = {};
  // The TSA policy to ask for, dotted ("1.2.3"); empty: any.
  std::string policy = {};
  // File of mode 0600 whose first line is how to authenticate to the TSA: "user:password" or
  // "Bearer TOKEN"; relative to the archive's folder. Empty: not at all.
  std::string credentials_file = {};

  bool local() const { return url.empty(); }
  bool active() const { return state == TrackState::active; }
};

// What `init` set; nothing secret.
struct Config {
  std::string origin;  // the archive's name: origin of its checkpoints, and in every statement
  std::string keys;    // folder of the keys, relative to the archive's folder or absolute
  std::vector<Track> tracks;
  unsigned quorum = 1;  // a batch is sealed when this many tracks have stamped it
  // Whether statements fix each document's SHA3-256 too, beside SHA-256 and SHA-512.
  bool sha3_256 = false;
  // Verifier key of the journal's checkpoints: shows keys of another archive. Empty: not known, as
  // in archives made before it was noted.
  std::string log_key = {};

  // The track of that name; null when there is none.
  const Track* track(std::string_view name) const;
};

// Whether a track may be called so: 1 to 32 of a-z, 0-9 and '-'.
bool fit_for_track_name(std::string_view name);

// Errors: not_found (no archive there), malformed, unsupported (made by a newer version), io.
verifier::Result<Config> read_config(const std::filesystem::path& archive);

// Writes the file in one atomic, synced step. Errors: conflict (there is one already), io.
verifier::Result<verifier::Ok> create_config(const std::filesystem::path& archive,
                                             const Config& config);

// Whether the settings make sense by themselves. Errors: misuse, which names the archive.
verifier::Result<verifier::Ok> check_config(const Config& config,
                                            const std::filesystem::path& archive);

// Puts other settings in the place of those that are there, in one atomic, synced step: whoever
// reads sees the old ones or the new ones. Errors: misuse (settings that make no sense), io.
verifier::Result<verifier::Ok> update_config(const std::filesystem::path& archive,
                                             const Config& config);

}  // namespace perdura::archive
