#include "verifier/html.hpp"

#include "verifier/printable.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t text_max = 4096;

std::string_view name_of(std::string_view tag) { return tag.substr(0, tag.find(' ')); }

}  // namespace

std::string html_escaped(std::string_view text) {
  const bool cut = text.size() > text_max;
  std::string_view kept = text.substr(0, text_max);
  // Not within a character.
  while (cut && !kept.empty() && (static_cast<unsigned char>(text[kept.size()]) & 0xC0) == 0x80) {
    kept.remove_suffix(1);
  }
  std::string out;
  for (const char c : printable(kept)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  if (cut) out += "\u2026";
  return out;
}

Html& Html::text(std::string_view text) { return raw(html_escaped(text)); }

Html& Html::foreign(std::string_view text) { return raw("<bdi>").text(text).raw("</bdi>"); }

Html& Html::open(std::string_view tag) { return raw("<").raw(tag).raw(">"); }

Html& Html::close(std::string_view tag) { return raw("</").raw(name_of(tag)).raw(">"); }

Html& Html::element(std::string_view tag, std::string_view text) {
  return open(tag).text(text).close(tag);
}

Html& Html::foreign_element(std::string_view tag, std::string_view text) {
  return open(tag).foreign(text).close(tag);
}

Html& Html::raw(std::string_view html) {
  out_ += html;
  return *this;
}

}  // namespace perdura::verifier
