#include "verifier/canonical_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <vector>

namespace perdura::verifier {
namespace {

namespace json = boost::json;

void append_escaped(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[(c >> 4) & 15];
      out += digits[c & 15];
  }
}

// Whether `a` comes before `b` by UTF-16 code units (RFC 8785 section 3.2.3). UTF-8 octets order
// like code points; the two differ only where a surrogate (D800 to DFFF, lead octet F0 and up)
// meets U+E000 to U+FFFF (lead octets EE and EF).
bool before_in_utf16(std::string_view a, std::string_view b) {
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() || y == b.end()) return a.size() < b.size();
  const auto rank = [](char c) -> unsigned {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0xF0) return 0xEEu * 2 - 1;  // between ED and EE
    return octet * 2u;
  };
  const auto octet = [](char c) { return static_cast<unsigned char>(c); };
  if (octet(*x) >= 0xF0 && octet(*y) >= 0xF0) return octet(*x) < octet(*y);
  return rank(*x) < rank(*y);
}

// ECMAScript's Number::toString, which RFC 8785 section 3.2.2.3 prescribes.
void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {  // 1e999, which Boost.JSON reads; no canonical text has it
    out += "null";
    return;
  }
  if (value == 0) {
    out += '0';  // negative zero too
    return;
  }
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view shortest(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t e = shortest.find('e');
  std::string digits(1, shortest[0]);
  if (e > 2) digits += shortest.substr(2, e - 2);
  int exponent = 0;  // of the first digit
  const std::size_t sign = shortest[e + 1] == '+' ? 2 : 1;
  std::from_chars(text.data() + e + sign, end, exponent);
  const int n = exponent + 1;  // digits before the point
  const int k = static_cast<int>(digits.size());
  if (value < 0) out += '-';
  if (k <= n && n <= 21) {
    out += digits + std::string(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(n)) + "." +
           digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  } else {
    out += digits[0];
    if (k > 1) out += "." + digits.substr(1);
    out += std::string("e") + (n - 1 < 0 ? "-" : "+") + std::to_string(std::abs(n - 1));
  }
}

void append(std::string& out, const json::value& value);

void append(std::string& out, const json::object& object) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, [](const auto* a, const auto* b) {
    return before_in_utf16({a->key().data(), a->key().size()}, {b->key().data(), b->key().size()});
  });
  out += '{';
  for (const auto* member : members) {
    if (out.back() != '{') out += ',';
    append_json_string(out, {member->key().data(), member->key().size()});
    out += ':';
    append(out, member->value());
  }
  out += '}';
}

void append(std::string& out, const json::array& array) {
  out += '[';
  bool first = true;
  for (const json::value& element : array) {
    if (!first) out += ',';
    first = false;
    append(out, element);
  }
  out += ']';
}

// The depth is bounded by the parser that made `value`.
void append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      return append_number(out, static_cast<double>(value.get_int64()));
    case json::kind::uint64:
      return append_number(out, static_cast<double>(value.get_uint64()));
    case json::kind::double_:
      return append_number(out, value.get_double());
    case json::kind::string:
      return append_json_string(out, {value.get_string().data(), value.get_string().size()});
    case json::kind::array:
      return append(out, value.get_array());
    case json::kind::object:
      return append(out, value.get_object());
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // start of what needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet >= 0x20 && octet != '"' && octet != '\\') continue;
    out.append(text, plain, i - plain);
    append_escaped(out, text[i]);
    plain = i + 1;
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

std::string canonical_json(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

Result<json::value> parse_canonical_json(std::string_view text, std::string_view where,
                                         JsonLimits limits) {
  if (text.size() > limits.size) {
    return Error{Errc::too_large, "JSON is longer than " + std::to_string(limits.size) + " octets",
                 std::string(where), ""};
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  boost::system::error_code failed;
  json::value value = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed) return malformed("is not JSON: " + failed.message(), where);
  if (!value.is_object()) return malformed("is not a JSON object", where);
  const std::string canonical = canonical_json(value);
  if (canonical != text) {
    const auto at = std::ranges::mismatch(canonical, text).in2 - text.begin();
    return malformed("is not canonical JSON (RFC 8785) at offset " + std::to_string(at), where);
  }
  return value;
}

JsonMembers::JsonMembers(const json::value& object, std::string where)
    : object_(object.if_object()), where_(std::move(where)) {
  if (object_ == nullptr) error_ = malformed("is not an object", where_);
}

void JsonMembers::fail(std::string_view name, std::string what, Errc code) {
  if (!error_) error_ = Error{code, std::move(what), where_ + ": " + std::string(name), ""};
}

bool JsonMembers::has(std::string_view name) const {
  return object_ != nullptr && object_->contains({name.data(), name.size()});
}

const json::value* JsonMembers::take(std::string_view name) {
  if (error_) return nullptr;
  const json::value* value = object_->if_contains({name.data(), name.size()});
  if (value == nullptr) {
    fail(name, "is missing");
  } else {
    ++taken_;
  }
  return value;
}

const json::value* JsonMembers::any(std::string_view name) { return take(name); }

std::string_view JsonMembers::text(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return {};
  const json::string* string = value->if_string();
  if (string == nullptr) {
    fail(name, "is not a string");
    return {};
  }
  return {string->data(), string->size()};
}

std::string_view JsonMembers::optional_text(std::string_view name) {
  if (!has(name)) return {};
  const std::string_view value = text(name);
  if (value.empty()) fail(name, "is empty, which is written by leaving it out");
  return value;
}

std::uint64_t JsonMembers::integer(std::string_view name, std::uint64_t max) {
  const json::value* value = take(name);
  if (value == nullptr) return 0;
  // Canonical integers below 2^53 are read as int64 by Boost.JSON.
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < 0 || static_cast<std::uint64_t>(*number) > max) {
    fail(name, "is not an integer from 0 to " + std::to_string(max));
    return 0;
  }
  return static_cast<std::uint64_t>(*number);
}

bool JsonMembers::boolean(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    fail(name, "is neither true nor false");
    return false;
  }
  return value->get_bool();
}

Time JsonMembers::time(std::string_view name) {
  const std::string_view written = text(name);
  if (error_) return {};
  const std::optional<Time> time = parse_time(written);
  if (!time || to_string(*time) != written) {
    fail(name, "is not a time as in 2041-06-01T00:00:00Z");
    return {};
  }
  return *time;
}

Digest JsonMembers::digest(std::string_view name, DigestAlgorithm algorithm) {
  const std::string_view hex = text(name);
  if (error_) return {};
  const std::optional<Bytes> octets = from_hex(hex);
  if (!octets || octets->size() != digest_size(algorithm) || to_hex(*octets) != hex) {
    fail(name, "is not " + std::to_string(2 * digest_size(algorithm)) + " lower-case hex digits");
    return {};
  }
  return Digest(*octets);
}

Bytes JsonMembers::base64(std::string_view name, std::optional<std::size_t> size) {
  const std::string_view written = text(name);
  if (error_) return {};
  std::optional<Bytes> octets = from_base64(written);
  if (!octets || (size && octets->size() != *size)) {
    fail(name, size ? "is not base64 of " + std::to_string(*size) + " octets" : "is not base64");
    return {};
  }
  return *std::move(octets);
}

const json::array* JsonMembers::array(std::string_view name, std::size_t size_max) {
  const json::value* value = take(name);
  if (value == nullptr) return nullptr;
  const json::array* array = value->if_array();
  if (array == nullptr) {
    fail(name, "is not an array");
  } else if (array->size() > size_max) {
    fail(name, "has more than " + std::to_string(size_max) + " elements", Errc::too_large);
    return nullptr;
  }
  return array;
}

void JsonMembers::kind(std::string_view kind, std::string_view version) {
  const std::string_view is = text("perdura");
  if (error_) return;
  const std::string wanted = std::string(kind) + "/" + std::string(version);
  if (is == wanted) return;
  if (is.starts_with(std::string(kind) + "/")) {
    fail("perdura",
         "is version " + std::string(is.substr(kind.size() + 1)) + ", this program reads " +
             std::string(version),
         Errc::unsupported);
    error_->hint = "use a newer perdura-verify";
  } else {
    fail("perdura", "is not \"" + wanted + "\"");
  }
}

void JsonMembers::end() {
  if (error_ || taken_ == object_->size()) return;
  error_ = malformed("has members that this version does not know, or one asked for twice", where_);
}

}  // namespace perdura::verifier
