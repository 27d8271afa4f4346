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

// The literal string (ISO 32000-1 §7.3.4.2) that is the value of the last `key` in `text`; nothing
// when it is an indirect reference, a hex string or encrypted beyond ASCII. Escapes other than of
// brackets and the reverse solidus make it nothing too.
std::optional<std::string> literal_after(std::string_view text, std::string_view key) {
  const auto found = text.rfind(key);
  if (found == text.npos) return std::nullopt;
  auto at = text.find_first_not_of(" \t\r\n", found + key.size());
  if (at == text.npos || text[at] != '(') return std::nullopt;
  std::string value;
  int depth = 1;
  for (++at; at < text.size() && value.size() <= recognized_text_max; ++at) {
    char c = text[at];
    const bool escaped = c == '\\' && at + 1 < text.size();
    if (escaped) {
      c = text[++at];
      if (c != '(' && c != ')' && c != '\\') return std::nullopt;
    }
    if (c < 0x20 || c == 0x7f) return std::nullopt;  // also all that is not ASCII
    if (!escaped && c == '(') ++depth;
    if (!escaped && c == ')' && --depth == 0) return value;
    value += c;
  }
  return std::nullopt;
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
  if (text.substr(text.size() - end.size()).find("/Encrypt") != text.npos) return found;
  const auto find = [&](std::string_view key) {
    auto value = literal_after(end, key);
    return value ? value : literal_after(start, key);
  };
  if (const auto date = find("/CreationDate")) found.event_time = parse_pdf_date(*date);
  if (const auto author = find("/Author")) found.author = clean_text(*author);
  if (const auto language = find("/Lang")) found.language = clean_identifier(*language);
  return found;
}

}  // namespace perdura::archive
