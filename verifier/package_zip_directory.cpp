#include "verifier/package_zip_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

namespace perdura::verifier {
namespace {

constexpr std::size_t local_header_size = 30;
constexpr std::size_t directory_header_size = 46;
constexpr std::uint64_t deflate_ratio_max = 1032;  // what zlib's format can reach
constexpr unsigned flag_encrypted = 1;
constexpr unsigned method_stored = 0;
constexpr unsigned method_deflated = 8;
constexpr std::size_t name_buffer_size = 1025;
constexpr std::array<std::uint8_t, 4> local_signature{'P', 'K', 3, 4};
constexpr std::array<std::uint8_t, 4> end_signature{'P', 'K', 5, 6};
constexpr std::array<std::uint8_t, 4> end64_signature{'P', 'K', 6, 6};

std::uint64_t little_endian(ByteView octets) {
  std::uint64_t value = 0;
  for (std::size_t i = octets.size(); i-- > 0;) value = value << 8 | octets[i];
  return value;
}

// APPNOTE 4.5.3: of sizes that do not fit, or are written so all the same, the extra field with
// identifier 1 has the values, in this order.
void read_zip64_sizes(unzFile zip, DirectoryEntry& entry) {
  constexpr std::uint64_t elsewhere = 0xFFFFFFFF;
  unz_file_info64& info = entry.info;
  if (info.uncompressed_size != elsewhere && info.compressed_size != elsewhere) return;
  Bytes extra(info.size_file_extra);
  if (unzGetCurrentFileInfo64(zip, nullptr, nullptr, 0, extra.data(), extra.size(), nullptr, 0) !=
      UNZ_OK) {
    return;
  }
  ByteView rest = extra;
  while (rest.size() >= 4) {
    const std::uint64_t id = little_endian(rest.first(2));
    const std::size_t size = little_endian(rest.subspan(2, 2));
    if (size > rest.size() - 4) return;
    ByteView values = rest.subspan(4, size);
    rest = rest.subspan(4 + size);
    if (id != 1) continue;
    for (ZPOS64_T* field : {&info.uncompressed_size, &info.compressed_size}) {
      if (*field != elsewhere || values.size() < 8) continue;
      *field = little_endian(values.first(8));
      values = values.subspan(8);
      entry.zip64 = true;
    }
  }
}

std::optional<DirectoryEntry> directory_entry(unzFile zip) {
  DirectoryEntry entry;
  std::array<char, name_buffer_size> name{};
  if (unzGetCurrentFileInfo64(zip, &entry.info, name.data(), name.size(), nullptr, 0, nullptr, 0) !=
      UNZ_OK) {
    return std::nullopt;
  }
  read_zip64_sizes(zip, entry);
  entry.name.assign(name.data(), std::min<std::size_t>(entry.info.size_filename, name.size()));
  return entry;
}

// What is wrong with an entry of the directory; "" when nothing is.
std::string fault_of_entry(const DirectoryEntry& entry) {
  if (std::string fault = fault_of_name(entry.name); !fault.empty()) return fault;
  const unz_file_info64& info = entry.info;
  if ((info.flag & flag_encrypted) != 0) return "a file is encrypted: " + entry.name;
  const unsigned kind = (static_cast<unsigned>(info.external_fa) >> 16) & S_IFMT;
  if (kind != 0 && kind != S_IFREG) return "holds a link or device: " + entry.name;
  if (info.compression_method == method_stored) {
    return info.compressed_size == info.uncompressed_size
               ? ""
               : "a stored file has two sizes: " + entry.name;
  }
  if (info.compression_method != method_deflated) {
    return "a file is compressed in a way other than deflate: " + entry.name;
  }
  return info.uncompressed_size / deflate_ratio_max > info.compressed_size
             ? "a file claims to inflate to more than deflate can: " + entry.name
             : "";
}

// Some programs store folders too.
bool is_folder(const DirectoryEntry& entry) {
  return entry.name.ends_with('/') && entry.info.uncompressed_size == 0;
}

Error malformed(std::string what, std::string where) {
  return {Errc::malformed, std::move(what), std::move(where), ""};
}

}  // namespace

bool NameMarks::add(const std::string& name, const unz64_file_pos& place) {
  if (count_ > 0 && name <= last_) return false;
  if (count_++ % stride_ == 0) {
    if (marks_.size() == marks_max) {
      for (std::size_t i = 0; i < marks_max / 2; ++i) marks_[i] = std::move(marks_[2 * i]);
      marks_.resize(marks_max / 2);
      stride_ *= 2;
    }
    if ((count_ - 1) % stride_ == 0) marks_.push_back({name, place});
  }
  last_ = name;
  return true;
}

const NameMarks::Mark& NameMarks::at_or_before(const std::string& name) const {
  const auto after = std::ranges::upper_bound(marks_, name, {}, &Mark::name);
  return after == marks_.begin() ? marks_.front() : *(after - 1);
}

Result<ZipDirectory> ZipDirectory::read(const Octets& octets, std::string where) {
  ZipDirectory directory(octets, std::move(where));
  if (auto sound = directory.check(); !sound) return sound.error();
  if (directory.in_order_) return directory;
  if (auto built = directory.build_index(); !built) return built.error();
  return directory;
}

template <typename VisitPlace>
Result<Ok> ZipDirectory::walk(unzFile zip, const VisitPlace& visit) const {
  unz_global_info64 global{};
  if (unzGetGlobalInfo64(zip, &global) != UNZ_OK) return malformed("can't be read", where_);
  if (global.number_entry == 0) return malformed("the zip is empty", where_);
  int moved = unzGoToFirstFile(zip);
  for (std::uint64_t i = 0; i < global.number_entry; ++i) {
    unz64_file_pos at{};
    const auto entry = moved == UNZ_OK ? directory_entry(zip) : std::nullopt;
    if (!entry || unzGetFilePos64(zip, &at) != UNZ_OK) {
      return malformed("the directory of the zip is damaged at entry " + std::to_string(i + 1),
                       where_);
    }
    if (auto visited = visit(*entry, at); !visited) return visited.error();
    moved = unzGoToNextFile(zip);
  }
  return Ok{};
}

Result<Ok> ZipDirectory::check() {
  const Zip zip = open_zip(*octets_);
  if (!zip || !ends_whole(*octets_)) {
    return Error{Errc::malformed, "is neither a folder nor a zip, or its end is missing", where_,
                 "if it was sent or copied, do so again and compare the sizes"};
  }
  std::uint64_t occupied = 0;
  std::uint64_t behind = 0;  // the octet after the last entry of the directory
  const auto visit = [&](const DirectoryEntry& entry, const unz64_file_pos& at) -> Result<Ok> {
    occupied += local_header_size + entry.info.size_filename + entry.info.compressed_size;
    occupied = std::min(occupied, octets_->size() + 1);  // no overflow
    behind = at.pos_in_zip_directory + directory_header_size + entry.info.size_filename +
             entry.info.size_file_extra + entry.info.size_file_comment;
    if (at.num_of_file > 0xFFFFFFFEu) {
      return Error{Errc::too_large, "more than 2^32 files", where_, ""};
    }
    const bool folder = is_folder(entry);
    std::string fault =
        folder ? fault_of_name(entry.name.substr(0, entry.name.size() - 1)) : fault_of_entry(entry);
    if (!fault.empty()) return malformed(std::move(fault), where_);
    in_order_ = in_order_ && !folder && marks_.add(folded_name(entry.name), at);
    files_ += folder ? 0 : 1;
    return Ok{};
  };
  if (auto walked = walk(zip.get(), visit); !walked) return walked.error();
  // Files that overlap, which is how small zips inflate to enormous ones.
  if (occupied > octets_->size()) return malformed("files in the zip overlap", where_);
  return check_frame(behind);
}

// The zip begins with a file and its directory has no entry that its end does not count: what
// another program could see is what was judged.
Result<Ok> ZipDirectory::check_frame(std::uint64_t behind) const {
  std::array<std::uint8_t, 4> octets{};
  const auto is = [&](std::uint64_t offset, const std::array<std::uint8_t, 4>& signature) {
    return octets_->read_at(offset, octets) == octets.size() && octets == signature;
  };
  if (!is(0, local_signature)) return malformed("there is something before the zip", where_);
  if (!is(behind, end_signature) && !is(behind, end64_signature)) {
    return malformed("the directory of the zip has more entries than it counts", where_);
  }
  return Ok{};
}

Result<Ok> ZipDirectory::build_index() {
  const Zip zip = open_zip(*octets_);
  if (!zip) return malformed("can't be read again", where_);
  const auto visit = [&](const DirectoryEntry& entry, const unz64_file_pos& at) -> Result<Ok> {
    if (!is_folder(entry)) {
      index_.add(entry.name, at.pos_in_zip_directory, static_cast<std::uint32_t>(at.num_of_file));
    }
    return Ok{};
  };
  if (auto walked = walk(zip.get(), visit); !walked) return walked.error();
  if (index_.finish()) return Ok{};
  return malformed("two names are the same, but for the case of letters", where_);
}

Result<Ok> ZipDirectory::for_each(const Visit& visit) const {
  const Zip zip = open_zip(*octets_);
  if (!zip) return malformed("can't be read again", where_);
  return walk(zip.get(), [&](const DirectoryEntry& entry, const unz64_file_pos& at) -> Result<Ok> {
    if (in_order_) return visit(static_cast<std::uint32_t>(at.num_of_file), entry);
    const auto number = index_.find(entry.name);
    return number ? visit(*number, entry) : Result<Ok>(Ok{});
  });
}

Result<ZipCursor> ZipCursor::open(const Octets& octets, const ZipDirectory& directory) {
  Zip zip = open_zip(octets);
  if (!zip) return malformed("can't be read again", "zip");
  return ZipCursor(directory, std::move(zip));
}

bool ZipCursor::place(const unz64_file_pos& at) {
  if (unzGoToFilePos64(zip_.get(), &at) != UNZ_OK) return false;
  auto entry = directory_entry(zip_.get());
  if (entry) entry_ = *std::move(entry);
  return entry.has_value();
}

// Takes up the entry that minizip stands at, which follows the last one of recent_.
bool ZipCursor::remember() {
  auto entry = directory_entry(zip_.get());
  unz64_file_pos at{};
  if (!entry || unzGetFilePos64(zip_.get(), &at) != UNZ_OK) return false;
  if (recent_.size() == recent_max) {
    recent_.erase(recent_.begin(), recent_.begin() + recent_max / 2);
  }
  recent_.push_back({folded_name(entry->name), at});
  entry_ = *std::move(entry);
  return true;
}

std::optional<std::uint32_t> ZipCursor::go_to(std::string_view name) {
  if (directory_->in_order_) return search(folded_name(name));
  const auto number = directory_->index_.find(name);
  if (!number) return std::nullopt;
  const NameIndex::Entry& known = directory_->index_[*number];
  return place({known.position, known.ordinal}) ? number : std::nullopt;
}

std::optional<std::uint32_t> ZipCursor::search(const std::string& folded) {
  const NameMarks::Mark& mark = directory_->marks_.at_or_before(folded);
  const bool near = !recent_.empty() && recent_.front().name <= folded;
  if (!near || recent_.back().name < mark.name) {
    recent_.clear();
    if (!place(mark.place) || !remember()) return std::nullopt;
  } else if (recent_.back().name < folded && !place(recent_.back().place)) {
    return std::nullopt;
  }
  // Invariant: the file, if it is there, is in recent_, or behind it and so behind the cursor.
  while (recent_.back().name < folded) {
    if (unzGoToNextFile(zip_.get()) != UNZ_OK || !remember()) return std::nullopt;
  }
  const auto at = std::ranges::lower_bound(recent_, folded, {}, &NameMarks::Mark::name);
  if (at == recent_.end() || at->name != folded || !place(at->place)) return std::nullopt;
  return static_cast<std::uint32_t>(at->place.num_of_file);
}

}  // namespace perdura::verifier
