// Writes a package (verifier/formats/package.md): a BagIt bag as a zip or a folder.
//
// Files are streamed; nothing appears at the target path before finish() succeeded: the package is
// put together beside it under a temporary name, synced and renamed. If the process dies or the
// writer goes without finish(), only the temporary thing is left, and the destructor removes it.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/package.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

// As what a package is written.
enum class PackageForm { zip, folder };

// One package on its way: open(), files in any order, finish().
class PackageWriter {
 public:
  // Starts a package that will lie at `path`. Errors: conflict (something is there already), io.
  static verifier::Result<PackageWriter> open(const std::filesystem::path& path, PackageForm form,
                                              verifier::PackageHeader header);
  PackageWriter(PackageWriter&&) noexcept;
  PackageWriter& operator=(PackageWriter&&) noexcept;
  ~PackageWriter();

  // What finish() will write as data/package.json; may be changed until then (the number of
  // records, say).
  verifier::PackageHeader& header();

  // Starts a file; `name` is its path in the package ("data/records/..."), ASCII. Payload lies
  // under data/; a name outside of it (README.txt) is a tag file. The order is free. Errors: misuse
  // (the name is not fit, or the file before it was not ended), io.
  verifier::Result<verifier::Ok> begin_file(std::string_view name);
  // Appends to the file that was started. Errors: io.
  verifier::Result<verifier::Ok> write(verifier::ByteView bytes);
  // Ends it. Errors: io.
  verifier::Result<verifier::Ok> end_file();
  // A whole file at once. Errors: as above.
  verifier::Result<verifier::Ok> add(std::string_view name, verifier::ByteView bytes);

  // Writes package.json, the manifests, bagit.txt, bag-info.txt, README.txt and BY-HAND.txt
  // unless they were added, and what helps to verify; syncs everything and gives the package its
  // name. Errors: conflict (something came to lie there meanwhile, or a name was added twice), io.
  verifier::Result<verifier::Ok> finish();

 private:
  class State;
  explicit PackageWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace perdura::archive
