// Text from evidence, made safe to be shown. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace perdura::verifier {

// `text` without anything that would move a cursor or mislead an eye: control characters, those
// that turn the direction of writing, join or hide, and what is not UTF-8 become \u{...} or
// \x{...}.
std::string printable(std::string_view text);

}  // namespace perdura::verifier
