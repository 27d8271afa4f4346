// Stands in for xml.cpp when the verifier is built without XML.
#include "verifier/xml.hpp"

namespace perdura::verifier {
namespace {

const Error absent{Errc::unsupported, "is XML, which this build of the verifier can't read", "",
                   "use a build with PERDURA_XML=ON"};

}  // namespace

struct XmlDocument::Tree {};

std::optional<Canonicalization> canonicalization_from_uri(std::string_view) { return std::nullopt; }

Result<XmlDocument> XmlDocument::parse(ByteView, const XmlLimits&) { return absent; }

// No element exists, so the rest is never called.
XmlElement XmlDocument::root() const { return XmlElement(nullptr); }
Result<Bytes> XmlDocument::canonical(Canonicalization) const { return absent; }
std::string_view XmlElement::name() const { return {}; }
std::string_view XmlElement::name_space() const { return {}; }
bool XmlElement::is(std::string_view, std::string_view) const { return false; }
std::optional<std::string> XmlElement::attribute(std::string_view) const { return std::nullopt; }
std::vector<XmlElement> XmlElement::children() const { return {}; }
std::string XmlElement::text() const { return {}; }
std::string XmlElement::where() const { return {}; }
Result<Bytes> XmlElement::canonical(Canonicalization, const std::vector<XmlElement>&) const {
  return absent;
}

}  // namespace perdura::verifier
