#include "verifier/xml_scan.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace perdura::verifier {
namespace {

// Longer than any XML declaration that makes sense.
constexpr std::size_t declaration_max = 256;

// The document as characters, of which those below 0x80 alone matter here: all encodings that are
// read have them in one unit of one or two octets.
class Units {
 public:
  Units(ByteView octets, XmlEncoding encoding) : octets_(octets), encoding_(encoding) {}
  std::size_t size() const { return octets_.size() / width(); }
  // The character at `i`; '\x80' for any that is not ASCII, '\0' behind the end.
  char operator[](std::size_t i) const {
    if (i >= size()) return '\0';
    std::uint8_t high = 0;
    std::uint8_t low = 0;
    if (width() == 1) {
      low = octets_[i];
    } else {
      const bool little = encoding_ == XmlEncoding::utf16_le;
      low = octets_[2 * i + (little ? 0 : 1)];
      high = octets_[2 * i + (little ? 1 : 0)];
    }
    return high != 0 || low >= 0x80 ? '\x80' : static_cast<char>(low);
  }
  bool starts_with(std::size_t at, std::string_view text) const {
    for (std::size_t k = 0; k < text.size(); ++k) {
      if ((*this)[at + k] != text[k]) return false;
    }
    return true;
  }
  // Behind the next `text` at or after `at`; nothing when there is none.
  std::optional<std::size_t> behind(std::size_t at, std::string_view text) const {
    for (; at + text.size() <= size(); ++at) {
      if (starts_with(at, text)) return at + text.size();
    }
    return std::nullopt;
  }

 private:
  std::size_t width() const {
    return encoding_ == XmlEncoding::utf16_le || encoding_ == XmlEncoding::utf16_be ? 2 : 1;
  }
  ByteView octets_;
  XmlEncoding encoding_;
};

bool starts(ByteView octets, std::initializer_list<std::uint8_t> with) {
  return octets.size() >= with.size() && std::equal(with.begin(), with.end(), octets.begin());
}

// By the first octets (XML 1.0 appendix F): one of the families, not yet which of 8-bit encodings.
Result<XmlEncoding> family(ByteView xml) {
  const Error unknown{Errc::unsupported, "is in an encoding other than UTF-8, UTF-16 or ISO-8859-1",
                      "offset 0", "write the document as UTF-8"};
  if (starts(xml, {0, 0}) || starts(xml, {0xFF, 0xFE, 0, 0}) || starts(xml, {'<', 0, 0, 0}) ||
      starts(xml, {0x4C, 0x6F})) {
    return unknown;  // UCS-4, EBCDIC
  }
  if (starts(xml, {0xFF, 0xFE}) || starts(xml, {'<', 0})) return XmlEncoding::utf16_le;
  if (starts(xml, {0xFE, 0xFF}) || starts(xml, {0, '<'})) return XmlEncoding::utf16_be;
  return XmlEncoding::utf8;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The value of `encoding` in an XML declaration, in lower case; "" when there is none.
std::string declared_encoding(const Units& units) {
  const std::size_t start = units[0] == '\x80' ? (units[1] == '\x80' ? 3 : 1) : 0;  // after a BOM
  const std::size_t space = start + std::string_view("<?xml").size();
  if (!units.starts_with(start, "<?xml") || space >= units.size() || !is_space(units[space])) {
    return "";  // a processing instruction, of a longer name perhaps
  }
  std::string declaration;
  for (std::size_t i = start; i < start + declaration_max && i < units.size(); ++i) {
    declaration.push_back(units[i]);
    if (declaration.ends_with("?>")) break;
  }
  const std::size_t at = declaration.find("encoding");
  if (at == std::string::npos) return "";
  const std::size_t open = declaration.find_first_of("'\"", at);
  if (open == std::string::npos) return "";
  const std::size_t close = declaration.find(declaration[open], open + 1);
  if (close == std::string::npos) return "";
  std::string name = declaration.substr(open + 1, close - open - 1);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

Result<XmlEncoding> encoding_of(ByteView xml) {
  const auto found = family(xml);
  if (!found) return found;
  const std::string declared = declared_encoding(Units(xml, *found));
  const bool wide = *found != XmlEncoding::utf8;
  if (declared.empty()) return found;
  if (wide && (declared == "utf-16" || declared == "utf-16le" || declared == "utf-16be")) {
    return found;
  }
  if (!wide && (declared == "utf-8" || declared == "us-ascii" || declared == "ascii")) return found;
  if (!wide && (declared == "iso-8859-1" || declared == "latin1")) return XmlEncoding::latin1;
  return Error{Errc::unsupported, "is in the encoding " + declared, "XML declaration",
               "write the document as UTF-8"};
}

class Scan {
 public:
  Scan(Units units, const XmlLimits& limits) : units_(units), limits_(limits) {}

  Result<Ok> run() {
    while (at_ < units_.size() && !error_) {
      if (units_[at_] != '<') {
        ++at_;
        continue;
      }
      if (++nodes_ > limits_.nodes) {
        too_large("more than " + std::to_string(limits_.nodes) + " elements");
      } else if (units_.starts_with(at_, "<!--")) {
        skip(4, "-->");
      } else if (units_.starts_with(at_, "<![CDATA[")) {
        skip(9, "]]>");
      } else if (units_.starts_with(at_, "<?")) {
        skip(2, "?>");
      } else if (units_.starts_with(at_, "<!")) {
        fail(Errc::unsupported, "a document type declaration is not read: it can define entities");
      } else if (units_.starts_with(at_, "</")) {
        skip(2, ">");
        if (!open_.empty()) {
          in_scope_ -= open_.back();
          open_.pop_back();
        }
      } else {
        start_tag();
      }
    }
    if (error_) return *error_;
    return Ok{};
  }

 private:
  void fail(Errc code, std::string what) {
    if (!error_) error_ = Error{code, std::move(what), "character " + std::to_string(at_), ""};
  }
  void too_large(std::string what) { fail(Errc::too_large, std::move(what)); }

  void skip(std::size_t opening, std::string_view closing) {
    const auto behind = units_.behind(at_ + opening, closing);
    if (!behind) return fail(Errc::malformed, "something begins here and does not end");
    at_ = *behind;
  }

  // From '<' to behind '>'. A quoted value holds no '<' (XML 1.0 production 10).
  void start_tag() {
    std::size_t attributes = 0;
    std::size_t namespaces = 0;
    std::size_t i = at_ + 1;
    for (; i < units_.size() && units_[i] != '>'; ++i) {
      const char c = units_[i];
      if (c == '<') return fail(Errc::malformed, "a tag begins inside of a tag");
      if (is_space(units_[i - 1]) && units_.starts_with(i, "xmlns")) ++namespaces;
      if (c != '"' && c != '\'') continue;
      ++attributes;
      for (++i; i < units_.size() && units_[i] != c; ++i) {
        if (units_[i] == '<') return fail(Errc::malformed, "an attribute's value holds '<'");
      }
    }
    if (i >= units_.size()) return fail(Errc::malformed, "a tag does not end");
    if (attributes > limits_.attributes_of_element) {
      return too_large("more than " + std::to_string(limits_.attributes_of_element) +
                       " attributes in one element");
    }
    namespaces_ += namespaces;
    if (in_scope_ + namespaces > limits_.namespaces || namespaces_ > limits_.namespaces_in_all) {
      return too_large("too many namespace declarations");
    }
    if (units_[i - 1] != '/') {
      open_.push_back(namespaces);
      in_scope_ += namespaces;
      if (open_.size() > limits_.depth) {
        return too_large("nested deeper than " + std::to_string(limits_.depth));
      }
    }
    at_ = i + 1;
  }

  Units units_;
  const XmlLimits& limits_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  std::vector<std::size_t> open_;  // elements inside each other, by their namespace declarations
  std::size_t in_scope_ = 0;       // of those, in sum
  std::size_t namespaces_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<XmlEncoding> scan_xml(ByteView xml, const XmlLimits& limits) {
  if (xml.size() > limits.size) {
    return Error{Errc::too_large, "document is over " + std::to_string(limits.size) + " octets", "",
                 ""};
  }
  const auto encoding = encoding_of(xml);
  if (!encoding) return encoding.error();
  if (const auto walked = Scan(Units(xml, *encoding), limits).run(); !walked) return walked.error();
  return *encoding;
}

}  // namespace perdura::verifier
