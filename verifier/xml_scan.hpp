// What is checked on the octets of an XML document before a parser sees them: its encoding and the
// limits that protect memory and time. Whatever the parser would do with a document type, with
// entities or with a million attributes in one tag, it never meets them.
//
// Thread safety: pure.
#pragma once

#include <cstddef>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// What protects a parser from hostile input. Over one of them is Errc::too_large.
struct XmlLimits {
  std::size_t size = std::size_t{16} << 20;  // octets of the whole document
  std::size_t depth = 64;                    // elements inside each other
  std::size_t nodes = 100'000;               // elements, comments, instructions, CDATA sections
  std::size_t attributes_of_element = 128;   // namespace declarations included
  // Namespace declarations that hold at one place: canonicalizing takes their square, at each node.
  std::size_t namespaces = 32;
  std::size_t namespaces_in_all = 20'000;  // namespace declarations in the whole document
};

// The encodings that are read. Others are refused: their tables are as large as this program.
enum class XmlEncoding { utf8, utf16_le, utf16_be, latin1 };

// Walks the tags of a document. Errors: too_large, unsupported (another encoding, or a document
// type declaration, which could define entities), malformed (octets that no XML document has; what
// passes is not shown to be well-formed).
Result<XmlEncoding> scan_xml(ByteView xml, const XmlLimits& limits);

}  // namespace perdura::verifier
