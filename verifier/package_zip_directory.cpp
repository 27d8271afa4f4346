#include "verifier/package_zip_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "verifier/package_zip_local.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t directory_header_size = 46;
constexpr std::size_t end_size = 22;
constexpr std::size_t end64_size = 56;
constexpr std::size_t locator64_size = 20;
constexpr std::size_t comment_max = 0xFFFF;
constexpr std::size_t window_size = 64u << 10;
constexpr std::uint64_t elsewhere = 0xFFFFFFFF;     // zip64 has the value
constexpr std::uint64_t deflate_ratio_max = 1032;   // what zlib's format can reach
constexpr std::uint64_t zip_size_max = 1ull << 62;  // so that no sum overflows
constexpr unsigned flag_encrypted = 1;
constexpr std::string_view directory_signature = "PK\x01\x02";
constexpr std::string_view end_signature = "PK\x05\x06";
constexpr std::string_view end64_signature = "PK\x06\x06";
constexpr std::string_view locator64_signature = "PK\x06\x07";

// A field of a header, by its place and length.
std::uint64_t field(ByteView header, std::size_t at, std::size_t size) {
  return little_endian(header.subspan(at, size));
}

bool is(ByteView header, std::string_view signature) {
  return as_text(header).starts_with(signature);
}

// APPNOTE 4.5.3: what does not fit, or is written so all the same, stands in the extra field with
// identifier 1, in this order. False when it does not.
bool read_zip64(ByteView extra, DirectoryEntry& entry) {
  return for_each_extra_field(extra, [&](std::uint64_t id, ByteView values) {
    if (id != 1) return true;
    for (std::uint64_t* value : {&entry.size, &entry.compressed_size, &entry.header_offset}) {
      if (*value != elsewhere) continue;
      if (values.size() < 8) return false;
      *value = little_endian(values.first(8));
      if (*value > zip_size_max) return false;
      values = values.subspan(8);
    }
    return true;
  });
}

// What is wrong with an entry of the directory; "" when nothing is.
std::string fault_of_entry(const DirectoryEntry& entry) {
  if (std::string fault = fault_of_name(entry.name); !fault.empty()) return fault;
  if (entry.renamed) return "a file has two names: " + entry.name;
  if ((entry.flags & flag_encrypted) != 0) return "a file is encrypted: " + entry.name;
  const unsigned kind = entry.mode & S_IFMT;
  if (kind != 0 && kind != S_IFREG) return "holds a link or device: " + entry.name;
  if (entry.method == method_stored) {
    return entry.compressed_size == entry.size ? "" : "a stored file has two sizes: " + entry.name;
  }
  if (entry.method != method_deflated) {
    return "a file is compressed in a way other than deflate: " + entry.name;
  }
  return entry.size / deflate_ratio_max > entry.compressed_size
             ? "a file claims to inflate to more than deflate can: " + entry.name
             : "";
}

// Some programs store folders too.
bool is_folder(const DirectoryEntry& entry) { return entry.name.ends_with('/') && entry.size == 0; }

std::string fault_of_folder(const DirectoryEntry& entry) {
  constexpr std::uint64_t nothing_deflated = 2;
  if (std::string fault = fault_of_name(entry.name.substr(0, entry.name.size() - 1));
      !fault.empty()) {
    return fault;
  }
  return entry.renamed || entry.compressed_size > nothing_deflated
             ? "a folder has octets of its own: " + entry.name
             : "";
}

}  // namespace

ByteView DirectoryReader::take(std::uint64_t offset, std::size_t size) {
  if (offset > end_ || size > end_ - offset) return {};
  if (offset < window_at_ || offset + size > window_at_ + window_.size()) {
    const std::uint64_t ahead = std::min<std::uint64_t>(end_ - offset, std::max(window_size, size));
    window_ = read_exactly(*octets_, offset, static_cast<std::size_t>(ahead)).value_or(Bytes());
    window_at_ = offset;
  }
  return window_.size() < size
             ? ByteView()
             : ByteView(window_).subspan(static_cast<std::size_t>(offset - window_at_), size);
}

std::optional<DirectoryEntry> DirectoryReader::at(DirectoryPlace place) {
  const ByteView fixed = take(place.offset, directory_header_size);
  if (fixed.empty() || !is(fixed, directory_signature)) return std::nullopt;
  const auto name_size = static_cast<std::size_t>(field(fixed, 28, 2));
  const auto extra_size = static_cast<std::size_t>(field(fixed, 30, 2));
  const std::size_t size = directory_header_size + name_size + extra_size +
                           static_cast<std::size_t>(field(fixed, 32, 2));
  const ByteView header = take(place.offset, size);
  if (header.empty()) return std::nullopt;
  DirectoryEntry entry{
      .place = place,
      .next = {place.offset + size, place.ordinal + 1},
      .name = std::string(as_text(header.subspan(directory_header_size, name_size))),
      .flags = static_cast<unsigned>(field(header, 8, 2)),
      .method = static_cast<unsigned>(field(header, 10, 2)),
      .mode = static_cast<unsigned>(field(header, 40, 2)),
      .crc = static_cast<std::uint32_t>(field(header, 16, 4)),
      .compressed_size = field(header, 20, 4),
      .size = field(header, 24, 4),
      .header_offset = field(header, 42, 4),
  };
  const ByteView extra = header.subspan(directory_header_size + name_size, extra_size);
  if (!read_zip64(extra, entry)) return std::nullopt;
  entry.renamed = !extra_fields_name(extra, entry.name);
  return entry;
}

bool NameMarks::add(const std::string& name, DirectoryPlace place) {
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

Error ZipDirectory::malformed(std::string what) const {
  return {Errc::malformed, std::move(what), where_, ""};
}

Result<ZipDirectory> ZipDirectory::read(const Octets& octets, std::string where) {
  ZipDirectory directory(octets, std::move(where));
  const auto extent = directory.find();
  if (!extent) return extent.error();
  directory.extent_ = *extent;
  if (auto sound = directory.check(); !sound) return sound.error();
  if (!directory.in_order_ || !directory.in_sequence_) {
    if (auto found = directory.find_starts(); !found) return found.error();
  }
  if (directory.in_order_) return directory;
  if (auto built = directory.build_index(); !built) return built.error();
  return directory;
}

// The end-of-directory record that ends the file, with its comment; or the zip64 one before it.
Result<ZipDirectory::Extent> ZipDirectory::find() const {
  const Error none{Errc::malformed, "is neither a folder nor a zip, or its end is missing", where_,
                   "if it was sent or copied, do so again and compare the sizes"};
  const auto tail_size = std::min<std::uint64_t>(octets_->size(), end_size + comment_max);
  const std::uint64_t tail_at = octets_->size() - tail_size;
  const auto tail = read_exactly(*octets_, tail_at, static_cast<std::size_t>(tail_size));
  if (!tail || tail->size() < end_size) return none;
  const std::size_t at = as_text(*tail).rfind(end_signature, tail->size() - end_size);
  if (at == std::string_view::npos) return none;
  const ByteView end = ByteView(*tail).subspan(at);
  if (end_size + field(end, 20, 2) != end.size()) return none;
  auto zip64 = find_zip64(tail_at + at);
  if (!zip64) return zip64.error();
  const Extent extent =
      *zip64 ? **zip64 : Extent{field(end, 16, 4), field(end, 12, 4), field(end, 10, 2)};
  if (!*zip64 && (field(end, 4, 4) != 0 || field(end, 8, 2) != extent.entries)) {
    return malformed("is one of several disks");
  }
  if (!*zip64 && extent.end() != tail_at + at) {
    return malformed("there is something before the zip, or between its parts");
  }
  return extent;
}

Result<std::optional<ZipDirectory::Extent>> ZipDirectory::find_zip64(std::uint64_t end) const {
  if (end < locator64_size) return std::optional<Extent>();
  const auto locator = read_exactly(*octets_, end - locator64_size, locator64_size);
  if (!locator) return malformed("the end of the zip can't be read");
  if (!is(*locator, locator64_signature)) return std::optional<Extent>();
  const std::uint64_t at = field(*locator, 8, 8);
  const auto record = read_exactly(*octets_, at, end64_size);
  if (!record || at + end64_size > end || !is(*record, end64_signature)) {
    return malformed("the end of the zip is damaged");
  }
  const Extent extent{field(*record, 48, 8), field(*record, 40, 8), field(*record, 32, 8)};
  constexpr std::size_t counted_from = 12;  // what the record's own size leaves out
  if (field(*record, 4, 8) != end64_size - counted_from ||
      at + end64_size + locator64_size != end) {
    return malformed("the end of the zip is damaged");
  }
  if (extent.offset > at || extent.size != at - extent.offset) {
    return malformed("there is something before the zip, or between its parts");
  }
  return std::optional(extent);
}

Result<Ok> ZipDirectory::walk(const std::function<Result<Ok>(const DirectoryEntry&)>& visit) const {
  DirectoryReader reader(*octets_, extent_.end());
  DirectoryPlace place{extent_.offset, 0};
  for (std::uint64_t i = 0; i < extent_.entries; ++i) {
    const auto entry = reader.at(place);
    if (!entry) {
      return malformed("the directory of the zip is damaged at entry " + std::to_string(i + 1));
    }
    if (auto visited = visit(*entry); !visited) return visited.error();
    place = entry->next;
  }
  if (place.offset != extent_.end()) {
    return malformed("the directory of the zip has more entries than it counts");
  }
  return Ok{};
}

Result<Ok> ZipDirectory::check() {
  if (extent_.entries == 0) return malformed("the zip is empty");
  if (extent_.entries > 0xFFFFFFFEu) {
    return Error{Errc::too_large, "more than 2^32 files", where_, ""};
  }
  // What another program could see is what was judged.
  const auto start = read_exactly(*octets_, 0, local_signature.size());
  if (!start || !is(*start, local_signature)) {
    return malformed("there is something before the zip");
  }
  std::uint64_t occupied = 0;
  std::uint64_t begin = 0;  // of the file before
  return walk([&](const DirectoryEntry& entry) -> Result<Ok> {
    const bool folder = is_folder(entry);
    std::string fault = folder ? fault_of_folder(entry) : fault_of_entry(entry);
    if (!fault.empty()) return malformed(std::move(fault));
    // Files that overlap, which is how small zips inflate to enormous ones.
    occupied += local_header_size + entry.name.size() + entry.compressed_size;
    if (occupied > octets_->size()) return malformed("files in the zip overlap");
    const bool behind =
        entry.place.ordinal == 0 ? entry.header_offset == 0 : entry.header_offset > begin;
    in_sequence_ = in_sequence_ && behind;
    begin = entry.header_offset;
    in_order_ = in_order_ && !folder && marks_.add(folded_name(entry.name), entry.place);
    files_ += folder ? 0 : 1;
    if (odd_name_.empty()) odd_name_ = oddity_of_name(entry.name);
    return Ok{};
  });
}

Result<Ok> ZipDirectory::find_starts() {
  auto found = walk([&](const DirectoryEntry& entry) -> Result<Ok> {
    starts_.push_back(entry.header_offset);
    return Ok{};
  });
  if (!found) return found;
  std::ranges::sort(starts_);
  if (starts_.front() != 0) return malformed("there is something before the zip");
  if (std::ranges::adjacent_find(starts_) != starts_.end() || starts_.back() >= extent_.offset) {
    return malformed("files in the zip overlap");
  }
  // Nobody opens a folder.
  return walk([&](const DirectoryEntry& entry) -> Result<Ok> {
    if (!is_folder(entry)) return Ok{};
    const auto place = find_octets(*octets_, entry);
    if (!place) return place.error();
    return check_behind(*octets_, entry, *place, start_behind(entry.header_offset));
  });
}

std::uint64_t ZipDirectory::start_behind(std::uint64_t offset) const {
  const auto next = std::ranges::upper_bound(starts_, offset);
  return next == starts_.end() ? extent_.offset : *next;
}

Result<Ok> ZipDirectory::build_index() {
  const auto walked = walk([&](const DirectoryEntry& entry) -> Result<Ok> {
    if (!is_folder(entry)) index_.add(entry.name, entry.place.offset, entry.place.ordinal);
    return Ok{};
  });
  if (!walked) return walked.error();
  if (index_.finish()) return Ok{};
  return malformed("two names are the same, but for the case of letters");
}

Result<Ok> ZipDirectory::for_each(const Visit& visit) const {
  return walk([&](const DirectoryEntry& entry) -> Result<Ok> {
    if (in_order_) return visit(entry.place.ordinal, entry);
    const auto number = index_.find(entry.name);
    return number ? visit(*number, entry) : Result<Ok>(Ok{});
  });
}

std::uint64_t ZipCursor::start_of_next() {
  if (!directory_->starts_.empty()) return directory_->start_behind(entry_.header_offset);
  const auto next =
      entry_.next.ordinal == directory_->extent_.entries ? std::nullopt : reader_.at(entry_.next);
  return next ? next->header_offset : directory_->extent_.offset;
}

bool ZipCursor::place(DirectoryPlace at) {
  auto entry = reader_.at(at);
  if (entry) entry_ = *std::move(entry);
  return entry.has_value();
}

// Takes up the entry at `at`, which follows the last one of recent_.
bool ZipCursor::remember(DirectoryPlace at) {
  if (!place(at)) return false;
  if (recent_.size() == recent_max) {
    recent_.erase(recent_.begin(), recent_.begin() + recent_max / 2);
  }
  recent_.push_back({folded_name(entry_.name), at});
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
    if (!remember(mark.place)) return std::nullopt;
  } else if (recent_.back().name < folded && !place(recent_.back().place)) {
    return std::nullopt;
  }
  // Invariant: the file, if it is there, is in recent_, or behind it and so behind the cursor.
  while (recent_.back().name < folded) {
    if (!remember(entry_.next)) return std::nullopt;
  }
  const auto at = std::ranges::lower_bound(recent_, folded, {}, &NameMarks::Mark::name);
  if (at == recent_.end() || at->name != folded || !place(at->place)) return std::nullopt;
  return at->place.ordinal;
}

}  // namespace perdura::verifier
