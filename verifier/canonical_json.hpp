// RFC 8785 canonical JSON: one text for one value, so that it can be hashed.
//
// Written octet by octet where speed counts (append_json_string) or from a Boost.JSON value.
// Reading refuses whatever is not canonical: double members, white space, other spellings of a
// number or a character. Thread safety: pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// Appends `text` as a JSON string in the only spelling that RFC 8785 section 3.2.2.2 allows. `text`
// must be UTF-8, which is not checked.
void append_json_string(std::string& out, std::string_view text);

// The canonical form of `value`. Numbers as ECMAScript writes them (section 3.2.2.3); integers
// beyond 2^53 lose digits there, as the RFC has it.
std::string canonical_json(const boost::json::value& value);

// What protects a reader of JSON.
struct JsonLimits {
  std::size_t size = std::size_t{1} << 20;  // octets
  std::size_t depth = 16;
};

// Reads JSON that is an object in canonical form. `where` names it in errors. Errors: malformed,
// too_large.
Result<boost::json::value> parse_canonical_json(std::string_view text, std::string_view where,
                                                JsonLimits limits);

// The members of a JSON object, taken out one by one with their types checked. Latches the first
// thing that is wrong, with the path of the member. Views alias the object.
class JsonMembers {
 public:
  // Reads `object`, which must be a JSON object; `where` is its path in errors.
  JsonMembers(const boost::json::value& object, std::string where);

  // A member that must be there.
  std::string_view text(std::string_view name);
  std::uint64_t integer(std::string_view name, std::uint64_t max);
  bool boolean(std::string_view name);
  Time time(std::string_view name);  // RFC 3339 in UTC, as to_string(Time) writes
  Digest digest(std::string_view name, DigestAlgorithm algorithm);  // lower-case hex
  Bytes base64(std::string_view name, std::optional<std::size_t> size);
  const boost::json::array* array(std::string_view name, std::size_t size_max);
  const boost::json::value* any(std::string_view name);
  // A member that need not be there; "" when it is not. One that is there must not be empty.
  std::string_view optional_text(std::string_view name);
  bool has(std::string_view name) const;
  // What "perdura" says: `kind` followed by "/" and the version. Another version is unsupported.
  void kind(std::string_view kind, std::string_view version);
  // An error when the object has members that nobody asked for.
  void end();

  // Latches an error at a member.
  void fail(std::string_view name, std::string what, Errc code = Errc::malformed);
  const std::string& where() const { return where_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  const boost::json::value* take(std::string_view name);

  const boost::json::object* object_ = nullptr;
  std::size_t taken_ = 0;
  std::string where_;
  std::optional<Error> error_;
};

}  // namespace perdura::verifier
