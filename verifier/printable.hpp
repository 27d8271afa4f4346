// Text from evidence, made safe to be shown. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace perdura::verifier {

// Whether an octet is a control character of ASCII.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// `text` without anything that would move a cursor or mislead an eye: control characters, those
// that turn the direction of writing, join or hide, and what is not UTF-8 become \u{...} or
// \x{...}.
std::string printable(std::string_view text);

}  // namespace perdura::verifier
