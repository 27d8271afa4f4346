#include "verifier/evidence_file.hpp"

#include <algorithm>
#include <array>

#include "verifier/cms.hpp"
#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

constexpr std::array<std::uint8_t, 4> zip_signature{'P', 'K', 3, 4};

bool starts_with(ByteView octets, ByteView with) {
  return octets.size() >= with.size() && equal(octets.first(with.size()), with);
}

// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
EvidenceKind kind_of_content(DerReader& content) {
  const ByteView type = content.oid();
  if (equal(type, oid_of::time_stamped_data)) return EvidenceKind::time_stamped_data;
  if (!content.next_is(tag::context(0))) return EvidenceKind::other;
  if (!equal(type, oid_of::signed_data)) {
    return is_cms_type(type) ? EvidenceKind::cms : EvidenceKind::other;
  }
  DerReader holder = content.constructed(tag::context(0));
  DerReader data = holder.constructed(tag::sequence);
  data.small_integer();
  data.element(tag::set);
  DerReader encapsulated = data.constructed(tag::sequence);
  return equal(encapsulated.oid(), oid_of::tst_info) ? EvidenceKind::time_stamp : EvidenceKind::cms;
}

EvidenceKind kind_of_der(ByteView octets) {
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader outer = in.constructed(tag::sequence);
  if (outer.next_is(tag::oid)) {
    const EvidenceKind kind = kind_of_content(outer);
    return input.failed() ? EvidenceKind::other : kind;
  }
  if (outer.next_is(tag::integer)) {
    // EvidenceRecord: the version, then algorithms. Whether it is well made is its parser's to say.
    outer.integer();
    return outer.next_is(tag::sequence) ? EvidenceKind::evidence_record : EvidenceKind::other;
  }
  // TimeStampResp ::= SEQUENCE { status SEQUENCE { status INTEGER, .. }, timeStampToken OPTIONAL }
  DerReader status = outer.constructed(tag::sequence);
  status.integer();
  const bool response = outer.next_is(tag::sequence) || !outer.more();
  return !input.failed() && response ? EvidenceKind::time_stamp : EvidenceKind::other;
}

// The namespace of RFC 6283 stands in the root element's tag; documents that mention it elsewhere
// are not evidence. What comes before the root is skipped by its first octets only.
bool is_xml_evidence(ByteView octets) {
  std::string text;  // without the zero octets of UTF-16
  for (const std::uint8_t octet : octets) {
    if (octet != 0) text.push_back(static_cast<char>(octet));
  }
  std::size_t at = 0;
  for (;;) {
    at = text.find('<', at);
    if (at == std::string::npos) return false;
    if (text.compare(at, 2, "<?") == 0) {
      at = text.find("?>", at);
    } else if (text.compare(at, 4, "<!--") == 0) {
      at = text.find("-->", at);
    } else {
      break;
    }
  }
  const std::size_t end = text.find('>', at);
  if (end == std::string::npos) return false;
  const std::string tag = text.substr(at, end - at);
  const std::size_t name_end = std::min(tag.find_first_of(" \t\r\n/"), tag.size());
  return tag.substr(0, name_end).ends_with("EvidenceRecord") &&
         tag.find("urn:ietf:params:xml:ns:ers") != std::string::npos;
}

bool may_be_xml(ByteView octets) {
  const auto is_filler = [](std::uint8_t octet) {  // byte order marks and white space
    return octet == 0xEF || octet == 0xBB || octet == 0xBF || octet == 0xFE || octet == 0xFF ||
           octet == 0x00 || octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
  };
  const auto at = std::ranges::find_if_not(octets, is_filler);
  return at != octets.end() && *at == '<';
}

}  // namespace

bool may_be_evidence(ByteView head) {
  return !head.empty() && (head[0] == tag::sequence || may_be_xml(head));
}

EvidenceKind kind_of_evidence(ByteView octets) {
  if (starts_with(octets, zip_signature)) return EvidenceKind::zip;
  if (octets.empty()) return EvidenceKind::other;
  if (octets[0] == tag::sequence) return kind_of_der(octets);
  if (may_be_xml(octets) && is_xml_evidence(octets)) return EvidenceKind::xml_evidence_record;
  return EvidenceKind::other;
}

}  // namespace perdura::verifier
