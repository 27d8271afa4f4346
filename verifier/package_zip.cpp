// A package as a zip: its files, stored or inflated by zlib.
#include <zlib.h>

#include <algorithm>

#include "verifier/package_source.hpp"
#include "verifier/package_zip_directory.hpp"
#include "verifier/package_zip_local.hpp"
#include "verifier/package_zip_octets.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t input_size = 64u << 10;

// Raw deflate (RFC 1951), piece by piece. Thread safety: one thread.
class Inflate {
 public:
  Inflate() {
    constexpr int raw = -15;
    check(::inflateInit2(&stream_, raw) == Z_OK, "zlib can be set up");
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
  ~Inflate() { ::inflateEnd(&stream_); }

  void reset() {
    ::inflateReset(&stream_);
    stream_.avail_in = 0;
    ended_ = false;
  }
  bool wants_input() const { return stream_.avail_in == 0; }
  // `octets` must stay where they are until they are used up.
  void give(std::span<std::uint8_t> octets) {
    stream_.next_in = octets.data();
    stream_.avail_in = static_cast<uInt>(octets.size());
  }
  // How many octets were written; nothing when this is no deflate.
  std::optional<std::size_t> write(std::span<std::uint8_t> into) {
    stream_.next_out = into.data();
    stream_.avail_out = static_cast<uInt>(into.size());
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return std::nullopt;
    ended_ = result == Z_STREAM_END;
    return into.size() - stream_.avail_out;
  }
  bool ended() const { return ended_; }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

class ZipReader final : public PackageReader {
 public:
  ZipReader(const Octets& octets, const ZipDirectory& directory)
      : octets_(octets), cursor_(octets, directory), input_(input_size) {}

  std::optional<std::uint32_t> number(std::string_view name) override {
    return cursor_.go_to(name);
  }

  Result<std::uint64_t> open(std::string_view name) override {
    rest_ = 0;
    entry_ = {};
    entry_.name = name;
    // The name as it is written: on other systems the case of a letter makes another file.
    if (!cursor_.go_to(name) || cursor_.entry().name != name) {
      return Error{Errc::not_found, "is missing", entry_.name, ""};
    }
    entry_ = cursor_.entry();
    const auto place = find_octets(octets_, entry_);
    if (!place) return place.error();
    auto alone = check_behind(octets_, entry_, *place, cursor_.start_of_next());
    if (!alone) return alone.error();
    position_ = place->octets_at;
    rest_ = entry_.size;
    compressed_rest_ = entry_.compressed_size;
    crc_ = 0;
    inflate_.reset();
    return rest_;
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (rest_ == 0) return finish();
    const std::size_t want = std::min<std::uint64_t>({into.size(), rest_, 1u << 30});
    if (want == 0) return std::size_t{0};
    const auto got = octets_of_file(into.first(want));
    if (!got) return got.error();
    if (*got == 0) return damaged("it is shorter than declared");
    rest_ -= *got;
    crc_ = ::crc32(crc_, into.data(), static_cast<uInt>(*got));
    return *got;
  }

 private:
  // The next octets of the file itself; 0 when there are no more.
  Result<std::size_t> octets_of_file(std::span<std::uint8_t> into) {
    if (entry_.method == method_stored) return compressed_octets(into);
    for (;;) {
      if (inflate_.wants_input()) {
        const auto got = compressed_octets(input_);
        if (!got) return got.error();
        inflate_.give(std::span(input_).first(*got));
      }
      const bool last = inflate_.wants_input();
      const auto written = inflate_.write(into);
      if (!written) return damaged("its compressed octets are damaged");
      if (*written > 0 || last || inflate_.ended()) return *written;
    }
  }

  Result<std::size_t> compressed_octets(std::span<std::uint8_t> into) {
    const std::size_t want = std::min<std::uint64_t>(into.size(), compressed_rest_);
    const auto got = octets_.read_at(position_, into.first(want));
    if (!got) return Error{Errc::io, "can't be read", entry_.name, ""};
    position_ += *got;
    compressed_rest_ -= *got;
    return *got;
  }

  Result<std::size_t> finish() {
    if (entry_.method != method_stored && !inflate_.ended()) {
      std::uint8_t beyond = 0;
      const auto more = octets_of_file({&beyond, 1});
      if (!more) return more.error();
      if (*more != 0) return damaged("it is longer than declared");
      if (!inflate_.ended()) return damaged("its compressed octets are cut short");
    }
    if (compressed_rest_ != 0 || !inflate_.wants_input()) {
      return damaged("there are octets behind its compressed ones");
    }
    if (crc_ != entry_.crc) return damaged("its checksum is wrong");
    return std::size_t{0};
  }

  Error damaged(std::string what) const {
    return {Errc::malformed, std::move(what), entry_.name, ""};
  }

  const Octets& octets_;
  ZipCursor cursor_;
  Inflate inflate_;
  Bytes input_;  // compressed
  DirectoryEntry entry_;
  std::uint64_t position_ = 0;  // of the compressed octets that come next
  std::uint64_t compressed_rest_ = 0;
  std::uint64_t rest_ = 0;
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
    return std::unique_ptr<PackageReader>(new ZipReader(*octets_, directory_));
  }
  const std::string& odd_name() const override { return directory_.odd_name(); }

 private:
  std::unique_ptr<Octets> octets_;
  ZipDirectory directory_;
};

}  // namespace

Result<std::unique_ptr<PackageSource>> open_zip(std::unique_ptr<Octets> octets,
                                                const std::string& where) {
  auto directory = ZipDirectory::read(*octets, where);
  if (!directory) return directory.error();
  return std::unique_ptr<PackageSource>(
      std::make_unique<ZipSource>(std::move(octets), *std::move(directory)));
}

Result<std::unique_ptr<PackageSource>> open_zip_file(const std::filesystem::path& path) {
  auto octets = octets_of_file(path);
  if (!octets) return octets.error();
  return open_zip(*std::move(octets), path.string());
}

Result<std::unique_ptr<PackageSource>> open_zip_in_memory(ByteView zip) {
  return open_zip(octets_in_memory(zip), "zip");
}

}  // namespace perdura::verifier
