#include "archive/recognize.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

// What `octets` are taken for as a whole document, in one line to compare.
std::string summary(const Recognized& found) {
  std::string text = found.media_type;
  text += " | ";
  if (found.patient) text += found.patient->id + " @ " + found.patient->issuer;
  text += " | ";
  if (found.event_time) text += verifier::to_string(*found.event_time);
  return text + " | " + found.record_type + " | " + found.author + " | " + found.language;
}

std::string of(std::string_view octets, std::string_view file_name = "") {
  return summary(recognize(verifier::as_bytes(octets), true, file_name));
}

std::string of_head(std::string_view octets) {
  return summary(recognize(verifier::as_bytes(octets), false, ""));
}

std::string media_type(std::string_view octets, std::string_view file_name = "") {
  return recognize(verifier::as_bytes(octets), true, file_name).media_type;
}

struct Case {
  const char* name;
  std::string octets;
  const char* expected;
};

class Document : public testing::TestWithParam<Case> {};

TEST_P(Document, SaysWhatItIs) { EXPECT_EQ(of(GetParam().octets), GetParam().expected); }

std::string case_name(const testing::TestParamInfo<Case>& row) { return row.param.name; }

// clang-format off
const Case fhir[] = {
    {"time_without_end_in_a_year_of_five_digits",
     R"({"resourceType":"Observation","effectiveDateTime":"9999-12-31T23:59:59-05:00"})",
     "application/fhir+json |  |  | Observation |  | "},
    {"bundle_prefers_the_medical_record_number",
     R"({"resourceType":"Bundle","type":"collection","timestamp":"2020-05-01T12:00:00.5+02:00","entry":[
         {"resource":{"resourceType":"Patient","id":"a","identifier":[
            {"system":"http://ssn","value":"999","type":{"coding":[{"code":"SS"}]}},
            {"system":"urn:oid:1.2.3","value":"M1","type":{"coding":[{"code":"X"},{"code":"MR"}]}}]}}]})",
     "application/fhir+json | M1 @ 1.2.3 | 2020-05-01T10:00:00Z | Bundle/collection |  | "},
    {"first_identifier_without_a_medical_record_number",
     R"({"identifier":[{"use":"old","value":"0"},{"value":"1","system":"s"},{"value":"2"}],"id":"x","resourceType":"Patient"})",
     "application/fhir+json | 1 @ s |  | Patient |  | "},
    {"id_without_identifiers",
     R"({"resourceType":"Patient","id":"x","meta":{"lastUpdated":"2021-01-02T03:04:05Z"},"birthDate":"1980-01-01"})",
     "application/fhir+json | x @  | 2021-01-02T03:04:05Z | Patient |  | "},
    {"several_patients_make_it_nobodys",
     R"({"resourceType":"Bundle","type":"searchset","timestamp":"2020-05-01","entry":[
         {"resource":{"resourceType":"Patient","id":"a"}},{"resource":{"resourceType":"Patient","id":"b"}}]})",
     "application/fhir+json |  | 2020-05-01T00:00:00Z | Bundle/searchset |  | "},
    {"second_patient_far_behind_the_first",
     R"({"resourceType":"Bundle","type":"searchset","timestamp":"2020-05-01","entry":[
         {"resource":{"resourceType":"Patient","id":"a"}},)" + std::string(20000, ' ') +
     R"({"resource":{"resourceType":"Patient","id":"b"}}]})",
     "application/fhir+json |  | 2020-05-01T00:00:00Z | Bundle/searchset |  | "},
    {"the_same_patient_twice",
     R"({"resourceType":"Bundle","type":"searchset","timestamp":"2020-05-01","entry":[
         {"resource":{"resourceType":"Patient","id":"a"}},{"resource":{"resourceType":"Patient","id":"a"}}]})",
     "application/fhir+json | a @  | 2020-05-01T00:00:00Z | Bundle/searchset |  | "},
    {"newest_date_of_a_bundle_without_a_timestamp",
     R"({"resourceType":"Bundle","type":"transaction","entry":[
         {"resource":{"resourceType":"Observation","issued":"2019-01-01","effectiveDateTime":"2018-03"}},
         {"resource":{"resourceType":"Encounter","period":{"start":"2017-02-03","end":"2020-01-01"}}}]})",
     "application/fhir+json |  | 2018-03-01T00:00:00Z | Bundle/transaction |  | "},
    {"date_author_and_language_of_a_composition",
     R"({"resourceType":"Bundle","type":"document","language":"de","entry":[
         {"resource":{"resourceType":"Composition","date":"2019","author":[{"display":"Dr.\tM\u00fcller"}],
                      "subject":{"reference":"Patient/7"}}},
         {"resource":{"resourceType":"Observation","effectiveDateTime":"2021-01-01"}}]})",
     "application/fhir+json | 7 @  | 2019-01-01T00:00:00Z | Bundle/document | Dr. Müller | de"},
    {"subject_by_identifier",
     R"({"resourceType":"Observation","subject":{"identifier":{"value":"7","system":"urn:oid:1.2"},"reference":"urn:uuid:3"}})",
     "application/fhir+json | 7 @ 1.2 |  | Observation |  | "},
    {"subject_by_reference_to_a_server",
     R"({"resourceType":"Condition","subject":{"reference":"https://a.b/fhir/Patient/9/_history/2"},"onsetDateTime":"2001-02-03"})",
     "application/fhir+json | 9 @ https://a.b/fhir | 2001-02-03T00:00:00Z | Condition |  | "},
    {"contained_patient",
     R"({"resourceType":"Observation","contained":[{"resourceType":"Patient","identifier":[{"value":"c"}]}],"subject":{"reference":"#p"}})",
     "application/fhir+json | c @  |  | Observation |  | "},
    {"byte_order_mark", "\xef\xbb\xbf{\"resourceType\":\"Patient\",\"id\":\"x\"}",
     "application/fhir+json | x @  |  | Patient |  | "},
    {"identifier_with_a_control_character_is_not_stated",
     R"({"resourceType":"Patient","id":"x","identifier":[{"value":"a\u0007b"}]})",
     "application/fhir+json | x @  |  | Patient |  | "},
    {"damaged_after_the_patient", R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"x"}},{{{)",
     "application/fhir+json | x @  |  | Bundle |  | "},
    {"bulk_data", "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/x\"},\"effectiveDateTime\":\"2020-01-02T00:00:00Z\"}\r\n"
                  "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/x\"},\"effectiveDateTime\":\"2020-01-01T00:00:00Z\"}\n\n",
     "application/fhir+ndjson | x @  | 2020-01-02T00:00:00Z | Observation |  | "},
    {"bulk_data_of_several_patients_and_types", "{\"resourceType\":\"Patient\",\"id\":\"x\"}\n{\"resourceType\":\"Patient\",\"id\":\"y\"}\n{\"resourceType\":\"Group\"}",
     "application/fhir+ndjson |  |  |  |  | "},
    {"bulk_data_that_breaks_off", "{\"resourceType\":\"Patient\",\"id\":\"x\"}\n{\"resourceType\":\"Patient\",\"id\":\"x\"",
     "application/fhir+ndjson |  |  | Patient |  | "},
    {"bulk_data_with_a_line_of_something_else", "{\"resourceType\":\"Patient\",\"id\":\"x\"}\n{\"id\":\"y\"}\n{\"resourceType\":\"Patient\",\"id\":\"x\"}\n",
     "text/plain |  |  |  |  | "},
    {"resources_on_one_line_are_no_bulk_data", "{\"resourceType\":\"Patient\",\"id\":\"x\"}{\"resourceType\":\"Patient\",\"id\":\"x\"}",
     "text/plain |  |  |  |  | "},
    {"other_json", R"({"a":[1,2,{"resourceType":"Patient"}]})", "application/json |  |  |  |  | "},
    {"no_type_name", R"({"resourceType":"<script>"})", "application/json |  |  |  |  | "},
    {"not_json", "{ not json }", "text/plain |  |  |  |  | "},
};

const Case hl7v2[] = {
    {"medical_record_number_first",
     "MSH|^~\\&|A|B|C|D|20200102030405.123+0100||ORU^R01^ORU_R01|1|P|2.5|||||USA|UNICODE UTF-8|en\r"
     "PID|1||9^^^SSA^SS~M1^^^STE&1.2.3&ISO^MR\rOBX|1|TX|||x\r",
     "application/hl7-v2+er7 | M1 @ 1.2.3 | 2020-01-02T02:04:05Z | ORU^R01 |  | en"},
    {"line_feeds_and_namespace", "MSH|^~\\&|||||2020||ADT^A01\nPID|||7^^^HOSP\n",
     "application/hl7-v2+er7 | 7 @ HOSP | 2020-01-01T00:00:00Z | ADT^A01 |  | "},
    {"mllp_and_crlf", "\x0bMSH|^~\\&|||||202003||ADT^A01\r\nPID|||7\r\n\x1c\r",
     "application/hl7-v2+er7 | 7 @  | 2020-03-01T00:00:00Z | ADT^A01 |  | "},
    {"other_delimiters", "MSH$%~\\&$$$$$20200101$$ADT%A08\rPID$$$7%%%HO\\T\\SP&1.2&ISO\r",
     "application/hl7-v2+er7 | 7 @ 1.2 | 2020-01-01T00:00:00Z | ADT^A08 |  | "},
    {"escaped_delimiters", "MSH|^~\\&|||||||ACK\rEVN||20200101\rPID|||7\\S\\8^^^A\\T\\B\r",
     "application/hl7-v2+er7 | 7^8 @ A&B | 2020-01-01T00:00:00Z | ACK |  | "},
    {"author_of_a_document_in_latin_1", "MSH|^~\\&|||||2020||MDM^T02\rTXA|1|OP|TX||||||1^M\xfcller^J\xf6rg\r",
     "application/hl7-v2+er7 |  | 2020-01-01T00:00:00Z | MDM^T02 | Jörg Müller | "},
    {"author_in_iso_2022_escape_sequences",
     "MSH|^~\\&|||||2020||MDM^T02|1|P|2.5||||||~ISO IR87\rPID|||7\rTXA|1|OP|TX||||||1^\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B\r",
     "application/hl7-v2+er7 | 7 @  | 2020-01-01T00:00:00Z | MDM^T02 |  | "},
    {"time_without_end_in_a_year_of_five_digits",
     "MSH|^~\\&|||||99991231235959-0500||ADT^A01\rPID|||7\r",
     "application/hl7-v2+er7 | 7 @  |  | ADT^A01 |  | "},
    {"pid_2_of_old", "MSH|^~\\&|||||2020||ADT^A01\rPID||5^^^X|\r",
     "application/hl7-v2+er7 | 5 @ X | 2020-01-01T00:00:00Z | ADT^A01 |  | "},
    {"batch_of_one_patient", "FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||2020||ADT^A01\rPID|||7\rMSH|^~\\&|||||2021||ADT^A03\rPID|||7\rBTS|2\r",
     "application/hl7-v2+er7 | 7 @  | 2020-01-01T00:00:00Z | ADT^A01 |  | "},
    {"batch_of_two_patients", "BHS|^~\\&\rMSH|^~\\&|||||2020||ADT^A01\rPID|||7\rMSH|^~\\&|||||2021||ADT^A03\rPID|||8\r",
     "application/hl7-v2+er7 |  | 2020-01-01T00:00:00Z | ADT^A01 |  | "},
    {"batch_of_none", "BHS|^~\\&\rBTS|0\r", "application/hl7-v2+er7 |  |  |  |  | "},
    {"no_message", "MSHABCDEFGH", "text/plain |  |  |  |  | "},
};

const Case cda[] = {
    {"header",
     R"(<?xml version="1.0"?><!-- c --><ClinicalDocument xmlns="urn:hl7-org:v3"><code displayName="Discharge &amp; Summary"/>
        <effectiveTime value="20130815183000+0500"/><languageCode code="en-US"/>
        <recordTarget><patientRole><id root="2.16.840.1.113883.4.1" extension="999"/><id nullFlavor="NI"/><id root="1.2.3" extension="M1"/></patientRole></recordTarget>
        <author><assignedAuthor><assignedPerson><name><given>Jo</given> <family>Öd</family></name></assignedPerson></assignedAuthor></author></ClinicalDocument>)",
     "application/hl7-cda+xml | M1 @ 1.2.3 | 2013-08-15T13:30:00Z | Discharge & Summary | Jo Öd | en-US"},
    {"any_prefix",
     R"(<n1:ClinicalDocument xmlns:n1="urn:hl7-org:v3"><n1:title>T</n1:title><n1:recordTarget><n1:patientRole><n1:id root="1.2"/></n1:patientRole></n1:recordTarget></n1:ClinicalDocument>)",
     "application/hl7-cda+xml | 1.2 @  |  | T |  | "},
    {"external_entity_is_not_expanded",
     R"(<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument><title>&e;</title></ClinicalDocument>)",
     "application/hl7-cda+xml |  |  |  |  | "},
    {"damaged", R"(<ClinicalDocument><effectiveTime value="2013"/><recordTarget>)",
     "application/hl7-cda+xml |  | 2013-01-01T00:00:00Z |  |  | "},
    {"utf_16", std::string("\xff\xfe<\0C\0l\0i\0n\0i\0c\0a\0l\0D\0o\0c\0u\0m\0e\0n\0t\0/\0>\0", 40),
     "application/hl7-cda+xml |  |  |  |  | "},
    {"other_xml", "\xef\xbb\xbf<a><b/></a>", "text/xml |  |  |  |  | "},
    {"not_xml", "< 3 and > 2", "text/plain |  |  |  |  | "},
};

const Case other[] = {
    {"pdf", "%PDF-1.4\n<< /Author (A \\(B\\) \\374) /CreationDate (D:20200102030405+01'00') /Lang (de) >>",
     "application/pdf |  | 2020-01-02T02:04:05Z |  | A (B) ü | de"},
    {"pdf_in_utf_16", "%PDF-1.4\n<< /Author <FEFF004D00FC> /CreationDate (D:2020Z) >>",
     "application/pdf |  | 2020-01-01T00:00:00Z |  | Mü | "},
    {"pdf_encrypted", "%PDF-1.4\n<< /Author (xyz) >> /Encrypt 5 0 R", "application/pdf |  |  |  |  | "},
    {"pdf_encrypted_and_linearised",
     "%PDF-2.0\n<< /Linearized 1 >> << /Encrypt 5 0 R >> << /Author (xyz) >>" + std::string(70000, ' '),
     "application/pdf |  |  |  |  | "},
    {"pdf_hostile_string", "%PDF-1.4\n/Author (((((((((", "application/pdf |  |  |  |  | "},
    {"text", "Grüße\n", "text/plain |  |  |  |  | "},
    {"latin_1_text", "Viele Gr\xfc\xdf" "e aus Berlin", "text/plain |  |  |  |  | "},
    {"utf_16_text", std::string("\xff\xfeh\0i\0", 6), "text/plain |  |  |  |  | "},
    {"octets", std::string("\x00\x01\x02\x03", 4), "application/octet-stream |  |  |  |  | "},
    {"nothing", "", "application/octet-stream |  |  |  |  | "},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(Fhir, Document, testing::ValuesIn(fhir), case_name);
INSTANTIATE_TEST_SUITE_P(Hl7v2, Document, testing::ValuesIn(hl7v2), case_name);
INSTANTIATE_TEST_SUITE_P(Cda, Document, testing::ValuesIn(cda), case_name);
INSTANTIATE_TEST_SUITE_P(Other, Document, testing::ValuesIn(other), case_name);

TEST(Recognize, TakesAHeadThatIsCutOffAsFarAsItGoes) {
  EXPECT_EQ(of_head(R"({"resourceType":"Bundle","type":"document","entry":[{"resource":)"
                    R"({"resourceType":"Patient","id":"x"}},{"resource":{"resou)"),
            "application/fhir+json | x @  |  | Bundle/document |  | ");
  EXPECT_EQ(of_head(R"({"a":"bcd)"), "application/json |  |  |  |  | ");
  EXPECT_EQ(of_head("<a><b>xyz"), "text/xml |  |  |  |  | ");
  EXPECT_EQ(of_head("Gr\xc3"), "text/plain |  |  |  |  | ");
}

TEST(Recognize, DoesNotStateTheNewestDateOfABundleThatIsCutOff) {
  const std::string_view head =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)"
      R"({"resourceType":"Observation","effectiveDateTime":"2018-03-01"}},)";
  EXPECT_EQ(of_head(head), "application/fhir+json |  |  | Bundle/transaction |  | ");
}

TEST(Recognize, StatesTextsOfALongPdfOnlyWhereItsStartTellsThatTheyAreNotEncrypted) {
  const std::string info = "<< /Author (xyz) /CreationDate (D:2020Z) >>";
  EXPECT_EQ(of_head("%PDF-1.7\n" + info), "application/pdf |  | 2020-01-01T00:00:00Z |  |  | ");
  EXPECT_EQ(of_head("%PDF-1.7\n<< /Linearized 1 >> " + info),
            "application/pdf |  | 2020-01-01T00:00:00Z |  | xyz | ");
}

TEST(Recognize, TakesBulkDataByItsNameWhereItHasOneResource) {
  const std::string one = R"({"resourceType":"Patient","id":"x"})";
  EXPECT_EQ(media_type(one + "\n", "Patient.ndjson"), "application/fhir+ndjson");
  EXPECT_EQ(media_type(one + "\n", "Patient.json"), "application/fhir+json");
  EXPECT_EQ(media_type("{}\n", "log.ndjson"), "application/json");
  EXPECT_EQ(of_head(one + "\n" + one + "\n" + one.substr(0, 20)),
            "application/fhir+ndjson |  |  | Patient |  | ");
}

TEST(Recognize, AsksTheFileNameOnlyWhereTheOctetsLeaveItOpen) {
  EXPECT_EQ(media_type("", "empty.TXT"), "text/plain");
  EXPECT_EQ(media_type("<a><b>", "fragment.xml"), "text/xml");
  EXPECT_EQ(media_type("<a><b>", "fragment"), "text/plain");
  EXPECT_EQ(media_type("plain words", "image.dcm"), "text/plain");
}

TEST(Recognize, FindsAHeaderBehindMuchOfIt) {
  const std::string comment = "<!--" + std::string(100000, 'c') + "-->";
  EXPECT_EQ(of("<ClinicalDocument>" + comment + "<effectiveTime value='2013'/></ClinicalDocument>"),
            "application/hl7-cda+xml |  | 2013-01-01T00:00:00Z |  |  | ");
}

TEST(Recognize, BoundsWhatItPutsOut) {
  const std::string word(300, 'w');
  const auto long_id =
      recognize(verifier::as_bytes(R"({"resourceType":"Patient","id":")" + word + "\"}"), true, "");
  EXPECT_FALSE(long_id.patient);
  std::string title;
  while (title.size() < 300) title += "ü";
  const auto long_title = recognize(
      verifier::as_bytes("<ClinicalDocument><title>x" + title + "</title></ClinicalDocument>"),
      true, "");
  EXPECT_EQ(long_title.record_type.size(), 255U);
  EXPECT_TRUE(verifier::is_utf8(long_title.record_type));
}

TEST(Recognize, BearsNestingOfAnyDepth) {
  const std::size_t depth = 1000000;
  EXPECT_EQ(media_type(std::string(depth, '[')), "text/plain");
  std::string objects;
  for (std::size_t i = 0; i < depth; ++i) objects += "{\"a\":";
  EXPECT_EQ(media_type(objects), "text/plain");
  std::string elements = "<ClinicalDocument>";
  for (std::size_t i = 0; i < depth; ++i) elements += "<a>";
  EXPECT_EQ(media_type(elements), "application/hl7-cda+xml");
}

}  // namespace
}  // namespace perdura::archive
