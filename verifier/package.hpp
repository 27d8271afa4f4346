// What package.json says, and how the files of a package are named. formats/package.md.
//
// Nothing here is trusted by a verifier: package.json is signed by nobody. It tells people what
// they hold, and the verifier how to call things. Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// Octets of files that are read whole.
inline constexpr std::size_t package_header_size_max = 1u << 20;
inline constexpr std::size_t consistency_size_max = 1u << 20;
inline constexpr std::size_t evidence_size_max = 16u << 20;  // of one evidence record

// A track of evidence: one TSA and one hash function of the tree.
struct PackageTrack {
  std::string name;    // as in "<name>.ers": 1 to 64 of [a-z0-9-], not starting with '-'
  std::string digest;  // "sha256"
  bool self_asserted = false;
  std::string tsa;  // whom people shall see: the subject of the TSA's certificate
};

// data/package.json
struct PackageHeader {
  std::string archive;  // the archive's name: the origin of its journal
  std::string log_key;  // the journal's public key (vkey)
  Time exported_at;
  std::string exported_by;
  std::uint64_t records = 0;
  std::vector<PackageTrack> tracks;
  std::string selection = "{}";  // what was asked for: one JSON object; put into canonical form
};

// The canonical JSON. `selection` must be a JSON object.
std::string write_package_header(const PackageHeader& header);
// Errors: malformed, unsupported (another version), too_large (1 MiB).
Result<PackageHeader> parse_package_header(std::string_view json);

// data/journal/batch-<b>/consistency.json
struct ConsistencyProof {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<Digest> proof;
};
// The canonical JSON.
std::string write_consistency(const ConsistencyProof& proof);
// Errors: malformed, too_large.
Result<ConsistencyProof> parse_consistency(std::string_view json);

// The names of a package's files, so that writer and verifier spell them alike.
namespace package_name {
inline constexpr std::string_view header = "data/package.json";
inline constexpr std::string_view journal = "data/journal/";
inline constexpr std::string_view newest_checkpoint = "data/journal/checkpoint";
inline constexpr std::string_view left_out = "data/left-out.txt";
inline constexpr std::string_view records = "data/records/";
inline constexpr std::string_view trust = "data/trust/";
inline constexpr std::string_view statement = "statement.json";
inline constexpr std::string_view receipt = "receipt.json";
inline constexpr std::string_view journal_proof = "journal-proof.tlog-proof";
// "data/journal/batch-7/"
std::string batch_folder(std::uint64_t batch);
// "data/records/<id>/"
std::string record_folder(std::string_view record);
// "documents/001-scan.pdf": position from 1, and the name with anything outside [A-Za-z0-9._-] made
// '_', at most 100 octets of it.
std::string document(std::size_t position, std::string_view name);
}  // namespace package_name

}  // namespace perdura::verifier
