// The directory of a zip: its entries in order, and an entry found by its name.
//
// A directory in ascending order of folded names, as the archive writes it, is searched where it
// lies: 4,096 marks at most lead to the right part of it. Of any other an index is made, of 24
// octets a file. Thread safety: a directory is immutable; a cursor belongs to one thread.
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

// An entry of the directory.
struct DirectoryEntry {
  unz_file_info64 info{};
  std::string name;    // cut off when it is too long
  bool zip64 = false;  // its sizes are in the extra field, which minizip does not look for
};

// Places in an ascending list of names, never more than a bound: when there are too many, every
// second one goes.
class NameMarks {
 public:
  struct Mark {
    std::string name;
    unz64_file_pos place{};
  };
  // False, and nothing done, when `name` is not greater than the one before.
  bool add(const std::string& name, const unz64_file_pos& place);
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
// before or behind what the zip's end counts.
class ZipDirectory {
 public:
  using Visit = std::function<Result<Ok>(std::uint32_t number, const DirectoryEntry& entry)>;

  // `octets` must outlive it. Errors: malformed, too_large.
  static Result<ZipDirectory> read(const Octets& octets, std::string where);
  std::uint32_t size() const { return files_; }
  // Every file with its number, from 0. Errors: malformed, and those of `visit`.
  Result<Ok> for_each(const Visit& visit) const;

 private:
  friend class ZipCursor;
  ZipDirectory(const Octets& octets, std::string where)
      : octets_(&octets), where_(std::move(where)) {}
  template <typename VisitPlace>
  Result<Ok> walk(unzFile zip, const VisitPlace& visit) const;
  Result<Ok> check();
  Result<Ok> check_frame(std::uint64_t behind) const;
  Result<Ok> build_index();

  const Octets* octets_;
  std::string where_;
  std::uint32_t files_ = 0;
  bool in_order_ = true;  // and without folders: an entry's ordinal is its number
  NameMarks marks_;
  NameIndex index_;  // when it is not in order
};

// A place in the directory.
class ZipCursor {
 public:
  // Both must outlive it. Errors: malformed.
  static Result<ZipCursor> open(const Octets& octets, const ZipDirectory& directory);

  // Goes to the file of that name, give or take the case of letters; its number. Fast for names
  // that come about in order.
  std::optional<std::uint32_t> go_to(std::string_view name);
  const DirectoryEntry& entry() const { return entry_; }
  unzFile zip() const { return zip_.get(); }

 private:
  ZipCursor(const ZipDirectory& directory, Zip zip)
      : directory_(&directory), zip_(std::move(zip)) {}
  static constexpr std::size_t recent_max = 256;
  std::optional<std::uint32_t> search(const std::string& folded);
  bool place(const unz64_file_pos& at);
  bool remember();

  const ZipDirectory* directory_;
  Zip zip_;
  DirectoryEntry entry_;                 // where it stands
  std::vector<NameMarks::Mark> recent_;  // the entries that it went through last, none left out
};

}  // namespace perdura::verifier
