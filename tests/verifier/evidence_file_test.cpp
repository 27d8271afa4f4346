// What a file is, by its first octets and its outermost elements.
#include "verifier/evidence_file.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "verifier/evidence_record.hpp"

namespace perdura::verifier {
namespace {

struct Kind {
  const char* name;
  std::string octets;
  EvidenceKind kind;
};
std::string from(std::string_view hex) { return std::string(as_text(*from_hex(hex))); }
// As UTF-16, most significant octet first or last.
std::string wide(std::string_view text, bool big) {
  std::string result = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : text) {
    result += big ? '\0' : c;
    result += big ? c : '\0';
  }
  return result;
}
const std::string xml_record =
    "<EvidenceRecord xmlns=\"urn:ietf:params:xml:ns:ers\" Version=\"1.0\"/>";
const Kind kinds[] = {
    // clang-format off
    {"nothing", "", EvidenceKind::other},
    {"zip", "PK\x03\x04rest", EvidenceKind::zip},
    {"half_a_zip", "PK", EvidenceKind::other},
    {"text", "hello", EvidenceKind::other},
    {"spaces", "   ", EvidenceKind::other},
    {"small_record", from("300702010130003000"), EvidenceKind::evidence_record},
    {"sequence_of_nothing", from("3000"), EvidenceKind::other},
    {"sequence_of_a_number", from("3003020101"), EvidenceKind::other},
    {"response_of_a_refusal", from("30053003020102"), EvidenceKind::time_stamp},
    {"response_with_something_else", from("30083003020102020105"), EvidenceKind::other},
    {"cut_short", from("30820100020101"), EvidenceKind::other},
    {"content_of_another_type", from("300806032A0304A0010500"), EvidenceKind::other},
    {"type_without_content", from("300506032A0304"), EvidenceKind::other},
    {"enveloped_data", from("300F06092A864886F70D010703A0023000"), EvidenceKind::cms},
    {"xml", xml_record, EvidenceKind::xml_evidence_record},
    {"xml_with_prefix", "<e:EvidenceRecord xmlns:e='urn:ietf:params:xml:ns:ers'/>", EvidenceKind::xml_evidence_record},
    {"xml_declared", "<?xml version='1.0'?>\n<!-- a <b> -->\n" + xml_record, EvidenceKind::xml_evidence_record},
    {"xml_with_mark", "\xEF\xBB\xBF" + xml_record, EvidenceKind::xml_evidence_record},
    {"xml_wide", wide(xml_record, true), EvidenceKind::xml_evidence_record},
    {"xml_wide_the_other_way", wide(xml_record, false), EvidenceKind::xml_evidence_record},
    {"xml_indented", " \r\n\t" + xml_record, EvidenceKind::xml_evidence_record},
    {"xml_of_another_namespace", "<EvidenceRecord xmlns='urn:x'/>", EvidenceKind::other},
    {"xml_of_another_root", "<a xmlns='urn:ietf:params:xml:ns:ers'/>", EvidenceKind::other},
    {"xml_without_an_end", "<EvidenceRecord xmlns='urn:ietf:params:xml:ns:ers'", EvidenceKind::other},
    {"comment_without_an_end", "<!-- " + xml_record, EvidenceKind::other},
    {"instruction_without_an_end", "<?xml " , EvidenceKind::other},
    {"no_element", "<?xml version='1.0'?>", EvidenceKind::other},
    // clang-format on
};
class FileKind : public testing::TestWithParam<Kind> {};
TEST_P(FileKind, IsKnownByItsContent) {
  const ByteView octets = as_bytes(GetParam().octets);
  EXPECT_EQ(kind_of_evidence(octets), GetParam().kind);
  const bool evidence =
      GetParam().kind != EvidenceKind::other && GetParam().kind != EvidenceKind::zip;
  if (evidence) {
    EXPECT_TRUE(may_be_evidence(octets.first(std::min(octets.size(), evidence_file_head))));
  }
}
INSTANTIATE_TEST_SUITE_P(, FileKind, testing::ValuesIn(kinds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EvidenceFile, TellsRecordsAndTokensApart) {
  test::EvidenceMaker made(test::authority(), {"document"});
  const Bytes record = made.stamp_at("2030-01-01", DigestAlgorithm::sha256).record();
  EXPECT_EQ(kind_of_evidence(record), EvidenceKind::evidence_record);
  const auto parsed = parse_evidence_record(record);
  const ByteView token = parsed->chains[0].archive_timestamps[0].time_stamp;
  EXPECT_EQ(kind_of_evidence(token), EvidenceKind::time_stamp);
  EXPECT_FALSE(may_be_evidence(ByteView()));
  EXPECT_FALSE(may_be_evidence(as_bytes("hello")));
}

}  // namespace
}  // namespace perdura::verifier
