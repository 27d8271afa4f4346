// The octets of a zip, and minizip reading them, with a check that minizip leaves out.
//
// Thread safety: Octets are immutable; a Zip belongs to one thread.
#pragma once

#include <minizip/unzip.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

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

// Whether the octets end with a whole end-of-directory record and its comment (APPNOTE 4.3.16):
// minizip finds the record even when its own end was cut off.
bool ends_whole(const Octets& octets);

// minizip's handle.
struct CloseZip {
  void operator()(unzFile zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<std::remove_pointer_t<unzFile>, CloseZip>;
// Empty when this is no zip, or memory is short. `octets` must outlive it.
Zip open_zip(const Octets& octets);

}  // namespace perdura::verifier
