// DIR/perdura.json: what an archive is called, where its keys lie and which TSAs stamp for it.
// Holds no secret. Specified in formats/store.md.
//
// Thread safety: plain values and pure functions, but for reading and writing the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// A TSA and the hash of the trees that it stamps.
struct Track {
  std::string name;  // [a-z0-9-]+: names files in a package
  verifier::DigestAlgorithm algorithm = verifier::DigestAlgorithm::sha256;
  std::string url;      // empty: the local TSA
  std::string ca_file;  // PEM, relative to the archive's folder
};

struct Config {
  std::string origin;  // the archive's name: origin of its checkpoints, and in every statement
  std::string keys;    // folder of the keys, relative to the archive's folder or absolute
  std::vector<Track> tracks;
  unsigned quorum = 1;  // a batch is sealed when this many tracks have stamped it
};

// Errors: not_found (no archive there), malformed, unsupported (made by a newer version), io.
verifier::Result<Config> read_config(const std::filesystem::path& archive);

// Writes the file in one atomic, synced step. Errors: conflict (there is one already), io.
verifier::Result<verifier::Ok> create_config(const std::filesystem::path& archive,
                                             const Config& config);

}  // namespace perdura::archive
