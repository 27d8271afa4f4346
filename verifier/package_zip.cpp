// A package as a zip, read through minizip with checks that minizip leaves out.
#include <fcntl.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "verifier/package_source.hpp"

namespace perdura::verifier {
namespace {

namespace fs = std::filesystem;

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

// Where the octets of the zip are. Immutable; any thread.
class Octets {
 public:
  virtual ~Octets() = default;
  virtual std::uint64_t size() const = 0;
  // Octets at `offset`: as many as there are, up to the span's size; nothing on an error.
  virtual std::optional<std::size_t> read_at(std::uint64_t offset,
                                             std::span<std::uint8_t> into) const = 0;
};

class OctetsInMemory final : public Octets {
 public:
  explicit OctetsInMemory(ByteView octets) : octets_(octets) {}
  std::uint64_t size() const override { return octets_.size(); }
  std::optional<std::size_t> read_at(std::uint64_t offset,
                                     std::span<std::uint8_t> into) const override {
    if (offset >= octets_.size()) return 0;
    const std::size_t count = std::min<std::uint64_t>(into.size(), octets_.size() - offset);
    std::memcpy(into.data(), octets_.data() + offset, count);
    return count;
  }

 private:
  ByteView octets_;
};

class OctetsOfFile final : public Octets {
 public:
  OctetsOfFile(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  OctetsOfFile(const OctetsOfFile&) = delete;
  OctetsOfFile& operator=(const OctetsOfFile&) = delete;
  ~OctetsOfFile() override { ::close(fd_); }
  std::uint64_t size() const override { return size_; }
  std::optional<std::size_t> read_at(std::uint64_t offset,
                                     std::span<std::uint8_t> into) const override {
    std::size_t have = 0;
    while (have < into.size()) {
      const ssize_t got =
          ::pread(fd_, into.data() + have, into.size() - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::nullopt;
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    return have;
  }

 private:
  int fd_;
  std::uint64_t size_;
};

// What minizip takes for a file: a position, and a window because it reads headers octet by octet.
class Stream {
 public:
  explicit Stream(const Octets& octets) : octets_(octets) {}

  std::size_t read(std::span<std::uint8_t> into) {
    std::size_t have = 0;
    while (have < into.size()) {
      if (position_ >= start_ && position_ - start_ < filled_) {
        const std::size_t offset = static_cast<std::size_t>(position_ - start_);
        const std::size_t count = std::min(into.size() - have, filled_ - offset);
        std::memcpy(into.data() + have, window_.data() + offset, count);
        have += count;
        position_ += count;
        continue;
      }
      if (into.size() - have >= window_.size()) {
        const auto got = octets_.read_at(position_, into.subspan(have));
        if (!got) failed_ = true;
        if (!got || *got == 0) break;
        have += *got;
        position_ += *got;
        continue;
      }
      const auto got = octets_.read_at(position_, window_);
      start_ = position_;
      filled_ = got.value_or(0);
      if (!got) failed_ = true;
      if (filled_ == 0) break;
    }
    return have;
  }

  static void* open(void* octets, const void*, int) {
    return new Stream(*static_cast<const Octets*>(octets));
  }
  static uLong read_some(void*, void* stream, void* into, uLong size) {
    return self(stream).read({static_cast<std::uint8_t*>(into), size});
  }
  static uLong write_nothing(void*, void*, const void*, uLong) { return 0; }
  static ZPOS64_T tell(void*, void* stream) { return self(stream).position_; }
  static long seek(void*, void* stream, ZPOS64_T offset, int origin) {
    Stream& at = self(stream);
    std::uint64_t base = 0;
    if (origin == ZLIB_FILEFUNC_SEEK_CUR) base = at.position_;
    if (origin == ZLIB_FILEFUNC_SEEK_END) base = at.octets_.size();
    const std::uint64_t target =
        base + offset;  // back too: minizip adds what is negative as 2^64 - n
    if (target > at.octets_.size()) return -1;
    at.position_ = target;
    return 0;
  }
  static int close(void*, void* stream) {
    delete &self(stream);
    return 0;
  }
  static int error(void*, void* stream) { return self(stream).failed_ ? 1 : 0; }

 private:
  static Stream& self(void* stream) { return *static_cast<Stream*>(stream); }

  const Octets& octets_;
  std::uint64_t position_ = 0;
  std::uint64_t start_ = 0;  // of what the window holds
  std::size_t filled_ = 0;
  bool failed_ = false;
  std::array<std::uint8_t, 4096> window_;
};

// Whether the octets end with a whole end-of-directory record and its comment (APPNOTE 4.3.16):
// minizip finds the record even when its own end was cut off.
bool ends_whole(const Octets& octets) {
  constexpr std::size_t record_size = 22;
  constexpr std::size_t comment_max = 65535;
  const auto tail_size = std::min<std::uint64_t>(octets.size(), record_size + comment_max);
  std::vector<std::uint8_t> tail(static_cast<std::size_t>(tail_size));
  const auto got = octets.read_at(octets.size() - tail_size, tail);
  if (!got || *got != tail.size()) return false;
  const std::string_view text = as_text(tail);
  for (std::size_t at = text.rfind("PK\x05\x06"); at != std::string_view::npos && at > 0;
       at = text.rfind("PK\x05\x06", at - 1)) {
    if (at + record_size > tail.size()) continue;
    const std::size_t comment = tail[at + 20] + 256u * tail[at + 21];
    if (at + record_size + comment == tail.size()) return true;
  }
  return false;
}

struct CloseZip {
  void operator()(unzFile zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<std::remove_pointer_t<unzFile>, CloseZip>;

Zip open_zip(const Octets& octets) {
  zlib_filefunc64_def functions{};
  functions.zopen64_file = Stream::open;
  functions.zread_file = Stream::read_some;
  functions.zwrite_file = Stream::write_nothing;
  functions.ztell64_file = Stream::tell;
  functions.zseek64_file = Stream::seek;
  functions.zclose_file = Stream::close;
  functions.zerror_file = Stream::error;
  functions.opaque = const_cast<Octets*>(&octets);  // only read
  return Zip(unzOpen2_64("", &functions));
}

// The directory's entry of the current file.
struct DirectoryEntry {
  unz_file_info64 info{};
  std::string name;    // cut off when it is too long
  bool zip64 = false;  // its sizes are in the extra field, which minizip does not look for
};

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

Error malformed(std::string what, std::string where) {
  return {Errc::malformed, std::move(what), std::move(where), ""};
}

class ZipReader final : public PackageReader {
 public:
  ZipReader(const Octets& octets, const NameIndex& index, Zip zip)
      : octets_(octets), index_(index), zip_(std::move(zip)) {}

  Result<std::uint64_t> open(std::string_view name) override {
    name_ = name;
    rest_ = 0;
    done_ = false;
    const auto number = index_.find(name);
    const Error missing{Errc::not_found, "is missing", name_, ""};
    if (!number) return missing;
    const unz64_file_pos at{index_[*number].position, index_[*number].ordinal};
    if (unzGoToFilePos64(zip_.get(), &at) != UNZ_OK) return damaged("its entry can't be read");
    const auto entry = directory_entry(zip_.get());
    if (!entry) return damaged("its entry can't be read");
    if (entry->name != name) return missing;  // the case of a letter differs
    if (unzOpenCurrentFile(zip_.get()) != UNZ_OK) {
      return damaged("the header before its octets contradicts the directory");
    }
    if (!local_name_agrees()) {
      return damaged("the header before its octets has another name than the directory");
    }
    rest_ = entry->info.uncompressed_size;
    zip64_ = entry->zip64;
    stored_ = entry->info.compression_method == method_stored;
    crc_expected_ = entry->info.crc;
    crc_ = 0;
    return rest_;
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (rest_ == 0) return finish();
    const std::size_t want = std::min<std::uint64_t>({into.size(), rest_, 1u << 30});
    const int got = unzReadCurrentFile(zip_.get(), into.data(), static_cast<unsigned>(want));
    if (got < 0) return damaged("its compressed octets are damaged");
    if (got == 0) return damaged("it is shorter than declared");
    rest_ -= static_cast<std::uint64_t>(got);
    if (zip64_) crc_ = ::crc32(crc_, into.data(), static_cast<unsigned>(got));
    return static_cast<std::size_t>(got);
  }

 private:
  // minizip compares methods, sizes and checksums of the two headers, but not names.
  bool local_name_agrees() const {
    const int extra = unzGetLocalExtrafield(zip_.get(), nullptr, 0);
    const std::uint64_t data = unzGetCurrentFileZStreamPos64(zip_.get());
    const std::uint64_t before =
        local_header_size + name_.size() + static_cast<std::uint64_t>(extra);
    if (extra < 0 || data < before) return false;
    Bytes header(local_header_size + name_.size());
    if (octets_.read_at(data - before, header) != header.size()) return false;
    return std::ranges::equal(ByteView(header).first(4), local_signature) &&
           as_text(ByteView(header).subspan(local_header_size)) == name_;
  }

  // At the end of the octets minizip compares the checksum when the file is closed.
  Result<std::size_t> finish() {
    if (!done_) {
      done_ = true;
      // minizip does not know where it ends, and so compares nothing.
      if (zip64_ && crc_ != crc_expected_) return damaged("its checksum is wrong");
      if (zip64_ && stored_) return std::size_t{0};
      std::uint8_t beyond = 0;
      // Lets inflate see the end of its stream.
      const int more = unzReadCurrentFile(zip_.get(), &beyond, 1);
      if (unzCloseCurrentFile(zip_.get()) == UNZ_CRCERROR || more != 0) {
        return damaged("its checksum is wrong");
      }
    }
    return std::size_t{0};
  }

  Error damaged(std::string what) const { return malformed(std::move(what), name_); }

  const Octets& octets_;
  const NameIndex& index_;
  Zip zip_;
  std::string name_;
  std::uint64_t rest_ = 0;
  bool done_ = false;
  bool zip64_ = false;
  bool stored_ = false;
  uLong crc_expected_ = 0;
  uLong crc_ = 0;
};

class ZipSource final : public PackageSource {
 public:
  ZipSource(std::unique_ptr<Octets> octets, std::string where)
      : octets_(std::move(octets)), where_(std::move(where)) {}

  Result<Ok> build_index() {
    const Zip zip = open_zip(*octets_);
    if (!zip || !ends_whole(*octets_)) {
      return Error{Errc::malformed, "is neither a folder nor a zip, or its end is missing", where_,
                   "if it was sent or copied, do so again and compare the sizes"};
    }
    std::uint64_t occupied = 0;
    std::uint64_t behind = 0;  // the octet after the last entry of the directory
    auto walked = walk(zip.get(), [&](const DirectoryEntry& entry, const unz64_file_pos& at) {
      occupied += local_header_size + entry.info.size_filename + entry.info.compressed_size;
      occupied = std::min(occupied, octets_->size() + 1);  // no overflow
      behind = at.pos_in_zip_directory + directory_header_size + entry.info.size_filename +
               entry.info.size_file_extra + entry.info.size_file_comment;
      return add(entry, at);
    });
    if (!walked) return walked.error();
    if (!index_.finish()) {
      return malformed("two names are the same, but for the case of letters", where_);
    }
    // Files that overlap, which is how small zips inflate to enormous ones.
    if (occupied > octets_->size()) return malformed("files in the zip overlap", where_);
    return check_frame(behind);
  }

  std::uint32_t size() const override { return static_cast<std::uint32_t>(index_.size()); }
  std::optional<std::uint32_t> number(std::string_view name) const override {
    return index_.find(name);
  }
  Result<Ok> for_each(const VisitName& visit) const override {
    const Zip zip = open_zip(*octets_);
    if (!zip) return malformed("can't be read again", where_);
    return walk(zip.get(), [&](const DirectoryEntry& entry, const unz64_file_pos&) -> Result<Ok> {
      if (const auto found = index_.find(entry.name)) visit(*found, entry.name);
      return Ok{};
    });
  }
  Result<std::unique_ptr<PackageReader>> reader() const override {
    Zip zip = open_zip(*octets_);
    if (!zip) return malformed("can't be read again", where_);
    return std::unique_ptr<PackageReader>(new ZipReader(*octets_, index_, std::move(zip)));
  }

 private:
  template <typename Visit>
  Result<Ok> walk(unzFile zip, const Visit& visit) const {
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

  Result<Ok> add(const DirectoryEntry& entry, const unz64_file_pos& at) {
    // Some programs store folders too.
    const bool folder = entry.name.ends_with('/') && entry.info.uncompressed_size == 0;
    if (folder) {
      const std::string fault = fault_of_name(entry.name.substr(0, entry.name.size() - 1));
      return fault.empty() ? Result<Ok>(Ok{}) : malformed(fault, where_);
    }
    if (std::string fault = fault_of_entry(entry); !fault.empty()) {
      return malformed(std::move(fault), where_);
    }
    if (at.num_of_file > 0xFFFFFFFEu) {
      return Error{Errc::too_large, "more than 2^32 files", where_, ""};
    }
    index_.add(entry.name, at.pos_in_zip_directory, static_cast<std::uint32_t>(at.num_of_file));
    return Ok{};
  }

  // The zip begins with a file and its directory has no entry that its end does not count: what
  // another program could see is what was judged.
  Result<Ok> check_frame(std::uint64_t behind) const {
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

  std::unique_ptr<Octets> octets_;
  std::string where_;
  NameIndex index_;
};

Result<std::unique_ptr<PackageSource>> open_zip_source(std::unique_ptr<Octets> octets,
                                                       std::string where) {
  auto source = std::make_unique<ZipSource>(std::move(octets), std::move(where));
  if (auto built = source->build_index(); !built) return built.error();
  return std::unique_ptr<PackageSource>(std::move(source));
}

}  // namespace

Result<std::unique_ptr<PackageSource>> open_zip_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) {
    const int number = errno;
    if (fd >= 0) ::close(fd);
    return Error{number == EACCES ? Errc::denied : Errc::io, std::strerror(number), path.string(),
                 ""};
  }
  auto octets = std::make_unique<OctetsOfFile>(fd, static_cast<std::uint64_t>(status.st_size));
  if (!S_ISREG(status.st_mode)) return malformed("is neither a file nor a folder", path.string());
  return open_zip_source(std::move(octets), path.string());
}

Result<std::unique_ptr<PackageSource>> open_zip_in_memory(ByteView zip) {
  return open_zip_source(std::make_unique<OctetsInMemory>(zip), "zip");
}

}  // namespace perdura::verifier
