// Hash functions and their values.
//
// Algorithms are fetched from libcrypto once; a Hasher keeps its context and is ready again after
// finish(), so that a tree of millions of nodes allocates nothing.
// Thread safety: Digest is a plain value; a Hasher belongs to one thread at a time.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"

namespace perdura::verifier {

// Every hash function that evidence may name. Whether one is still fit is policy.hpp's to say.
enum class DigestAlgorithm : std::uint8_t {
  sha1,
  ripemd160,
  sha224,
  sha256,
  sha384,
  sha512,
  sha512_256,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512,
  shake256,  // with 512 bits of output (RFC 8702)
};

// How many they are; their values count from 0.
inline constexpr std::size_t digest_algorithms_known =
    static_cast<std::size_t>(DigestAlgorithm::shake256) + 1;

// Octets in a digest of this algorithm.
std::size_t digest_size(DigestAlgorithm algorithm);

// The name used in our JSON and on command lines: "sha256", "sha3-512".
std::string_view name(DigestAlgorithm algorithm);

// The algorithm of that name, or of common other spellings ("SHA-256", "SHA256"); nothing when
// unknown.
std::optional<DigestAlgorithm> digest_algorithm_from_name(std::string_view name);

// The content octets of the algorithm's OBJECT IDENTIFIER.
ByteView oid(DigestAlgorithm algorithm);

// The algorithm with these OBJECT IDENTIFIER content octets; nothing when unknown.
std::optional<DigestAlgorithm> digest_algorithm_from_oid(ByteView oid);

// A hash value. Ordered as unsigned octets, which is RFC 4998's "binary ascending".
class Digest {
 public:
  static constexpr std::size_t size_max = 64;

  Digest() = default;
  // Copies `octets`. At most size_max of them: more is a broken invariant.
  explicit Digest(ByteView octets);

  ByteView view() const { return {octets_.data(), size_}; }
  operator ByteView() const { return view(); }  // NOLINT: a digest is read as its octets
  std::size_t size() const { return size_; }
  std::string hex() const { return to_hex(view()); }

  friend bool operator==(const Digest& a, const Digest& b) { return equal(a.view(), b.view()); }
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b) {
    return compare(a.view(), b.view()) <=> 0;
  }

 private:
  friend class Hasher;
  std::array<std::uint8_t, size_max> octets_{};
  std::uint8_t size_ = 0;
};

// Hashes a stream. Throws BrokenInvariant when libcrypto cannot provide the algorithm.
class Hasher {
 public:
  explicit Hasher(DigestAlgorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  DigestAlgorithm algorithm() const { return algorithm_; }
  // Hashes further octets.
  Hasher& update(ByteView bytes);
  // The digest of everything since the last finish(); the Hasher is as new afterwards.
  Digest finish();
  // The same, written to `out`, which has the digest's size: for trees, where copies would count.
  void finish(std::span<std::uint8_t> out);

 private:
  struct Context;
  DigestAlgorithm algorithm_;
  std::unique_ptr<Context> context_;
};

// The digest of `bytes`. For many small inputs keep a Hasher instead.
Digest hash(DigestAlgorithm algorithm, ByteView bytes);

}  // namespace perdura::verifier
