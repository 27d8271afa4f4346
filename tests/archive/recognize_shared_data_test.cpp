// Public sample records, read where they lie beside the project; skipped where they do not.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "archive/recognize.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

const std::filesystem::path data = std::filesystem::path(PERDURA_SOURCE_DIR) / "../shared/data";

Recognized recognized(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(file)), {});
  const auto all = verifier::as_bytes(octets);
  const auto head = all.first(std::min(all.size(), recognize_head_max));
  return recognize(head, head.size() == all.size(), path.filename().string());
}

std::string in_brief(const Recognized& found) {
  std::string text = found.record_type + " | ";
  if (found.patient) text += found.patient->id + " @ " + found.patient->issuer;
  return text + " | " + (found.event_time ? verifier::to_string(*found.event_time) : "");
}

// The files of one folder by name; empty when the data are not there.
std::map<std::string, Recognized> folder(const char* name) {
  std::map<std::string, Recognized> result;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(data / name, absent)) {
    result[entry.path().filename().string()] = recognized(entry.path());
  }
  return result;
}

constexpr const char* absent_text = "no public sample records beside the project: ../shared/data";

TEST(SharedData, FhirBundlesNameTheirPatientByRecordNumber) {
  const auto files = folder("fhir");
  if (files.empty()) GTEST_SKIP() << absent_text;
  for (const auto& [name, found] : files) {
    EXPECT_EQ(found.media_type, "application/fhir+json") << name;
    EXPECT_EQ(found.record_type, "Bundle/transaction") << name;
    ASSERT_TRUE(found.patient) << name;
    EXPECT_EQ(found.patient->issuer, "http://hospital.smarthealthit.org") << name;
    EXPECT_NE(name.find(found.patient->id), std::string::npos) << name;
    EXPECT_TRUE(found.event_time) << name;
  }
}

TEST(SharedData, Hl7v2MessagesAreRead) {
  const auto files = folder("hl7v2");
  if (files.empty()) GTEST_SKIP() << absent_text;
  EXPECT_EQ(in_brief(files.at("ORU-multiline-short-mixed.hl7")),
            "ORU^R01 | 0d70c6c8 @ MRN | 2020-08-02T12:44:55Z");
  EXPECT_EQ(in_brief(files.at("sample_win.hl7")), "ADT^A01 | PID1234 @ A | 2012-09-12T01:12:30Z");
}

TEST(SharedData, CdaDocumentsAreReadAndFragmentsAreXml) {
  const auto files = folder("cda");
  if (files.empty()) GTEST_SKIP() << absent_text;
  const std::map<std::string, std::string> documents = {
      {"CCD.XML",
       "Summary of episode note | 444222222 @ 2.16.840.1.113883.4.1 | 2013-08-15T18:30:00Z"},
      {"CDA_with_Embedded_PDF.xml",
       "Patient Personal advance care plan | 20130607100800-McBeeID @ 2.16.840.1.113883.4.823.1 | "
       "2014-07-31T23:22:00Z"},
      {"Diagnostic_Imaging_Report.xml",
       "Diagnostic imaging study | 12345 @ 2.16.840.1.113883.19.5 | 2005-03-29T22:15:04Z"},
      {"Referral_Note.xml",
       "Referral Note | 444222222 @ 2.16.840.1.113883.4.1 | 2013-09-21T13:00:00Z"},
      {"Transfer_Summary.xml",
       "Transfer summary note | 444222222 @ 2.16.840.1.113883.4.1 | 2013-09-21T13:00:00Z"},
      {"Unstructured_Document_embed.xml",
       "Physician Discharge summary | 111-00-2330 @ 2.16.840.1.113883.4.1 | 2009-03-30T05:44:11Z"},
      {"Intervention_Planned_Referral_and_Note_Completeting_Referral(C-CDAR2.1).xml", " |  | "},
      {"Patient_Generated_Document_informationRecipient.xml", " |  | "},
      {"Planned_Encounter_-_Reason_for_Referral(C-CDAR2.1).xml", " |  | "},
  };
  for (const auto& [name, found] : files) {
    const auto document = documents.find(name);
    const bool expected = document != documents.end();
    EXPECT_EQ(found.media_type, expected ? "application/hl7-cda+xml" : "text/xml") << name;
    EXPECT_EQ(in_brief(found), expected ? document->second : " |  | ") << name;
  }
}

TEST(SharedData, DicomFilesOfAllEncodingsAreRead) {
  const auto files = folder("dicom");
  if (files.empty()) GTEST_SKIP() << absent_text;
  // clang-format off
  const std::map<std::string, std::string> expected = {
      {"CT_small.dcm",                "CT | 1CT1 @  | 2004-01-19T12:27:30Z"},
      {"ExplVR_LitEndNoMeta.dcm",     "RTPLAN |  | 2015-05-15T10:53:51Z"},
      {"JPEG-lossy.dcm",              "NM | 8NM1 @  | 2004-08-26T22:50:59Z"},
      {"MR_small.dcm",                "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"MR_small_RLE.dcm",            "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"MR_small_bigendian.dcm",      "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"MR_small_implicit.dcm",       "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"MR_small_jp2klossless.dcm",   "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"MR_truncated.dcm",            "MR | 4MR1 @  | 2004-08-26T22:50:59Z"},
      {"SC_rgb_jpeg_dcmd.dcm",        "OT |  | 2020-02-17T03:03:08Z"},
      {"SC_rgb_rle_16bit_2frame.dcm", "OT | ID1 @  | 2017-01-01T12:00:00Z"},
      {"UN_sequence.dcm",             " |  | "},
      {"badVR.dcm",                   "RTDOSE | id11111 @  | 2003-08-05T11:57:47Z"},
      {"chrGerm.dcm",                 "OT | SCSGERM @  | "},
      {"chrJapMulti.dcm",             "CR | 2008-4 @  | 2008-05-04T17:17:15Z"},
      {"chrKoreanMulti.dcm",          "CR | 2008-3 @  | 2008-05-04T17:17:15Z"},
      {"examples_jpeg2k.dcm",         "US | 13US1 @  | 2004-08-26T22:50:59Z"},
      {"examples_overlay.dcm",        "MR | 021234567 @  | 2005-11-30T13:26:45Z"},
  };
  // clang-format on
  for (const auto& [name, found] : files) {
    EXPECT_EQ(found.media_type, "application/dicom") << name;
    const auto row = expected.find(name);
    if (row != expected.end()) {
      EXPECT_EQ(in_brief(found), row->second) << name;
    }
  }
}

}  // namespace
}  // namespace perdura::archive
