#include "verifier/package_source.hpp"

#include <algorithm>
#include <cstring>

#include "verifier/digest.hpp"
#include "verifier/printable.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t name_size_max = 1024;

// Two names that differ only in the case of ASCII letters have the same hash. SHA-256, so that
// nobody can cheaply make names that collide.
std::uint64_t hash_of_name(std::string_view name) {
  thread_local Hasher sha256(DigestAlgorithm::sha256);
  const Digest digest = sha256.update(as_bytes(folded_name(name))).finish();
  std::uint64_t hash = 0;
  std::memcpy(&hash, digest.view().data(), sizeof hash);
  return hash;
}

}  // namespace

std::string folded_name(std::string_view name) {
  std::string folded(name);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

std::string fault_of_name(std::string_view name) {
  if (name.empty()) return "a name is empty";
  if (name.size() > name_size_max) return "a name is longer than 1,024 octets";
  if (!is_utf8(name)) return "a name is not UTF-8";
  for (const char c : name) {
    if (is_control(c)) return "a name holds control characters";
    if (c == '\\') return "a name holds a backslash";
  }
  if (name.front() == '/') return "a name is absolute";
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") {
      return "a name has a part that is empty, '.' or '..'";
    }
    start = end + 1;
  }
  return "";
}

std::string oddity_of_name(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ':') return "a name holds a colon, as after a drive or before a stream";
    // Letters that look alike, marks that put one into another, directions that turn a name round.
    if (static_cast<unsigned char>(name[i]) > 0x7F) {
      return "a name holds characters outside of ASCII";
    }
    // Some systems leave it away, so that two names become one.
    if (name[i] == ' ' && (i + 1 == name.size() || name[i + 1] == '/')) {
      return "a name has a part that ends in a space";
    }
  }
  return "";
}

void NameIndex::add(std::string_view name, std::uint64_t position, std::uint32_t ordinal) {
  entries_.push_back({hash_of_name(name), position, ordinal});
}

bool NameIndex::finish() {
  entries_.shrink_to_fit();
  std::ranges::sort(entries_, {}, &Entry::hash);
  return std::ranges::adjacent_find(entries_, {}, &Entry::hash) == entries_.end();
}

std::optional<std::uint32_t> NameIndex::find(std::string_view name) const {
  const std::uint64_t hash = hash_of_name(name);
  const auto at = std::ranges::lower_bound(entries_, hash, {}, &Entry::hash);
  if (at == entries_.end() || at->hash != hash) return std::nullopt;
  return static_cast<std::uint32_t>(at - entries_.begin());
}

Result<Bytes> read_whole(PackageReader& reader, std::string_view name, std::size_t size_max) {
  const auto size = reader.open(name);
  if (!size) return size.error();
  if (*size > size_max) {
    return Error{Errc::too_large, "is longer than " + std::to_string(size_max) + " octets",
                 std::string(name), ""};
  }
  Bytes octets(static_cast<std::size_t>(*size));
  std::size_t have = 0;
  std::uint8_t beyond = 0;
  for (;;) {
    // At the end one more read, which makes the checks.
    const std::span<std::uint8_t> rest =
        have < octets.size() ? std::span(octets).subspan(have) : std::span(&beyond, 1);
    const auto read = reader.read(rest);
    if (!read) return read.error();
    if (*read == 0) return octets;
    have += *read;
  }
}

Result<std::unique_ptr<PackageSource>> open_package_source(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error{Errc::not_found, "there is no such file or folder", path.string(), ""};
  }
  if (failed) {
    const bool denied = failed == std::errc::permission_denied;
    return Error{denied ? Errc::denied : Errc::io, failed.message(), path.string(), ""};
  }
  if (status.type() == std::filesystem::file_type::directory) return open_folder(path);
  return open_zip_file(path);
}

}  // namespace perdura::verifier
