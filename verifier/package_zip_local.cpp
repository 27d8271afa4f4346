#include "verifier/package_zip_local.hpp"

#include <string>

namespace perdura::verifier {
namespace {

constexpr std::size_t crc_at = 14;
constexpr unsigned flag_sizes_later = 8;
constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;
constexpr std::uint64_t unicode_path = 0x7075;
constexpr std::size_t unicode_path_name_at = 5;  // behind a version and a checksum
constexpr std::string_view descriptor_signature = "PK\x07\x08";

Error damaged(const DirectoryEntry& entry, std::string what) {
  return {Errc::malformed, std::move(what), entry.name, ""};
}

// Checksum and both sizes, in 4 or 8 octets each, with or without a signature.
bool is_descriptor(ByteView octets, const DirectoryEntry& entry) {
  if (as_text(octets).starts_with(descriptor_signature) &&
      (octets.size() == 16 || octets.size() == 24)) {
    octets = octets.subspan(descriptor_signature.size());
  }
  if (octets.size() != 12 && octets.size() != 20) return false;
  const std::size_t size = (octets.size() - 4) / 2;
  return little_endian(octets.first(4)) == entry.crc &&
         little_endian(octets.subspan(4, size)) == entry.compressed_size &&
         little_endian(octets.last(size)) == entry.size;
}

}  // namespace

bool for_each_extra_field(ByteView extra,
                          const std::function<bool(std::uint64_t, ByteView)>& visit) {
  while (extra.size() >= 4) {
    const std::uint64_t id = little_endian(extra.first(2));
    const auto size = static_cast<std::size_t>(little_endian(extra.subspan(2, 2)));
    if (size > extra.size() - 4) return false;
    if (!visit(id, extra.subspan(4, size))) return false;
    extra = extra.subspan(4 + size);
  }
  return true;
}

bool extra_fields_name(ByteView extra, std::string_view name) {
  return for_each_extra_field(extra, [&](std::uint64_t id, ByteView values) {
    return id != unicode_path || (values.size() >= unicode_path_name_at &&
                                  as_text(values.subspan(unicode_path_name_at)) == name);
  });
}

Result<FilePlace> find_octets(const Octets& octets, const DirectoryEntry& entry) {
  const std::string& name = entry.name;
  const auto header = read_exactly(octets, entry.header_offset, local_header_size + name.size());
  const auto field = [&](std::size_t at, std::size_t size) {
    return little_endian(ByteView(*header).subspan(at, size));
  };
  const auto agrees = [&](std::size_t at, std::uint64_t value) {
    const std::uint64_t stated = field(at, 4);
    return stated == value || (stated == 0 && (field(6, 2) & flag_sizes_later) != 0) ||
           (at != crc_at && stated == in_zip64);
  };
  if (!header || !as_text(*header).starts_with(local_signature) || field(8, 2) != entry.method ||
      !agrees(crc_at, entry.crc) || !agrees(18, entry.compressed_size) || !agrees(22, entry.size) ||
      field(26, 2) != name.size()) {
    return damaged(entry, "the header before its octets contradicts the directory");
  }
  const Error renamed =
      damaged(entry, "the header before its octets has another name than the directory");
  if (as_text(*header).substr(local_header_size) != name) return renamed;
  FilePlace place{entry.header_offset + header->size(), (field(6, 2) & flag_sizes_later) != 0};
  if (const auto extra_size = static_cast<std::size_t>(field(28, 2)); extra_size != 0) {
    const auto extra = read_exactly(octets, place.octets_at, extra_size);
    if (!extra || !extra_fields_name(*extra, name)) return renamed;
    place.octets_at += extra_size;
  }
  return place;
}

Result<Ok> check_behind(const Octets& octets, const DirectoryEntry& entry, const FilePlace& place,
                        std::uint64_t next) {
  const std::uint64_t end = place.octets_at + entry.compressed_size;
  if (end == next) return Ok{};
  if (end > next) return damaged(entry, "its octets reach into what follows");
  constexpr std::uint64_t descriptor_size_max = 24;
  if (place.sizes_later && next - end <= descriptor_size_max) {
    const auto descriptor = read_exactly(octets, end, static_cast<std::size_t>(next - end));
    if (descriptor && is_descriptor(*descriptor, entry)) return Ok{};
  }
  return damaged(entry, "there are octets behind it that belong to no file");
}

}  // namespace perdura::verifier
