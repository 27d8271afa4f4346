#include "tools/verify/inputs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

namespace perdura::tools::verify {

using namespace verifier;

namespace {

constexpr std::size_t file_size_max = 64u << 20;

Result<DataObject> hash_file(const std::string& path, std::span<const DigestAlgorithm> algorithms) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "can't be opened", path, ""};
  std::vector<Hasher> hashers;
  for (const DigestAlgorithm algorithm : algorithms) hashers.emplace_back(algorithm);
  std::vector<char> buffer(1u << 18);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    const std::string_view part(buffer.data(), static_cast<std::size_t>(file.gcount()));
    for (Hasher& hasher : hashers) hasher.update(as_bytes(part));
  }
  if (file.bad() || !file.eof()) return Error{Errc::io, "can't be read", path, ""};
  DataObject object{path, {}};
  for (Hasher& hasher : hashers) object.digests.emplace_back(hasher.algorithm(), hasher.finish());
  return object;
}

Result<DataObject> parse_digests(const std::string& text) {
  DataObject object{text, {}};
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string one = text.substr(start, end - start);
    start = end + 1;
    const std::size_t colon = one.find(':');
    const auto algorithm = digest_algorithm_from_name(one.substr(0, colon));
    const auto octets = colon == std::string::npos ? std::nullopt : from_hex(one.substr(colon + 1));
    if (!algorithm || !octets || octets->size() != digest_size(*algorithm)) {
      return misuse("is not a digest as in sha256:e3b0...", "--digest " + one);
    }
    if (digest_of(object, *algorithm) != nullptr) {
      return misuse("names " + std::string(verifier::name(*algorithm)) +
                        " twice: one document has one digest in each hash function",
                    "--digest " + text);
    }
    object.digests.emplace_back(*algorithm, Digest(*octets));
  }
  return object;
}

Result<DataObject> hash_file(const std::string& path, const HashingPlan& plan) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (plan.canonicalizations.empty() || failed || size == 0 || size > XmlLimits().size) {
    return hash_file(path, plan.algorithms);
  }
  const auto octets = read_file(path);
  if (!octets) return octets.error();
  return hash_document(path, *octets, plan);
}

}  // namespace

Error misuse(std::string what, std::string where) {
  return {Errc::misuse, std::move(what), std::move(where), "see perdura-verify --help"};
}

Result<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "can't be opened", path, ""};
  Bytes octets;
  std::vector<char> buffer(1u << 16);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    octets.insert(octets.end(), buffer.data(), buffer.data() + file.gcount());
    if (octets.size() > file_size_max) {
      return Error{Errc::too_large, "is longer than 64 MiB", path, ""};
    }
  }
  if (file.bad() || octets.empty()) return Error{Errc::io, "can't be read, or is empty", path, ""};
  return octets;
}

Result<Bytes> read_start(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "can't be opened", path, ""};
  Bytes octets(16);
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  octets.resize(static_cast<std::size_t>(file.gcount()));
  return octets;
}

Result<std::vector<DataObject>> data_objects(const std::vector<std::string>& paths,
                                             const std::vector<std::string>& digests,
                                             const HashingPlan& plan) {
  std::vector<DataObject> objects;
  for (const std::string& path : paths) {
    auto object = hash_file(path, plan);
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  for (const std::string& text : digests) {
    auto object = parse_digests(text);
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  return objects;
}

}  // namespace perdura::tools::verify
