// The files of one ASiC container at hand: what each is, its digests, and what evidence says of it.
//
// Thread safety: one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verifier/asic.hpp"
#include "verifier/evidence.hpp"
#include "verifier/package_source.hpp"
#include "verifier/verify_record.hpp"

namespace perdura::verifier {

// A file of a container.
struct AsicFile {
  AsicPart part = AsicPart::other;
  bool covered = false;       // evidence that held is about it
  std::optional<Time> since;  // the earliest time of such evidence
};

// Every file, by its name. Each is read once, however much evidence is about it: first everything
// that will be asked for is announced, then digests are asked for.
class AsicFiles {
 public:
  // Errors: those of reading, too_large (more than 10,000 files).
  static Result<AsicFiles> open(const PackageSource& source);

  // By their names; to be marked.
  std::map<std::string, AsicFile>& all() { return files_; }
  // By the exact name.
  bool has(const std::string& name) const { return files_.contains(name); }
  // Names of the files of one kind, in order.
  std::vector<std::string> of(AsicPart part) const;
  // The whole of a small file. Errors: those of reading, too_large.
  Result<Bytes> read(const std::string& name, std::size_t size_max);

  // A file will be asked for, hashed so.
  void announce(const std::string& name, const HashingPlan& plan);
  // The file as a document for evidence, hashed as was announced. Errors: those of reading.
  Result<DataObject> object(const std::string& name);

  // Evidence that held is about the file.
  void cover(const std::string& name, std::optional<Time> since);

 private:
  explicit AsicFiles(std::unique_ptr<PackageReader> reader) : hasher_(std::move(reader)) {}

  FileHasher hasher_;
  std::map<std::string, AsicFile> files_;
  std::map<std::string, HashingPlan> plans_;
  std::map<std::string, Result<DataObject>> objects_;
};

}  // namespace perdura::verifier
