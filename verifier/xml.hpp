// XML read safely, as elements, and written canonically. Of the library behind it nothing shows.
//
// Hostile input is expected: limits hold before the parser sees the octets (xml_scan.hpp), there is
// no document type, no entity but the five that XML predefines, and nothing is fetched. Only
// well-formed, namespace-well-formed XML 1.0 in UTF-8, UTF-16 or ISO-8859-1 is read.
//
// The verifier can be built without XML (CMake option PERDURA_XML): then parse() says so.
// Thread safety: a document is immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"
#include "verifier/xml_scan.hpp"

struct _xmlNode;  // NOLINT: the library's name

namespace perdura::verifier {

// The ways to write XML canonically: W3C C14N 1.0 and 1.1, and Exclusive C14N 1.0.
enum class Canonicalization {
  inclusive,
  inclusive_with_comments,
  inclusive_1_1,
  inclusive_1_1_with_comments,
  exclusive,
  exclusive_with_comments,
};

// The method that an Algorithm attribute names by its URI; nothing when unknown.
std::optional<Canonicalization> canonicalization_from_uri(std::string_view uri);

// An element of a document, which must outlive it.
class XmlElement {
 public:
  // Local name and namespace ("" for none).
  std::string_view name() const;
  std::string_view name_space() const;
  bool is(std::string_view name_space, std::string_view name) const;
  // The value of an attribute in no namespace.
  std::optional<std::string> attribute(std::string_view name) const;
  // The child elements, in order.
  std::vector<XmlElement> children() const;
  // All text below, CDATA included, comments left out.
  std::string text() const;
  // Where it starts in the document, for messages: "element Name in line 12".
  std::string where() const;
  // Whether both are the same element of the same document.
  friend bool operator==(const XmlElement&, const XmlElement&) = default;

  // The element and all below it in canonical form, as a part of its document: an inclusive method
  // takes in the namespaces of its ancestors. `without` and what is below them are left out.
  // Errors: unsupported (a relative namespace, which C14N does not allow), too_large.
  Result<Bytes> canonical(Canonicalization method, const std::vector<XmlElement>& without) const;

 private:
  friend class XmlDocument;
  explicit XmlElement(_xmlNode* node) : node_(node) {}
  _xmlNode* node_;
};

// A document that was read whole.
class XmlDocument {
 public:
  // Errors: malformed (with the line), unsupported, too_large.
  static Result<XmlDocument> parse(ByteView xml, const XmlLimits& limits);
  static Result<XmlDocument> parse(ByteView xml) { return parse(xml, XmlLimits()); }
  XmlElement root() const;
  // The whole document in canonical form. Errors as of XmlElement::canonical().
  Result<Bytes> canonical(Canonicalization method) const;

 private:
  struct Tree;
  explicit XmlDocument(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const Tree> tree_;
};

}  // namespace perdura::verifier
