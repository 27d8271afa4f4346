// ASiC containers (ETSI EN 319 162-1): which of their files are evidence, and what it is about.
//
// A container is a zip whose folder META-INF holds evidence: evidence records and time-stamps, each
// named by a manifest that lists files with their digests; in the simple kind (ASiC-S) without a
// manifest for the one document that there is. Parsing judges nothing.
// Thread safety: plain values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/package_source.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

inline constexpr std::string_view asic_namespace = "http://uri.etsi.org/02918/v1.2.1#";
inline constexpr std::string_view asic_e_type = "application/vnd.etsi.asic-e+zip";
inline constexpr std::string_view asic_s_type = "application/vnd.etsi.asic-s+zip";

// Octets of a manifest.
inline constexpr std::size_t asic_manifest_size_max = std::size_t{8} << 20;

// One DataObjectReference.
struct AsicReference {
  std::string name;                          // of the file: the URI, decoded
  std::optional<DigestAlgorithm> algorithm;  // nothing when unknown
  std::string algorithm_uri;
  Bytes digest;
};

// ASiCManifest, ASiCArchiveManifest and ASiCEvidenceRecordManifest, which have one form.
struct AsicManifest {
  std::string name;      // of its own file
  std::string evidence;  // of the file that SigReference names
  std::vector<AsicReference> references;
};

// What the name of a file in a container says that it is.
enum class AsicPart {
  document,
  mimetype,
  evidence_record,           // META-INF/*evidencerecord*.ers or .xml
  time_stamp,                // META-INF/*timestamp*.tst
  evidence_record_manifest,  // META-INF/ASiCEvidenceRecordManifest*.xml
  manifest,                  // META-INF/ASiCManifest*.xml, ASiCArchiveManifest*.xml
  signature,                 // META-INF/*signature*
  other,                     // anything else in META-INF
};
// By the whole path in the container.
AsicPart asic_part(std::string_view name);

// Whether the files are those of a container with evidence or signatures, going by their names.
bool is_asic(const PackageSource& source);

// Reads a manifest. Errors: malformed, unsupported (a critical extension), too_large.
Result<AsicManifest> parse_asic_manifest(ByteView xml, std::string name);

}  // namespace perdura::verifier
