#include "verifier/xml.hpp"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>

namespace perdura::verifier {
namespace {

// Canonical form of what the limits let in is at most a few times as long; more is a bomb.
constexpr std::size_t canonical_size_max = std::size_t{128} << 20;

std::string_view text_of(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// What went wrong last in this thread; the library must not write to stderr.
void silent(void*, xmlErrorPtr) {}

void prepare_thread() {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });
  xmlSetStructuredErrorFunc(nullptr, silent);
}

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

const char* library_name(XmlEncoding encoding) {
  switch (encoding) {
    case XmlEncoding::utf16_le:
      return "UTF-16LE";
    case XmlEncoding::utf16_be:
      return "UTF-16BE";
    case XmlEncoding::latin1:
      return "ISO-8859-1";
    case XmlEncoding::utf8:
      break;
  }
  return "UTF-8";
}

Error not_well_formed(const xmlParserCtxt& context) {
  std::string what(text_of(reinterpret_cast<const xmlChar*>(context.lastError.message)));
  while (!what.empty() && static_cast<unsigned char>(what.back()) <= ' ') what.pop_back();
  return {Errc::malformed, "is not well-formed XML" + (what.empty() ? "" : ": " + what),
          "line " + std::to_string(context.lastError.line), ""};
}

// The part of a document that is written: below `root`, outside of `without`.
struct Part {
  const xmlNode* root;
  std::set<const xmlNode*> without;
  const xmlNode* last = nullptr;  // the element that was asked about last, and what came out
  bool last_inside = false;
};

bool is_inside(const Part& part, const xmlNode* element) {
  for (const xmlNode* at = element; at != nullptr; at = at->parent) {
    if (part.without.contains(at)) return false;
    if (at == part.root) return true;
  }
  return false;
}

// Called for each node; a namespace or attribute is where its element (`parent`) is. Of those there
// may be many, one after the other.
int is_visible(void* part_of, xmlNodePtr node, xmlNodePtr parent) {
  Part& part = *static_cast<Part*>(part_of);
  const bool element = node->type != XML_NAMESPACE_DECL && node->type != XML_ATTRIBUTE_NODE;
  const xmlNode* at = element ? node : parent;
  if (at != part.last) {
    part.last = at;
    part.last_inside = is_inside(part, at);
  }
  return part.last_inside ? 1 : 0;
}

struct Sink {
  Bytes octets;
  bool full = false;
};

int write_to_sink(void* context, const char* octets, int size) {
  Sink& sink = *static_cast<Sink*>(context);
  if (sink.full || static_cast<std::size_t>(size) > canonical_size_max - sink.octets.size()) {
    sink.full = true;
    return -1;
  }
  sink.octets.insert(sink.octets.end(), octets, octets + size);
  return size;
}

Result<Bytes> write_canonical(xmlDoc* document, xmlC14NIsVisibleCallback visible, Part* part,
                              Canonicalization method) {
  prepare_thread();
  using enum Canonicalization;
  const int mode = method == inclusive || method == inclusive_with_comments ? XML_C14N_1_0
                   : method == exclusive || method == exclusive_with_comments
                       ? XML_C14N_EXCLUSIVE_1_0
                       : XML_C14N_1_1;
  const bool comments = method == inclusive_with_comments ||
                        method == inclusive_1_1_with_comments || method == exclusive_with_comments;
  Sink sink;
  xmlOutputBufferPtr out = xmlOutputBufferCreateIO(write_to_sink, nullptr, &sink, nullptr);
  check(out != nullptr, "memory for canonical XML");
  const int written = xmlC14NExecute(document, visible, part, mode, nullptr, comments ? 1 : 0, out);
  const int closed = xmlOutputBufferClose(out);
  if (sink.full) return Error{Errc::too_large, "canonical form is over 128 MiB", "", ""};
  if (written < 0 || closed < 0) {
    return Error{Errc::unsupported, "has no canonical form, as with a relative namespace", "", ""};
  }
  return std::move(sink.octets);
}

}  // namespace

struct XmlDocument::Tree {
  std::unique_ptr<xmlDoc, FreeDocument> document;
};

std::optional<Canonicalization> canonicalization_from_uri(std::string_view uri) {
  struct Row {
    std::string_view uri;
    Canonicalization method;
  };
  using enum Canonicalization;
  // clang-format off
  constexpr std::array rows = {
      Row{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",              inclusive},
      Row{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", inclusive_with_comments},
      Row{"http://www.w3.org/2006/12/xml-c14n11",                         inclusive_1_1},
      Row{"http://www.w3.org/2006/12/xml-c14n11#WithComments",            inclusive_1_1_with_comments},
      Row{"http://www.w3.org/2001/10/xml-exc-c14n#",                      exclusive},
      Row{"http://www.w3.org/2001/10/xml-exc-c14n#WithComments",          exclusive_with_comments},
  };
  // clang-format on
  const auto found = std::ranges::find(rows, uri, &Row::uri);
  if (found == rows.end()) return std::nullopt;
  return found->method;
}

std::string_view XmlElement::name() const { return text_of(node_->name); }

std::string_view XmlElement::name_space() const {
  return node_->ns == nullptr ? std::string_view() : text_of(node_->ns->href);
}

bool XmlElement::is(std::string_view name_space_of, std::string_view name_of) const {
  return name() == name_of && name_space() == name_space_of;
}

std::optional<std::string> XmlElement::attribute(std::string_view name) const {
  const std::string key(name);
  xmlChar* value = xmlGetNoNsProp(node_, reinterpret_cast<const xmlChar*>(key.c_str()));
  if (value == nullptr) return std::nullopt;
  std::string result(text_of(value));
  xmlFree(value);
  return result;
}

std::vector<XmlElement> XmlElement::children() const {
  std::vector<XmlElement> result;
  for (xmlNodePtr at = xmlFirstElementChild(node_); at != nullptr; at = xmlNextElementSibling(at)) {
    result.push_back(XmlElement(at));
  }
  return result;
}

std::string XmlElement::text() const {
  xmlChar* value = xmlNodeGetContent(node_);
  std::string result(text_of(value));
  xmlFree(value);
  return result;
}

std::string XmlElement::where() const {
  return "element " + std::string(name()) + " in line " + std::to_string(xmlGetLineNo(node_));
}

Result<Bytes> XmlElement::canonical(Canonicalization method,
                                    const std::vector<XmlElement>& without) const {
  Part part{.root = node_, .without = {}};
  for (const XmlElement& element : without) part.without.insert(element.node_);
  return write_canonical(node_->doc, is_visible, &part, method);
}

Result<XmlDocument> XmlDocument::parse(ByteView xml, const XmlLimits& limits) {
  const auto encoding = scan_xml(xml, limits);
  if (!encoding) return encoding.error();
  prepare_thread();
  const std::unique_ptr<xmlParserCtxt, FreeContext> context(xmlNewParserCtxt());
  check(context != nullptr, "memory for an XML parser");
  constexpr int options =
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
  auto tree = std::make_shared<Tree>();
  tree->document.reset(xmlCtxtReadMemory(context.get(), reinterpret_cast<const char*>(xml.data()),
                                         static_cast<int>(xml.size()), nullptr,
                                         library_name(*encoding), options));
  if (tree->document == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0 ||
      xmlDocGetRootElement(tree->document.get()) == nullptr) {
    return not_well_formed(*context);
  }
  if (text_of(tree->document->version) != "1.0") {
    return Error{Errc::unsupported, "is XML of a version other than 1.0", "XML declaration", ""};
  }
  return XmlDocument(std::move(tree));
}

XmlElement XmlDocument::root() const {
  return XmlElement(xmlDocGetRootElement(tree_->document.get()));
}

Result<Bytes> XmlDocument::canonical(Canonicalization method) const {
  return write_canonical(tree_->document.get(), nullptr, nullptr, method);
}

}  // namespace perdura::verifier
