// Showing a file by what it turns out to be (declared in inspection.hpp).
#include "verifier/cms.hpp"
#include "verifier/der.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/inspection.hpp"
#include "verifier/time_stamp_file.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/xml_evidence_record.hpp"

namespace perdura::verifier {
namespace {

// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
struct Response {
  std::uint64_t status = 0;
  std::optional<ByteView> token;
};

std::optional<Response> read_response(ByteView octets) {
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader response = in.constructed(tag::sequence);
  DerReader info = response.constructed(tag::sequence);
  Response result;
  result.status = info.small_integer();
  if (response.more()) result.token = response.element_ber(tag::sequence);
  response.end();
  in.end();
  if (input.failed()) return std::nullopt;
  return result;
}

Shown shown_embedded(const Inspector& inspector, ByteView octets) {
  const auto record = parse_evidence_record(octets);
  if (record) return inspector.evidence_record(*record);
  return Shown::object().add("unreadable", to_string(record.error()));
}

Shown shown_cms(const Inspector& inspector, const CmsObject& object) {
  Shown shown = Shown::object();
  shown.add("contentType", oid_text(content_type_of(object.encoding)));
  shown.add("octets", std::uint64_t{object.encoding.size()}).add("detached", object.detached);
  Shown records = Shown::list();
  for (const EmbeddedEvidence& embedded : object.evidence) {
    Shown one = shown_embedded(inspector, embedded.record);
    records.add(std::move(one.add("external", embedded.external)));
  }
  return std::move(shown.add("evidenceRecords", std::move(records)));
}

Shown shown_stamped_data(const Inspector& inspector, const TimeStampFile& file) {
  Shown shown = Shown::object();
  if (file.content) shown.add("contentOctets", std::uint64_t{file.content->size()});
  shown.add("metaDataProtected", !file.hashed_before.empty());
  if (file.evidence_record) {
    shown.add("evidenceRecord", shown_embedded(inspector, *file.evidence_record));
  }
  Shown stamps = Shown::list();
  for (const FiledTimeStamp& one : file.time_stamps) stamps.add(inspector.token(one.token));
  Shown lists = Shown::list();
  for (const ByteView crl : file.crls) lists.add(inspector.revocation_list(crl));
  shown.add("timeStamps", std::move(stamps));
  return std::move(shown.add("revocationLists", std::move(lists)));
}

Shown shown_xml(const Inspector& inspector, const XmlEvidenceRecord& xml) {
  Shown shown = inspector.evidence_record(xml.record());
  Shown certificates = Shown::list();
  for (const Bytes& der : xml.certificates()) certificates.add(inspector.certificate(der));
  Shown lists = Shown::list();
  for (const Bytes& der : xml.crls()) lists.add(inspector.revocation_list(der));
  Shown responses = Shown::list();
  for (const Bytes& der : xml.ocsp_responses()) responses.add(inspector.ocsp_response(der));
  shown.add("certificates", std::move(certificates)).add("revocationLists", std::move(lists));
  return std::move(shown.add("ocspResponses", std::move(responses)));
}

// Adds what a file of certificates or lists holds; false when it holds none.
bool add_certificates(const Inspector& inspector, ByteView octets, Shown& shown) {
  Shown list = Shown::list();
  if (const auto certificates = read_certificates(octets, "")) {
    for (const Bytes& der : *certificates) list.add(inspector.certificate(der));
    shown.add("certificates", std::move(list));
    return true;
  }
  const auto lists = read_crls(octets, "");
  if (!lists) return false;
  for (const Bytes& der : *lists) list.add(inspector.revocation_list(der));
  shown.add("revocationLists", std::move(list));
  return true;
}

}  // namespace

Result<Shown> inspect(ByteView octets, InspectDetail detail) {
  const Inspector inspector(octets, detail);
  Shown shown = Shown::object();
  shown.add("perdura", "inspection/1");
  shown.add("note", "This shows what the file holds. It judges nothing.");
  if (const auto record = parse_evidence_record(octets)) {
    return shown.add("evidenceRecord", inspector.evidence_record(*record));
  }
  if (parse_timestamp_token(octets)) return shown.add("timeStamp", inspector.token(octets));
  const ByteView type = content_type_of(octets);
  if (equal(type, oid_of::time_stamped_data)) {
    const auto file = parse_time_stamp_file(octets);
    if (!file) return file.error();
    return shown.add("timeStampedData", shown_stamped_data(inspector, *file));
  }
  if (is_cms_type(type)) {
    const auto object = parse_cms(octets);
    if (!object) return object.error();
    return shown.add("cms", shown_cms(inspector, *object));
  }
  if (const auto response = read_response(octets)) {
    shown.add("responseStatus", response->status);
    if (response->token) shown.add("timeStamp", inspector.token(*response->token));
    return shown;
  }
  if (add_certificates(inspector, octets, shown)) return shown;
  if (const auto xml = XmlEvidenceRecord::parse(octets)) {
    return shown.add("xmlEvidenceRecord", shown_xml(inspector, *xml));
  }
  return Error{Errc::malformed,
               "is no evidence record, CMS object, time-stamp, certificate or revocation list", "",
               ""};
}

}  // namespace perdura::verifier
