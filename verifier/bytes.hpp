// Octets: owned, viewed, and written as hex or base64.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perdura::verifier {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The octets of `text`, aliasing it.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// `bytes` seen as text, aliasing it. Not checked to be UTF-8.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An owned copy.
inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// Whether both hold the same octets.
bool equal(ByteView a, ByteView b);

// Negative, zero or positive as `a` is before, equal to or after `b` as unsigned big-endian octets;
// a proper prefix is before.
int compare(ByteView a, ByteView b);

// Lower-case hex, two digits an octet.
std::string to_hex(ByteView bytes);

// The octets of `hex` (either case, no separators); nothing when it is not hex of even length.
std::optional<Bytes> from_hex(std::string_view hex);

// RFC 4648 section 4 base64, padded, on one line.
std::string to_base64(ByteView bytes);
// The same, behind what `out` holds.
void append_base64(std::string& out, ByteView bytes);

// The octets of padded base64 on one line; nothing when it is anything else, spare bits included.
std::optional<Bytes> from_base64(std::string_view text);

// The number in decimal digits; nothing when it is anything else, leading zeros included.
std::optional<std::uint64_t> from_decimal(std::string_view text);

// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace perdura::verifier
