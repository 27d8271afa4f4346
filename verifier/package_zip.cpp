// A package as a zip, read through minizip with checks that minizip leaves out.
#include <zlib.h>

#include <algorithm>
#include <array>

#include "verifier/package_source.hpp"
#include "verifier/package_zip_directory.hpp"
#include "verifier/package_zip_octets.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t local_header_size = 30;
constexpr unsigned method_stored = 0;
constexpr std::array<std::uint8_t, 4> local_signature{'P', 'K', 3, 4};

Error malformed(std::string what, std::string where) {
  return {Errc::malformed, std::move(what), std::move(where), ""};
}

class ZipReader final : public PackageReader {
 public:
  ZipReader(const Octets& octets, ZipCursor cursor) : octets_(octets), cursor_(std::move(cursor)) {}

  std::optional<std::uint32_t> number(std::string_view name) override {
    return cursor_.go_to(name);
  }

  Result<std::uint64_t> open(std::string_view name) override {
    name_ = name;
    rest_ = 0;
    done_ = false;
    // The name as it is written: on other systems the case of a letter makes another file.
    if (!cursor_.go_to(name) || cursor_.entry().name != name) {
      return Error{Errc::not_found, "is missing", name_, ""};
    }
    if (unzOpenCurrentFile(cursor_.zip()) != UNZ_OK) {
      return damaged("the header before its octets contradicts the directory");
    }
    if (!local_name_agrees()) {
      return damaged("the header before its octets has another name than the directory");
    }
    const DirectoryEntry& entry = cursor_.entry();
    rest_ = entry.info.uncompressed_size;
    zip64_ = entry.zip64;
    stored_ = entry.info.compression_method == method_stored;
    crc_expected_ = entry.info.crc;
    crc_ = 0;
    return rest_;
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (rest_ == 0) return finish();
    const std::size_t want = std::min<std::uint64_t>({into.size(), rest_, 1u << 30});
    const int got = unzReadCurrentFile(cursor_.zip(), into.data(), static_cast<unsigned>(want));
    if (got < 0) return damaged("its compressed octets are damaged");
    if (got == 0) return damaged("it is shorter than declared");
    rest_ -= static_cast<std::uint64_t>(got);
    if (zip64_) crc_ = ::crc32(crc_, into.data(), static_cast<unsigned>(got));
    return static_cast<std::size_t>(got);
  }

 private:
  // minizip compares methods, sizes and checksums of the two headers, but not names.
  bool local_name_agrees() const {
    const int extra = unzGetLocalExtrafield(cursor_.zip(), nullptr, 0);
    const std::uint64_t data = unzGetCurrentFileZStreamPos64(cursor_.zip());
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
      const int more = unzReadCurrentFile(cursor_.zip(), &beyond, 1);
      if (unzCloseCurrentFile(cursor_.zip()) == UNZ_CRCERROR || more != 0) {
        return damaged("its checksum is wrong");
      }
    }
    return std::size_t{0};
  }

  Error damaged(std::string what) const { return malformed(std::move(what), name_); }

  const Octets& octets_;
  ZipCursor cursor_;
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
  ZipSource(std::unique_ptr<Octets> octets, ZipDirectory directory)
      : octets_(std::move(octets)), directory_(std::move(directory)) {}

  std::uint32_t size() const override { return directory_.size(); }
  Result<Ok> for_each(const VisitName& visit) const override {
    return directory_.for_each(
        [&](std::uint32_t number, const DirectoryEntry& entry) -> Result<Ok> {
          visit(number, entry.name);
          return Ok{};
        });
  }
  Result<std::unique_ptr<PackageReader>> reader() const override {
    auto cursor = ZipCursor::open(*octets_, directory_);
    if (!cursor) return cursor.error();
    return std::unique_ptr<PackageReader>(new ZipReader(*octets_, *std::move(cursor)));
  }

 private:
  std::unique_ptr<Octets> octets_;
  ZipDirectory directory_;
};

Result<std::unique_ptr<PackageSource>> open_zip_source(std::unique_ptr<Octets> octets,
                                                       const std::string& where) {
  auto directory = ZipDirectory::read(*octets, where);
  if (!directory) return directory.error();
  return std::unique_ptr<PackageSource>(
      std::make_unique<ZipSource>(std::move(octets), *std::move(directory)));
}

}  // namespace

Result<std::unique_ptr<PackageSource>> open_zip_file(const std::filesystem::path& path) {
  auto octets = octets_of_file(path);
  if (!octets) return octets.error();
  return open_zip_source(*std::move(octets), path.string());
}

Result<std::unique_ptr<PackageSource>> open_zip_in_memory(ByteView zip) {
  return open_zip_source(octets_in_memory(zip), "zip");
}

}  // namespace perdura::verifier
