// Judges the evidence in an ASiC container (ETSI EN 319 162-1): evidence records and time-stamps,
// for the files that their manifests name.
//
// What is shown when the verdict is PASSED: each document in the container existed, as it is now,
// at the time that is told. Signatures are not judged, and the report says so; a document that no
// evidence is about keeps the container from passing.
#pragma once

#include <filesystem>
#include <string>

#include "verifier/package_source.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {

// Judges the container at `path`, a zip or a folder, as of options.at. Errors: those of opening it,
// too_large (more than 10,000 files, or 100 pieces of evidence). Thread safety: any thread.
Result<EvidenceReport> judge_asic(const std::filesystem::path& path, const JudgeOptions& options);

// The same for a container whose files are at hand already. `name`: as reports shall call it;
// `head`: the first octets of the zip, of which 38 are looked at; empty for a folder.
Result<EvidenceReport> judge_asic(const PackageSource& source, const std::string& name,
                                  ByteView head, const JudgeOptions& options);

}  // namespace perdura::verifier
