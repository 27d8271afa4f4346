// The octets of a zip, wherever they are. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// Where the octets of a zip are.
class Octets {
 public:
  virtual ~Octets() = default;
  // How many there are.
  virtual std::uint64_t size() const = 0;
  // Octets at `offset`: as many as there are, up to the span's size; nothing on an error.
  virtual std::optional<std::size_t> read_at(std::uint64_t offset,
                                             std::span<std::uint8_t> into) const = 0;
};

// In memory, which must outlive it.
std::unique_ptr<Octets> octets_in_memory(ByteView octets);
// Of a file. Errors: io, denied, malformed (not a regular file).
Result<std::unique_ptr<Octets>> octets_of_file(const std::filesystem::path& path);

// Octets [offset, offset + size); nothing when they are not all there, or can't be read.
std::optional<Bytes> read_exactly(const Octets& octets, std::uint64_t offset, std::size_t size);

// The number that octets of a zip mean, the lowest first.
std::uint64_t little_endian(ByteView octets);

}  // namespace perdura::verifier
