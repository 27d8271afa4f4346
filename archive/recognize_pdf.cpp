#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "archive/recognize_formats.hpp"
#include "archive/recognize_text.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

// The Info dictionary stands near the end as a rule, and near the start when linearised.
constexpr std::size_t window = std::size_t{64} << 10;

// The longest string that is read, in octets as written.
constexpr std::size_t string_max = 4 * recognized_text_max;

// A hexadecimal string (ISO 32000-1 §7.3.4.3) that begins after its "<".
std::optional<std::string> hex_string(std::string_view text) {
  const auto end = text.substr(0, string_max).find('>');
  if (end == text.npos) return std::nullopt;
  std::string digits(text.substr(0, end));
  std::erase_if(digits, [](char c) { return c == ' ' || c == '\r' || c == '\n' || c == '\t'; });
  if (digits.size() % 2 != 0) digits += '0';
  const auto octets = verifier::from_hex(digits);
  if (!octets) return std::nullopt;
  return std::string(verifier::as_text(*octets));
}

// What an escape stands for (§7.3.4.2, table 3); `at` is on the character after the reverse
// solidus and moves to its last one.
char unescaped(std::string_view text, std::size_t& at) {
  const auto is_octal = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '7';
  };
  if (is_octal(at)) {
    int code = text[at] - '0';
    for (int n = 0; n < 2 && is_octal(at + 1); ++n) code = code * 8 + (text[++at] - '0');
    return static_cast<char>(code);
  }
  switch (text[at]) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return text[at];
  }
}

// A literal string (§7.3.4.2) that begins after its "(".
std::optional<std::string> literal_string(std::string_view text) {
  text = text.substr(0, string_max);
  std::string value;
  int depth = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size()) {
      value += unescaped(text, ++at);
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return value;
    value += c;
  }
  return std::nullopt;
}

// The string that is the value of the last `key` in `text`; nothing when the value is a reference
// or broken.
std::optional<std::string> string_after(std::string_view text, std::string_view key) {
  const auto found = text.rfind(key);
  if (found == text.npos) return std::nullopt;
  const auto at = text.find_first_not_of(" \t\r\n", found + key.size());
  if (at == text.npos) return std::nullopt;
  if (text[at] == '(') return literal_string(text.substr(at + 1));
  if (text[at] == '<') return hex_string(text.substr(at + 1));
  return std::nullopt;
}

// A text string (§7.9.2.2): UTF-16BE or UTF-8 with a byte order mark, else PDFDocEncoding, which
// where it names letters is ISO 8859-1.
std::string decoded(std::string_view octets) {
  if (octets.starts_with("\xfe\xff")) return utf8_from_utf16be(octets.substr(2));
  if (octets.starts_with("\xef\xbb\xbf")) return std::string(octets.substr(3));
  return utf8_from_latin1(octets);
}

// D:YYYYMMDDHHmmSSOHH'mm' (§7.9.4), O being +, - or Z.
std::optional<verifier::Time> parse_pdf_date(std::string text) {
  if (text.starts_with("D:")) text.erase(0, 2);
  std::erase(text, '\'');
  const auto zulu = text.find('Z');
  if (zulu != text.npos) text.erase(zulu);  // also "Z0000"
  return parse_hl7_time(text);
}

}  // namespace

std::optional<Recognized> recognize_pdf(ByteView head, bool whole) {
  const std::string_view text = verifier::as_text(head);
  // Readers take a header within the first 1024 octets (ISO 32000-1 implementation note 13).
  if (text.substr(0, 1024).find("%PDF-") == text.npos) return std::nullopt;
  Recognized found{.media_type = "application/pdf"};
  const auto start = text.substr(0, window);
  const auto end = whole ? text.substr(text.size() - std::min(text.size(), window)) : start;
  // Its strings are encrypted too. It says so at its end, or if it is linearised at its start alone
  // (ISO 32000-1 F.3.4 and F.3.11); of another one whose end was not seen nobody knows.
  for (const auto part : {start, end}) {
    if (part.find("/Encrypt") != part.npos) return found;
  }
  const auto find = [&](std::string_view key) {
    auto value = string_after(end, key);
    if (!value) value = string_after(start, key);
    return value ? decoded(*value) : std::string();
  };
  found.event_time = parse_pdf_date(find("/CreationDate"));  // of encrypted octets it makes nothing
  if (!whole && start.find("/Linearized") == start.npos) return found;
  found.author = clean_text(find("/Author"));
  found.language = clean_identifier(find("/Lang"));
  return found;
}

}  // namespace perdura::archive
