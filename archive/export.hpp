// ★ Export: the package for a case. What it holds and how to check it: verifier/FORMAT.md.
//
// Streams: memory does not grow with the number or length of the records.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/package_writer.hpp"
#include "archive/records.hpp"

namespace perdura::archive {

// The program that judges a package, to be put into it under verify/ with its source.
struct VerifierFiles {
  std::filesystem::path program;
  std::filesystem::path source;  // a tar
};

// What goes into a package, and how.
struct ExportOptions {
  std::vector<std::uint64_t> records;  // deposits to export; empty: those that `selection` means
  Selection selection;
  std::string exported_by;            // who exports, as authenticated
  std::string selection_json = "{}";  // what was asked for, as a JSON object for the package
  PackageForm form = PackageForm::zip;
  bool include_unsealed = false;  // records without evidence are refused otherwise
  // Records that do not read back are left out, and the package says so; else nothing is exported
  // when there is one.
  bool leave_out_damaged = false;
  std::optional<VerifierFiles> verifier;
  std::function<void(std::uint64_t records)> progress;  // may be null
  // Told of each record that does not read back, and why. May be null.
  std::function<void(const std::string& record, const Error& why)> damaged;
  // Asked before each record and each part of a long document; true ends it. May be null.
  std::function<bool()> given_up;
};

// Whether the export is to go on. Errors: busy (it was given up).
Result<Ok> go_on(const ExportOptions& options);

// What went into a package.
struct ExportResult {
  std::uint64_t records = 0;
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;     // of documents
  std::uint64_t unsealed = 0;  // of the records, without evidence
  std::uint64_t left_out = 0;  // beside these, since they are damaged
};

// Visits the records that `options` name or select, in order of deposit, each once. Errors: those
// of reading, and of `visit`.
Result<Ok> for_each_selected(const Archive& archive, const ExportOptions& options,
                             const RecordVisitor& visit);

// Writes a package to `path`, whole or not at all. Errors: busy (given up), not_found (nothing to
// export), conflict
// (`path` exists; or a record is not sealed and include_unsealed is off), malformed (records
// do not read back, each of which `damaged` was told), io (also of the verifier's files).
Result<ExportResult> export_package(const Archive& archive, const std::filesystem::path& path,
                                    const ExportOptions& options);

}  // namespace perdura::archive
