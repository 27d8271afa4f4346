// Export for other people's validators: each record as an ASiC-E container (ETSI EN 319 162-1).
//
// A container holds the record's documents and statement as data objects and, for each track, its
// evidence record with the manifest that lists them. The journal is not in it: that the record is
// one of the archive's, in its place, is for a package to show. verifier/formats/asic.md.
#pragma once

#include <filesystem>

#include "archive/export.hpp"

namespace perdura::archive {

// Writes to `path` whole or not at all: one container when it ends in ".asice", for exactly one
// record; otherwise a folder of containers, named by the records. Of `options`, `form`,
// `selection_json` and `exported_by` mean nothing here, and `include_unsealed` is refused. Errors:
// misuse, not_found, conflict (`path` exists, or a record is not sealed), malformed, io.
Result<ExportResult> export_asic(const Archive& archive, const std::filesystem::path& path,
                                 const ExportOptions& options);

}  // namespace perdura::archive
