#include "archive/recognize_text.hpp"

#include <algorithm>
#include <cstdint>

#include "archive/recognize.hpp"
#include "verifier/bytes.hpp"
#include "verifier/printable.hpp"

namespace perdura::archive {
namespace {

using verifier::is_control;
using verifier::Time;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || is_control(c); }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// C1 controls are U+0080 to U+009F: C2 80 to C2 9F.
bool has_c1_control(std::string_view text) {
  for (auto at = text.find('\xc2'); at != text.npos; at = text.find('\xc2', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) return true;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes `width` digits off `text` into `value`; false, and nothing taken, when they are not there.
bool take_number(std::string_view& text, std::size_t width, int& value) {
  if (text.size() < width || !std::ranges::all_of(text.substr(0, width), is_digit)) return false;
  value = 0;
  for (const char c : text.substr(0, width)) value = value * 10 + (c - '0');
  text.remove_prefix(width);
  return true;
}

// Seconds east of UTC of "+hhmm"; nothing when `text` is neither that nor empty.
std::optional<int> parse_offset(std::string_view text) {
  if (text.empty()) return 0;
  const char sign = text.front();
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  const bool good = (sign == '+' || sign == '-') && take_number(text, 2, hours) &&
                    take_number(text, 2, minutes) && text.empty() && hours <= 14 && minutes < 60;
  if (!good) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

// RFC 3629 section 3. A lone surrogate comes out as what is no UTF-8, and is refused later.
void append_utf8(std::string& text, std::uint32_t code) {
  const auto low = [code](unsigned shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 63));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | (code >> 6));
    text += low(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | (code >> 12));
    text += low(6);
    text += low(0);
  } else {
    text += static_cast<char>(0xf0 | (code >> 18));
    text += low(12);
    text += low(6);
    text += low(0);
  }
}

}  // namespace

std::string clean_text(std::string_view text) {
  text = trimmed(text.substr(0, 8 * recognized_text_max));
  while (!text.empty() && !verifier::is_utf8(text) && text.size() > 7 * recognized_text_max) {
    text.remove_suffix(1);  // the first cut may have parted a character
  }
  if (!verifier::is_utf8(text) || has_c1_control(text)) return "";
  std::string result;
  for (const char c : text) {
    if (!is_blank(c)) {
      result += c;
    } else if (result.back() != ' ') {  // trimmed, so never the first
      result += ' ';
    }
  }
  if (result.size() > recognized_text_max) {
    std::size_t end = recognized_text_max;
    while (end > 0 && continues_character(result[end])) --end;
    result.resize(end);
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::string clean_identifier(std::string_view text) {
  text = trimmed(text);
  const bool good = text.size() <= recognized_text_max && std::ranges::none_of(text, is_control) &&
                    verifier::is_utf8(text) && !has_c1_control(text);
  return good ? std::string(text) : std::string();
}

std::optional<verifier::Patient> make_patient(std::string_view id, std::string_view issuer) {
  constexpr std::string_view oid_scheme = "urn:oid:";
  issuer = trimmed(issuer);
  if (issuer.starts_with(oid_scheme)) issuer.remove_prefix(oid_scheme.size());
  verifier::Patient patient{.id = clean_identifier(id), .issuer = clean_identifier(issuer)};
  if (patient.id.empty()) return std::nullopt;
  return patient;
}

bool is_oid(std::string_view text) {
  return !text.empty() && is_digit(text.front()) && text.find('.') != text.npos &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

std::string utf8_from_latin1(std::string_view text) {
  std::string result;
  for (const char c : text) append_utf8(result, static_cast<unsigned char>(c));
  return result;
}

std::string utf8_from_utf16be(std::string_view octets) {
  std::string result;
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    const auto unit = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i])) << 8 |
             static_cast<unsigned char>(octets[i + 1]);
    };
    std::uint32_t code = unit(at);
    const bool pair = code >= 0xd800 && code < 0xdc00 && at + 3 < octets.size() &&
                      (unit(at + 2) & 0xfc00) == 0xdc00;
    if (pair) {
      code = 0x10000 + ((code - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    }
    append_utf8(result, code);
  }
  return result;
}

std::optional<Time> parse_hl7_time(std::string_view text) {
  text = trimmed(text);
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 4, year)) return std::nullopt;
  // Each field only after the one before it.
  if (take_number(text, 2, month) && take_number(text, 2, day) && take_number(text, 2, hour) &&
      take_number(text, 2, minute) && take_number(text, 2, second) && text.starts_with('.')) {
    text.remove_prefix(1);
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  }
  const auto offset = parse_offset(text);
  const auto local = verifier::time_from_utc(year, month, day, hour, minute, second);
  if (!offset || !local) return std::nullopt;
  // Nothing where a statement can't hold it: "99991231235959-0500", as what has no end is written.
  return verifier::parse_time(to_string(*local + -*offset));
}

std::optional<Time> parse_fhir_time(std::string_view text) {
  if (const auto time = verifier::parse_time(text)) return verifier::parse_time(to_string(*time));
  int year = 0;
  int month = 1;
  if (!take_number(text, 4, year)) return std::nullopt;
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    if (!take_number(text, 2, month)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return verifier::time_from_utc(year, month, 1, 0, 0, 0);
}

}  // namespace perdura::archive
