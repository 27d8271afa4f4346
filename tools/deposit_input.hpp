// From files, folders, standard input and a manifest to the records of a deposit.
//
// Thread safety: one thread; the sources that it hands out are read by others.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "archive/deposit.hpp"

namespace perdura::tools {

// A document that is read from a file when its turn comes, under the file's name.
archive::DocumentInput file_document(const std::filesystem::path& path);
// A document that is read from standard input.
archive::DocumentInput stdin_document(std::string name);

// Visits every file at `path`: itself, or all below a folder, in order of names. Symbolic links to
// files are followed, those to folders are not. What can't be listed goes to `failed`.
void for_each_file(const std::filesystem::path& path,
                   const std::function<void(const std::filesystem::path&)>& visit,
                   const std::function<void(verifier::Error)>& failed);

// One line of a manifest, read into a record. Paths are relative to `folder`. `defaults` holds what
// the line does not say. Members: path or paths (required), patient (text, or {"id","issuer"}),
// type, author, eventTime, sourceSystem, mediaType, language, retention, sensitivity, related
// ([{"relation","record"}]), idempotencyKey. Errors: malformed, naming the member.
verifier::Result<archive::RecordInput> manifest_record(std::string_view line,
                                                       const std::filesystem::path& folder,
                                                       const archive::RecordInput& defaults);

}  // namespace perdura::tools
