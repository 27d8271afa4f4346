#include "verifier/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "verifier/result.hpp"

namespace perdura::verifier {
namespace {

struct DigestRow {
  DigestAlgorithm algorithm;
  std::string_view name;
  const char* fetch_name;
  std::size_t size;
  std::array<std::uint8_t, 9> oid;
  std::size_t oid_size;
};

// In the order of the enumeration. RIPEMD-160 is in libcrypto's legacy provider for some builds.
constexpr DigestRow digest_rows[] = {
    // clang-format off
    {DigestAlgorithm::sha1,       "sha1",       "SHA1",       20, {0x2B, 0x0E, 0x03, 0x02, 0x1A}, 5},
    {DigestAlgorithm::ripemd160,  "ripemd160",  "RIPEMD160",  20, {0x2B, 0x24, 0x03, 0x02, 0x01}, 5},
    {DigestAlgorithm::sha224,     "sha224",     "SHA2-224",   28, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04}, 9},
    {DigestAlgorithm::sha256,     "sha256",     "SHA2-256",   32, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, 9},
    {DigestAlgorithm::sha384,     "sha384",     "SHA2-384",   48, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}, 9},
    {DigestAlgorithm::sha512,     "sha512",     "SHA2-512",   64, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}, 9},
    {DigestAlgorithm::sha512_256, "sha512-256", "SHA2-512/256", 32, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06}, 9},
    {DigestAlgorithm::sha3_224,   "sha3-224",   "SHA3-224",   28, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x07}, 9},
    {DigestAlgorithm::sha3_256,   "sha3-256",   "SHA3-256",   32, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08}, 9},
    {DigestAlgorithm::sha3_384,   "sha3-384",   "SHA3-384",   48, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09}, 9},
    {DigestAlgorithm::sha3_512,   "sha3-512",   "SHA3-512",   64, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0A}, 9},
    {DigestAlgorithm::shake256,   "shake256",   "SHAKE256",   64, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0C}, 9},
    // clang-format on
};

const DigestRow& row(DigestAlgorithm algorithm) {
  return digest_rows[static_cast<std::size_t>(algorithm)];
}

ByteView digest_oid(const DigestRow& row) { return ByteView(row.oid).first(row.oid_size); }

// Lower case, without '-', '_' and '/'.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == '/') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// Fetched once a process: a fetch for each hash would cost more than the hash.
const EVP_MD* fetched(DigestAlgorithm algorithm) {
  static const auto all = [] {
    std::array<EVP_MD*, std::size(digest_rows)> mds{};
    for (std::size_t i = 0; i < mds.size(); ++i) {
      mds[i] = EVP_MD_fetch(nullptr, digest_rows[i].fetch_name, nullptr);
    }
    return mds;
  }();
  const EVP_MD* md = all[static_cast<std::size_t>(algorithm)];
  check(md != nullptr, "libcrypto provides the hash function");
  return md;
}

}  // namespace

std::size_t digest_size(DigestAlgorithm algorithm) { return row(algorithm).size; }
std::string_view name(DigestAlgorithm algorithm) { return row(algorithm).name; }
ByteView oid(DigestAlgorithm algorithm) { return digest_oid(row(algorithm)); }

std::optional<DigestAlgorithm> digest_algorithm_from_name(std::string_view name) {
  for (const DigestRow& row : digest_rows) {
    if (folded(row.name) == folded(name)) return row.algorithm;
  }
  return std::nullopt;
}

std::optional<DigestAlgorithm> digest_algorithm_from_oid(ByteView oid) {
  for (const DigestRow& row : digest_rows) {
    if (equal(digest_oid(row), oid)) return row.algorithm;
  }
  return std::nullopt;
}

Digest::Digest(ByteView octets) : size_(static_cast<std::uint8_t>(octets.size())) {
  check(octets.size() <= size_max, "a digest has at most 64 octets");
  std::ranges::copy(octets, octets_.begin());
}

struct Hasher::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(handle); }
};

Hasher::Hasher(DigestAlgorithm algorithm)
    : algorithm_(algorithm), context_(std::make_unique<Context>()) {
  check(context_->handle != nullptr, "memory for a hash context");
  check(EVP_DigestInit_ex2(context_->handle, fetched(algorithm), nullptr) == 1, "hash starts");
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

Hasher& Hasher::update(ByteView bytes) {
  check(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1, "hash takes octets");
  return *this;
}

Digest Hasher::finish() {
  Digest digest;
  unsigned int size = static_cast<unsigned int>(digest_size(algorithm_));
  std::uint8_t* const octets = digest.octets_.data();
  const bool done = algorithm_ == DigestAlgorithm::shake256
                        ? EVP_DigestFinalXOF(context_->handle, octets, size) == 1
                        : EVP_DigestFinal_ex(context_->handle, octets, &size) == 1;
  check(done, "hash finishes");
  digest.size_ = static_cast<std::uint8_t>(size);
  check(EVP_DigestInit_ex2(context_->handle, nullptr, nullptr) == 1, "hash starts again");
  return digest;
}

void Hasher::finish(std::span<std::uint8_t> out) {
  check(out.size() == digest_size(algorithm_), "there is room for the digest and no more");
  check(EVP_DigestFinal_ex(context_->handle, out.data(), nullptr) == 1, "hash finishes");
  check(EVP_DigestInit_ex2(context_->handle, nullptr, nullptr) == 1, "hash starts again");
}

Digest hash(DigestAlgorithm algorithm, ByteView bytes) {
  return Hasher(algorithm).update(bytes).finish();
}

}  // namespace perdura::verifier
