// The files of a package, wherever they lie: in a zip or a folder.
//
// Hostile input is expected. Opening refuses names that are absolute or leave the package, hold a
// backslash or control characters, are not UTF-8, or are there twice (also when they differ only in
// the case of ASCII letters); links and special files; zips that are
// encrypted, overlap, or inflate beyond what deflate can. Reading stops at the size that is
// declared, and refuses a file whose local header says something else than the directory.
// Memory: of a zip whose directory is in order, as the archive writes it, less than 1 MiB however
// many files it has; else 32 octets a file.
//
// Thread safety: a source is immutable after opening; each reader belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

class Octets;

// Reads one file after the other.
class PackageReader {
 public:
  virtual ~PackageReader() = default;
  // The number of a file, from 0, as PackageSource has it; nothing when there is none of that name,
  // give or take the case of letters (open() is exact). Gives up the file that was open.
  virtual std::optional<std::uint32_t> number(std::string_view name) = 0;
  // Starts at the beginning of a file; the one before is given up. The size that read() will yield
  // in sum. Errors: not_found, malformed, io.
  virtual Result<std::uint64_t> open(std::string_view name) = 0;
  // The next octets, at most as many as fit; 0 at the end, when all checks were made. Errors:
  // malformed (damaged, or not as long as declared), io.
  virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
};

// The files of one package.
class PackageSource {
 public:
  using VisitName = std::function<void(std::uint32_t number, const std::string& name)>;

  virtual ~PackageSource() = default;
  // How many files there are.
  virtual std::uint32_t size() const = 0;
  // Every file once, in no promised order. Errors: io, malformed.
  virtual Result<Ok> for_each(const VisitName& visit) const = 0;
  // Errors: io, malformed.
  virtual Result<std::unique_ptr<PackageReader>> reader() const = 0;
  // What is wrong with a name for a package, though other containers may have such names; "" when
  // nothing is.
  virtual const std::string& odd_name() const = 0;
};

// A zip, or a folder. Errors: not_found, io, denied, malformed, too_large.
Result<std::unique_ptr<PackageSource>> open_package_source(const std::filesystem::path& path);
Result<std::unique_ptr<PackageSource>> open_zip_file(const std::filesystem::path& path);
Result<std::unique_ptr<PackageSource>> open_folder(const std::filesystem::path& path);
// A zip in memory, which must outlive the source.
Result<std::unique_ptr<PackageSource>> open_zip_in_memory(ByteView zip);
// A zip whose octets are anywhere; errors say `where`.
Result<std::unique_ptr<PackageSource>> open_zip(std::unique_ptr<Octets> octets,
                                                const std::string& where);

// The whole of a small file. Errors: those of reading, too_large.
Result<Bytes> read_whole(PackageReader& reader, std::string_view name, std::size_t size_max);

// What is wrong with the name of a file in any container; "" when nothing is.
std::string fault_of_name(std::string_view name);
// What is wrong with the safe name of a file in a package, whose names look alike to nobody and are
// one on no system.
std::string oddity_of_name(std::string_view name);

// `name` with its ASCII letters in lower case: two names alike in this are one on some systems.
std::string folded_name(std::string_view name);

// Where names are found again: hashes of them, sorted. A number is a position in here.
class NameIndex {
 public:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t position = 0;  // the source's own
    std::uint32_t ordinal = 0;   // the source's own
  };
  // Takes a name up; before finish().
  void add(std::string_view name, std::uint64_t position, std::uint32_t ordinal);
  // After the last add(). False when two names are alike but for the case of letters.
  bool finish();
  std::optional<std::uint32_t> find(std::string_view name) const;
  const Entry& operator[](std::uint32_t number) const { return entries_[number]; }
  std::size_t size() const { return entries_.size(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace perdura::verifier
