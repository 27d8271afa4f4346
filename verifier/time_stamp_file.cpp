#include "verifier/time_stamp_file.hpp"

#include <string>

#include "verifier/cms.hpp"
#include "verifier/der.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t time_stamps_max = 1000;

// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
// PKIStatusInfo ::= SEQUENCE { status INTEGER, .. }                       -- RFC 3161 §2.4.2
void read_response(DerReader& response, TimeStampFile& file) {
  DerReader info = response.constructed(tag::sequence);
  const std::uint64_t status = info.small_integer();
  if (!response.more()) {
    return response.fail("the authority gave no time-stamp: status " + std::to_string(status),
                         Errc::unsupported);
  }
  if (status > 1) return response.fail("a time-stamp comes with a status of refusal");
  file.time_stamps.push_back({response.element(tag::sequence), {}});
}

// MetaData ::= SEQUENCE { hashProtected BOOLEAN, fileName UTF8String OPTIONAL,
//   mediaType IA5String OPTIONAL, otherMetaData Attributes OPTIONAL }         -- RFC 5544 §2
void read_metadata(DerReader& data, TimeStampFile& file) {
  if (!data.next_is(tag::sequence)) return;
  DerReader metadata = data.constructed(tag::sequence);
  if (metadata.boolean()) file.hashed_before = metadata.encoding();
}

// Evidence ::= CHOICE { tstEvidence [0] SEQUENCE OF TimeStampAndCRL, ersEvidence [1]
//   EvidenceRecord, otherEvidence [2] OtherEvidence }
// TimeStampAndCRL ::= SEQUENCE { timeStamp ContentInfo, crl CertificateList OPTIONAL }
void read_evidence(DerReader& data, TimeStampFile& file) {
  if (data.next_is(tag::context(1))) {
    const ByteView record = data.element(tag::context(1));
    if (record.empty()) return;
    Bytes octets = {tag::sequence};  // the tag that [1] IMPLICIT stands for
    octets.insert(octets.end(), record.begin() + 1, record.end());
    file.evidence_record = std::move(octets);
    return;
  }
  if (data.next_is(tag::context(2))) {
    return data.fail("evidence is of a kind that RFC 5544 leaves open", Errc::unsupported);
  }
  DerReader list = data.constructed(tag::context(0));
  while (list.more()) {
    DerReader one = list.constructed(tag::sequence);
    file.time_stamps.push_back({one.element(tag::sequence), one.encoding()});
    if (one.more()) file.crls.push_back(one.element(tag::sequence));
    one.end();
    if (file.time_stamps.size() > time_stamps_max) {
      list.fail("more than " + std::to_string(time_stamps_max) + " time-stamps", Errc::too_large);
    }
  }
  if (file.time_stamps.empty()) data.fail("there is no time-stamp");
}

// TimeStampedData ::= SEQUENCE { version INTEGER { v1(1) }, dataUri IA5String OPTIONAL,
//   metaData MetaData OPTIONAL, content OCTET STRING OPTIONAL, temporalEvidence Evidence }
void read_time_stamped_data(DerReader& outer, TimeStampFile& file) {
  outer.oid();
  DerReader holder = outer.constructed(tag::context(0));
  DerReader data = holder.constructed(tag::sequence);
  if (data.small_integer() != 1) data.fail("version is not 1", Errc::unsupported);
  data.optional_element(tag::ia5_string);
  read_metadata(data, file);
  constexpr Tag segmented = tag::octet_string | 0x20;
  if (data.next_is(tag::octet_string) || data.next_is(segmented)) {
    Bytes storage;
    file.content = to_bytes(data.octet_string(storage));
  }
  read_evidence(data, file);
  data.end();
  holder.end();
}

}  // namespace

Result<TimeStampFile> parse_time_stamp_file(ByteView octets) {
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader outer = in.constructed(tag::sequence);
  TimeStampFile file;
  if (outer.next_is(tag::sequence)) {
    read_response(outer, file);
    outer.end();
  } else if (equal(content_type_of(octets), oid_of::time_stamped_data)) {
    read_time_stamped_data(outer, file);
    outer.end();
  } else {
    file.time_stamps.push_back({outer.encoding(), {}});  // its parser reads it
  }
  in.end();
  return input.result(std::move(file));
}

}  // namespace perdura::verifier
