#include "verifier/printable.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "verifier/bytes.hpp"

namespace perdura::verifier {
namespace {

// One character of UTF-8 at the start of `text`: its code point and octets; invalid octets stand
// for themselves.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool valid = true;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size > text.size() || !is_utf8(text.substr(0, size))) return {lead, 1, false};
  if (size == 1) return {lead, 1, true};
  std::uint32_t code = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return {code, size, true};
}

// Controls, and what turns the direction of writing, joins lines or can't be seen.
bool misleads(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.valid && !misleads(character.code)) {
      out += text.substr(0, character.size);
    } else {
      std::array<char, 16> escaped{};
      std::snprintf(escaped.data(), escaped.size(), character.valid ? "\\u{%X}" : "\\x{%X}",
                    static_cast<unsigned>(character.code));
      out += escaped.data();
    }
    text.remove_prefix(character.size);
  }
  return out;
}

}  // namespace perdura::verifier
