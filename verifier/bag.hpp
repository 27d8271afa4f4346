// A package seen as a BagIt bag (RFC 8493): its manifest, read in order and in flat memory.
//
// Thread safety: one thread, but for the plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/package_source.hpp"
#include "verifier/result.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// One line of a manifest.
struct ManifestEntry {
  std::string name;
  Digest sha256;
};

// The files of one folder: a record, a batch of the journal, or a single file of neither.
struct FileGroup {
  std::string folder;  // "data/records/<id>/", "data/journal/batch-<b>/"; "" for a single file
  std::vector<ManifestEntry> files;
  bool too_many = false;  // more than files_max; the rest was left out
  static constexpr std::size_t files_max = 20'000;
};

// The folder by which a payload file is judged, as in FileGroup; "" when it stands alone.
std::string_view group_folder(std::string_view name);

// Files that no line of a manifest names, by group_folder().
using UnlistedFiles = std::map<std::string, std::vector<std::string>, std::less<>>;

// What lies outside of data/, as judge_tag_files() found it.
struct TagFiles {
  std::vector<Finding> findings;
  std::string payload_oxum;  // what bag-info.txt says: "octets.files"; "" when it says nothing
  // By file number, those that tagmanifest-sha256.txt names, and itself; nothing when it can't be
  // read.
  std::optional<std::vector<bool>> listed;
};

// Judges bagit.txt, bag-info.txt and the files outside of data/ against tagmanifest-sha256.txt.
TagFiles judge_tag_files(const PackageSource& source);

// manifest-sha256.txt. Lines in ascending order of names, as the archive writes them, are read one
// at a time; others are put in order in memory, within a bound.
class BagManifest {
 public:
  // Reads the manifest once to see how it is ordered and which files neither it nor the tag
  // manifest names. What is wrong with its lines is a finding. Errors: not_found (no manifest),
  // those of reading, too_large.
  static Result<BagManifest> open(const PackageSource& source, const TagFiles& tags);

  // Every group, in ascending order of names. Errors: those of reading, and of `visit`.
  Result<Ok> for_each_group(const std::function<Result<Ok>(FileGroup)>& visit) const;

  const std::vector<Finding>& findings() const { return findings_; }
  const UnlistedFiles& unlisted() const { return unlisted_; }
  std::uint64_t unlisted_count() const { return unlisted_count_; }
  std::uint64_t files() const { return files_; }

 private:
  explicit BagManifest(const PackageSource& source) : source_(&source) {}
  Result<Ok> scan(const TagFiles& tags);
  Result<Ok> load();
  Result<Ok> find_unlisted(const std::vector<bool>& listed, const TagFiles& tags);
  void add(Finding finding);

  const PackageSource* source_;
  std::vector<Finding> findings_;
  UnlistedFiles unlisted_;
  std::uint64_t unlisted_count_ = 0;
  std::uint64_t files_ = 0;
  bool ascending_ = true;
  std::vector<ManifestEntry> sorted_;  // only when the manifest is not ascending
};

}  // namespace perdura::verifier
