// What a file of evidence holds, shown without judging it: a tree of names and values, as text and
// as JSON (formats/inspection.md).
//
// Any octets: what can't be read is an error or is shown as unreadable. The tree is bounded by the
// size of the input. Thread safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/package_source.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// A value, a list of values, or named values.
class Shown {
 public:
  // What a value is.
  enum class Kind { text, number, boolean, object, list };

  // Without members yet.
  static Shown object() { return Shown(Kind::object); }
  // Without values yet.
  static Shown list() { return Shown(Kind::list); }
  Shown(std::string text) : text_(std::move(text)) {}                    // NOLINT: meant to convert
  Shown(const char* text) : text_(text) {}                               // NOLINT: meant to convert
  Shown(std::uint64_t number) : kind_(Kind::number), number_(number) {}  // NOLINT
  Shown(bool yes) : kind_(Kind::boolean), number_(yes ? 1u : 0u) {}      // NOLINT

  // Adds a member to an object; its name in camelCase.
  Shown& add(std::string_view name, Shown value);
  // Adds a value to a list.
  Shown& add(Shown value);
  bool has_members() const { return !members_.empty(); }

  // Indented lines: "hash function: sha256".
  std::string as_text() const;
  // One line, members in order.
  std::string as_json() const;

 private:
  explicit Shown(Kind kind) : kind_(kind) {}
  void write_text(std::string& out, std::size_t depth) const;
  void write_json(std::string& out) const;
  bool is_leaf() const { return kind_ != Kind::object && kind_ != Kind::list; }
  std::string leaf() const;

  Kind kind_ = Kind::text;
  std::string text_;
  std::uint64_t number_ = 0;
  std::vector<std::pair<std::string, Shown>> members_;
};

// How much is shown of long values.
enum class InspectDetail {
  brief,  // hash values abbreviated, of long lists the first ones
  full,   // everything
};

// Octets of all the evidence of a package or container that is shown.
inline constexpr std::size_t shown_evidence_max = std::size_t{8} << 20;

// An evidence record (RFC 4998, RFC 6283), a CMS object with evidence records in it, a time-stamp
// token, response or TimeStampedData, a certificate or a revocation list (the last two also as
// PEM). Errors: malformed (none of these).
Result<Shown> inspect(ByteView octets, InspectDetail detail);

// The records of a package and their evidence, or the evidence in an ASiC container. Errors: those
// of reading.
Result<Shown> inspect(const PackageSource& package, InspectDetail detail);

// Whether the files are a container (ASiC) and no package.
bool is_container(const PackageSource& source);
// The evidence in a container, and what its manifests name. Errors: those of reading.
Result<Shown> inspect_container(const PackageSource& container, InspectDetail detail);

// For the parts of inspect(): what one of its kinds is, by where it lies in `whole`.
class Inspector {
 public:
  Inspector(ByteView whole, InspectDetail detail) : whole_(whole), detail_(detail) {}

  // Chain by chain, with every token.
  Shown evidence_record(const struct EvidenceRecord& record) const;
  // A ContentInfo; what can't be read is shown as that.
  Shown token(ByteView content_info) const;
  Shown certificate(ByteView der) const;
  Shown revocation_list(ByteView der) const;
  Shown ocsp_response(ByteView der) const;

 private:
  // An object with "octets" and, if it lies in the input, "offset".
  Shown place(ByteView part) const;
  std::string hash_value(ByteView value) const;
  template <typename List, typename Show>
  Shown listed(const List& list, const Show& show) const;
  Shown archive_timestamp(const struct ArchiveTimeStamp& ats) const;

  ByteView whole_;
  InspectDetail detail_;
  // Values of lists that may still be shown, so that memory stays bounded whatever a file holds.
  mutable std::size_t values_left_ = 200'000;
};

}  // namespace perdura::verifier
