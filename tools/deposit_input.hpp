// From files, folders, standard input and a manifest to the records of a deposit.
//
// Thread safety: one thread; the sources that it hands out are read by others.
#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/deposit.hpp"

namespace perdura::tools {

// A document that is read from a file when its turn comes, under the file's name.
archive::DocumentInput file_document(const std::filesystem::path& path);
// A document that is read from standard input.
archive::DocumentInput stdin_document(std::string name);

// Visits every file at `path`: itself, or all below a folder, in order of names. Symbolic links to
// files are followed, those to folders are not. What can't be listed goes to `failed`, and so do
// the folders `own`, the archive and its keys, which are not gone into.
void for_each_file(const std::filesystem::path& path, std::span<const std::filesystem::path> own,
                   const std::function<void(const std::filesystem::path&)>& visit,
                   const std::function<void(verifier::Error)>& failed);

// The lines of a manifest that say something, one by one, in bounded memory. A byte order mark
// before the first is passed over.
class ManifestLines {
 public:
  explicit ManifestLines(std::istream& in);

  // The next line, which lives until the next call; nothing at the end, or where reading fails.
  // Errors: too_large (what is left of the line is passed over).
  std::optional<verifier::Result<std::string_view>> next();
  // Of the line that next() returned, from 1.
  std::uint64_t number() const { return number_; }

 private:
  std::istream& in_;
  std::vector<char> buffer_;
  std::uint64_t number_ = 0;
};

// One line of a manifest, read into a record. Paths are relative to `folder`. `defaults` holds what
// the line does not say. Members: path or paths (required), patient (text, or {"id","issuer"}),
// type, author, eventTime, sourceSystem, mediaType, language, retention, sensitivity, related
// ([{"relation","record"}]), idempotencyKey. Errors: malformed, naming the member.
verifier::Result<archive::RecordInput> manifest_record(std::string_view line,
                                                       const std::filesystem::path& folder,
                                                       const archive::RecordInput& defaults);

}  // namespace perdura::tools
