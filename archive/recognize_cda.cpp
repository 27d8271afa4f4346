#include <algorithm>
#include <cstring>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "archive/recognize_formats.hpp"
#include "archive/recognize_text.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

using pugi::xml_node;
using verifier::as_text;
using verifier::Patient;

// A CDA header comes before the body, and mostly fits in this; else four times as much is tried.
constexpr std::size_t cda_header_size = std::size_t{16} << 10;

// Social security numbers, United States: an identifier, but not one to file a record under.
constexpr std::string_view ssn_root = "2.16.840.1.113883.4.1";

std::string_view local_name(xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

// The first child element of this local name: which prefix a document chose says nothing.
xml_node child(xml_node parent, std::string_view name) {
  for (const xml_node node : parent.children()) {
    if (node.type() == pugi::node_element && local_name(node) == name) return node;
  }
  return {};
}

// patientRole/id: II with root (who issues) and extension. The first with an extension that is no
// social security number, else the first; a root alone is itself the identifier.
std::optional<Patient> patient_of(xml_node role) {
  std::optional<Patient> second_best;
  for (const xml_node id : role.children()) {
    if (local_name(id) != "id" || id.attribute("nullFlavor")) continue;
    const std::string_view root = id.attribute("root").value();
    const std::string_view extension = id.attribute("extension").value();
    auto patient = extension.empty() ? make_patient(root, "") : make_patient(extension, root);
    if (!patient) continue;
    if (!extension.empty() && root != ssn_root) return patient;
    if (!second_best) second_best = std::move(patient);
  }
  return second_best;
}

// The text of PN or ON: its parts in order with a space between them.
std::string name_of(xml_node name) {
  std::string result;
  for (const xml_node part : name.children()) {
    const char* text = part.type() == pugi::node_element ? part.child_value() : part.value();
    if (result.size() > recognized_text_max) break;
    result += ' ';
    result += std::string_view(text).substr(0, recognized_text_max);
  }
  return clean_text(result);
}

// author: the person, else the device, else the organisation.
std::string author_of(xml_node document) {
  const xml_node assigned = child(child(document, "author"), "assignedAuthor");
  std::string name = name_of(child(child(assigned, "assignedPerson"), "name"));
  if (!name.empty()) return name;
  const xml_node device = child(assigned, "assignedAuthoringDevice");
  name = clean_text(child(device, "softwareName").child_value());
  if (!name.empty()) return name;
  return name_of(child(child(assigned, "representedOrganization"), "name"));
}

Recognized read_clinical_document(xml_node document) {
  Recognized found{.media_type = "application/hl7-cda+xml"};
  found.patient = patient_of(child(child(document, "recordTarget"), "patientRole"));
  found.event_time = parse_hl7_time(child(document, "effectiveTime").attribute("value").value());
  found.record_type = clean_text(child(document, "code").attribute("displayName").value());
  if (found.record_type.empty()) {
    found.record_type = clean_text(child(document, "title").child_value());
  }
  found.author = author_of(document);
  found.language = clean_identifier(child(document, "languageCode").attribute("code").value());
  return found;
}

// Whether the octets can be XML: "<" after a byte order mark and white space, in UTF-8 or UTF-16.
bool looks_like_xml(ByteView head) {
  for (const std::uint8_t octet : head.first(std::min<std::size_t>(head.size(), 1024))) {
    switch (octet) {
      case 0xef:
      case 0xbb:
      case 0xbf:
      case 0xfe:
      case 0xff:
      case 0:
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        continue;
      default:
        return octet == '<';
    }
  }
  return false;
}

// pugixml parses without recursion, and neither loads nor expands anything the document names.
pugi::xml_parse_status parse(pugi::xml_document& tree, ByteView head) {
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes |
                               pugi::parse_wconv_attribute | pugi::parse_eol | pugi::parse_doctype;
  return tree.load_buffer(head.data(), head.size(), options).status;
}

// Where it may declare entities, which are not expanded, what is written is not what is meant.
bool has_document_type(const pugi::xml_document& tree) {
  const auto nodes = tree.children();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](xml_node node) { return node.type() == pugi::node_doctype; });
}

bool header_is_complete(xml_node document) {
  // ClinicalDocument's children have a fixed order; `component` is its last (CDA R2 schema).
  return !child(document, "component").empty();
}

}  // namespace

std::optional<Recognized> recognize_xml(ByteView head, bool whole, bool named_xml) {
  if (!looks_like_xml(head)) return std::nullopt;
  pugi::xml_document tree;
  std::size_t size = std::min(head.size(), cda_header_size);
  auto status = parse(tree, head.first(size));
  while (size < head.size()) {
    const bool is_cda = local_name(tree.document_element()) == "ClinicalDocument";
    if (is_cda && header_is_complete(tree.document_element())) break;
    size = is_cda ? std::min(head.size(), size * 4) : head.size();
    status = parse(tree, head.first(size));
  }
  const xml_node root = tree.document_element();
  if (local_name(root) == "ClinicalDocument") {
    return has_document_type(tree) ? Recognized{.media_type = "application/hl7-cda+xml"}
                                   : read_clinical_document(root);
  }
  // What is cut off ends with an unclosed element, which is no fault of it.
  const bool well_formed =
      status == pugi::status_ok ||
      ((!whole || named_xml) && !root.empty() && status == pugi::status_end_element_mismatch);
  if (!well_formed) return std::nullopt;
  return Recognized{.media_type = "text/xml"};
}

}  // namespace perdura::archive
