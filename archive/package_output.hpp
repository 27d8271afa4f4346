// Where a package's files go: into a zip or a folder, under a temporary name until publish().
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// One file after the other. Two implementations: zip (stored or deflated, zip64 where needed; files
// dated `dated`) and folder.
class PackageOutput {
 public:
  // The destructor removes whatever was not published.
  virtual ~PackageOutput() = default;

  // Starts a file. Errors: conflict (it is there already), io.
  virtual verifier::Result<verifier::Ok> begin(std::string_view name) = 0;
  // Errors: io.
  virtual verifier::Result<verifier::Ok> write(verifier::ByteView bytes) = 0;
  virtual verifier::Result<verifier::Ok> end() = 0;
  // A whole file at once: faster for many small ones. Errors: as above, now or later.
  virtual verifier::Result<verifier::Ok> add(std::string_view name, verifier::ByteView whole);
  // Syncs everything and gives it its name. If the process dies before the last step, nothing lies
  // at that name. Errors: conflict (something lies there), io.
  virtual verifier::Result<verifier::Ok> publish() = 0;
};

// Errors: io.
verifier::Result<std::unique_ptr<PackageOutput>> open_zip_output(const std::filesystem::path& path,
                                                                 verifier::Time dated);
verifier::Result<std::unique_ptr<PackageOutput>> open_folder_output(
    const std::filesystem::path& path);

}  // namespace perdura::archive
