// Writes a zip (APPNOTE.TXT 6.3): files stored or deflated, zip64 where needed, in flat memory.
//
// Files that are given whole are deflated by workers, many in one go, and written in the order in
// which they were given; others are streamed. The directory is in ascending order of names with
// ASCII letters in lower case, so that a reader needs no index of its own; it is put in order in
// files without a name. A file "mimetype" that was given first comes first in it too: containers
// begin with it. Nothing is synced before finish().
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// One zip on its way: files in any order, finish(). An error is the last thing it does.
class ZipWriter {
 public:
  static constexpr std::size_t whole_size_max = 1u << 20;

  // Makes a new file at `path`; every file in the zip is dated `dated`. Errors: conflict, io.
  static verifier::Result<ZipWriter> create(const std::filesystem::path& path,
                                            verifier::Time dated);
  ZipWriter(ZipWriter&&) noexcept;
  ZipWriter& operator=(ZipWriter&&) noexcept;
  ~ZipWriter();

  // A whole file of at most whole_size_max octets. `name` is ASCII. Errors: io, now or later.
  verifier::Result<verifier::Ok> add(std::string_view name, verifier::ByteView whole);
  // A file of any size, in parts. Errors: io.
  verifier::Result<verifier::Ok> begin(std::string_view name);
  verifier::Result<verifier::Ok> write(verifier::ByteView part);
  verifier::Result<verifier::Ok> end();
  // Writes the directory and syncs everything. Errors: io.
  verifier::Result<verifier::Ok> finish();

 private:
  class State;
  explicit ZipWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace perdura::archive
