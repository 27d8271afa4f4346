// The directory of a zip (APPNOTE.TXT 4.3.12 to 4.3.16, 4.5.3): its entries in order, and an entry
// found by its name.
//
// A directory in ascending order of folded names, as the archive writes it, is searched where it
// lies: 4,096 marks at most lead to the right part of it. Of any other an index is made, of 32
// octets a file. Thread safety: a directory is immutable; a reader and a cursor belong to one
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/package_source.hpp"
#include "verifier/package_zip_octets.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// How the octets of a file are kept (APPNOTE 4.4.5).
inline constexpr unsigned method_stored = 0;
inline constexpr unsigned method_deflated = 8;

// Where an entry stands in the directory.
struct DirectoryPlace {
  std::uint64_t offset = 0;  // in the zip
  std::uint32_t ordinal = 0;
};

// An entry of the directory, with the sizes and the offset that zip64 has for it.
struct DirectoryEntry {
  DirectoryPlace place;
  DirectoryPlace next;  // right behind it
  std::string name;
  unsigned flags = 0;
  unsigned method = 0;
  unsigned mode = 0;  // as Unix has it; 0 when it was written elsewhere
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_offset = 0;
  bool renamed = false;  // an extra field has another name for it
};

// Reads entries one after the other through a window.
class DirectoryReader {
 public:
  // `octets` must outlive it. No entry reaches beyond `end`.
  DirectoryReader(const Octets& octets, std::uint64_t end) : octets_(&octets), end_(end) {}
  // Nothing when there is no entry there.
  std::optional<DirectoryEntry> at(DirectoryPlace place);

 private:
  ByteView take(std::uint64_t offset, std::size_t size);

  const Octets* octets_;
  std::uint64_t end_;
  Bytes window_;
  std::uint64_t window_at_ = 0;
};

// Places in an ascending list of names, never more than a bound: when there are too many, every
// second one goes.
class NameMarks {
 public:
  struct Mark {
    std::string name;
    DirectoryPlace place;
  };
  // False, and nothing done, when `name` is not greater than the one before.
  bool add(const std::string& name, DirectoryPlace place);
  // The last mark at or before `name`; the first one when there is none.
  const Mark& at_or_before(const std::string& name) const;

 private:
  static constexpr std::size_t marks_max = 4096;
  std::vector<Mark> marks_;
  std::string last_;
  std::uint64_t count_ = 0;
  std::uint64_t stride_ = 1;
};

// Checked when it is read: names that are safe and not alike, files that do not overlap, nothing
// before or behind what the zip's end counts. What is between the files is checked as each is
// opened.
class ZipDirectory {
 public:
  using Visit = std::function<Result<Ok>(std::uint32_t number, const DirectoryEntry& entry)>;

  // `octets` must outlive it. Errors: malformed, too_large.
  static Result<ZipDirectory> read(const Octets& octets, std::string where);
  std::uint32_t size() const { return files_; }
  const std::string& odd_name() const { return odd_name_; }
  // Every file with its number, from 0. Errors: malformed, and those of `visit`.
  Result<Ok> for_each(const Visit& visit) const;

 private:
  friend class ZipCursor;
  // Where the directory lies, by the end of the zip.
  struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t entries = 0;
    // One past its last octet.
    std::uint64_t end() const { return offset + size; }
  };

  ZipDirectory(const Octets& octets, std::string where)
      : octets_(&octets), where_(std::move(where)) {}
  Result<Extent> find() const;
  Result<std::optional<Extent>> find_zip64(std::uint64_t end) const;
  Result<Ok> walk(const std::function<Result<Ok>(const DirectoryEntry&)>& visit) const;
  Result<Ok> check();
  Result<Ok> build_index();
  Result<Ok> find_starts();
  // Where the file or directory begins that is the first behind `offset`, by starts_.
  std::uint64_t start_behind(std::uint64_t offset) const;
  Error malformed(std::string what) const;

  const Octets* octets_;
  std::string where_;
  Extent extent_;
  std::uint32_t files_ = 0;
  std::string odd_name_;     // the first oddity of a name
  bool in_order_ = true;     // and without folders: an entry's ordinal is its number
  bool in_sequence_ = true;  // the files lie as their entries do
  NameMarks marks_;
  NameIndex index_;  // when it is not in order
  // Where the files begin, ascending; when they are not in sequence, or there are folders.
  std::vector<std::uint64_t> starts_;
};

// A place in the directory.
class ZipCursor {
 public:
  // Both must outlive it.
  ZipCursor(const Octets& octets, const ZipDirectory& directory)
      : directory_(&directory), reader_(octets, directory.extent_.end()) {}

  // Goes to the file of that name, give or take the case of letters; its number. Fast for names
  // that come about in order.
  std::optional<std::uint32_t> go_to(std::string_view name);
  const DirectoryEntry& entry() const { return entry_; }
  // Where what lies behind that file begins: the next one, or the directory.
  std::uint64_t start_of_next();

 private:
  static constexpr std::size_t recent_max = 256;
  std::optional<std::uint32_t> search(const std::string& folded);
  bool place(DirectoryPlace at);
  bool remember(DirectoryPlace at);

  const ZipDirectory* directory_;
  DirectoryReader reader_;
  DirectoryEntry entry_;                 // where it stands
  std::vector<NameMarks::Mark> recent_;  // the entries that it went through last, none left out
};

}  // namespace perdura::verifier
