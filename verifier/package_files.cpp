// Reading and hashing the files of a package (declared in verify_record.hpp).
#include <algorithm>

#include "verifier/certificate_path.hpp"
#include "verifier/findings.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_record.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t file_buffer_size = 128u << 10;
constexpr DigestAlgorithm manifest_algorithm[] = {DigestAlgorithm::sha256};
constexpr const char* bag_manifest_rule = "RFC 8493 section 2.1.3";

Finding unreadable(const Text& label, const Error& error) {
  switch (error.code) {
    case Errc::not_found:
      return failed(SubIndication::missing_data,
                    say("file.missing-though-listed", {{"file", label}}), error.where,
                    bag_manifest_rule);
    case Errc::too_large:
      return failed(SubIndication::format_failure, say("file.too-long", {{"file", label}}),
                    to_string(error), package_rule);
    default:
      return failed(SubIndication::hash_failure, say("file.damaged", {{"file", label}}),
                    to_string(error), bag_manifest_rule);
  }
}

Finding altered(const Text& label, const Digest& is, const Digest& listed) {
  return failed(SubIndication::hash_failure, say("file.altered", {{"file", label}}),
                "SHA-256 is " + is.hex() + ", listed " + listed.hex(), bag_manifest_rule);
}

}  // namespace

const Digest& HashedFile::digest(DigestAlgorithm algorithm) const {
  for (const auto& one : digests) {
    if (one.first == algorithm) return one.second;
  }
  throw BrokenInvariant("a file was hashed with the algorithm asked for");
}

FileHasher::FileHasher(std::unique_ptr<PackageReader> reader)
    : reader_(std::move(reader)), buffer_(file_buffer_size) {}

Hasher& FileHasher::hasher(DigestAlgorithm algorithm) {
  auto& hasher = hashers_.at(static_cast<std::size_t>(algorithm));
  if (!hasher) hasher.emplace(algorithm);
  return *hasher;
}

Result<HashedFile> FileHasher::hash(std::string_view name,
                                    std::span<const DigestAlgorithm> algorithms) {
  if (auto size = reader_->open(name); !size) return size.error();
  HashedFile file;
  for (;;) {
    const auto got = reader_->read(buffer_);
    if (!got) {  // leave no octets behind in the hashers
      for (const DigestAlgorithm algorithm : algorithms) hasher(algorithm).finish();
      return got.error();
    }
    if (*got == 0) break;
    file.size += *got;
    for (const DigestAlgorithm algorithm : algorithms) {
      hasher(algorithm).update(ByteView(buffer_).first(*got));
    }
  }
  for (const DigestAlgorithm algorithm : algorithms) {
    file.digests.emplace_back(algorithm, hasher(algorithm).finish());
  }
  return file;
}

std::vector<std::pair<DigestAlgorithm, Digest>> FileHasher::hash(
    ByteView octets, std::span<const DigestAlgorithm> algorithms) {
  std::vector<std::pair<DigestAlgorithm, Digest>> digests;
  for (const DigestAlgorithm algorithm : algorithms) {
    digests.emplace_back(algorithm, hasher(algorithm).update(octets).finish());
  }
  return digests;
}

std::optional<Bytes> read_listed(FileHasher& files, const ManifestEntry& entry, const Text& label,
                                 std::size_t size_max, std::vector<Finding>& findings) {
  auto octets = read_whole(files.reader(), entry.name, size_max);
  if (!octets) {
    findings.push_back(unreadable(label, octets.error()));
    return std::nullopt;
  }
  const Digest digest = files.hash(*octets, manifest_algorithm).front().second;
  if (digest != entry.sha256) findings.push_back(altered(label, digest, entry.sha256));
  return *std::move(octets);
}

std::optional<std::uint64_t> judge_listed(FileHasher& files, const ManifestEntry& entry,
                                          const Text& label, std::vector<Finding>& findings) {
  const auto file = files.hash(entry.name, manifest_algorithm);
  if (!file) {
    findings.push_back(unreadable(label, file.error()));
    return std::nullopt;
  }
  const Digest& digest = file->digest(DigestAlgorithm::sha256);
  if (digest != entry.sha256) findings.push_back(altered(label, digest, entry.sha256));
  return file->size;
}

std::optional<std::uint64_t> judge_uncovered(FileHasher& files, const ManifestEntry& entry,
                                             const Text& label, std::vector<Finding>& findings) {
  findings.push_back(warned(say("package.file-not-covered", {{"file", label}}), "", package_rule));
  return judge_listed(files, entry, label, findings);
}

std::string signer_of_token(ByteView content_info) {
  // Neighbours share their token.
  thread_local Bytes last_token;
  thread_local std::string last_signer;
  if (!last_token.empty() && equal(last_token, content_info)) return last_signer;
  std::string subject;
  if (const auto token = parse_timestamp_token(content_info)) {
    for (const ByteView der : token->certificates) {
      const CertificatePtr certificate = read_certificate(der);
      if (!certificate || !equal(certificate->serial_number(), token->signer.serial_number) ||
          !equal(certificate->issuer_name(), token->signer.issuer)) {
        continue;
      }
      subject = certificate->subject();
      break;
    }
  }
  last_token = to_bytes(content_info);
  last_signer = subject;
  return subject;
}

}  // namespace perdura::verifier
