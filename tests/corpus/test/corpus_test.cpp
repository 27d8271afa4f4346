// The generator's promises: same seed, same octets; every document is sound and is recognised.
#include "tests/corpus/corpus.hpp"

#include <dcmtk/config/osconfig.h>
//
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>

#include "archive/recognize.hpp"
#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::corpus {
namespace {

using archive::Recognized;

// Some of each kind, the large ones too.
const Plan& sample() {
  static const Plan plan = [] {
    Plan both = make_plan(7, Mix::demo, {.documents = 42, .octets = {}});
    Plan images = make_plan(7, Mix::images, {.documents = 30, .octets = {}});
    for (Planned planned : images.documents) {
      if (planned.kind != Kind::cr && planned.kind != Kind::xa) continue;
      planned.number = planned.content = both.documents.size();
      both.documents.push_back(planned);
    }
    return both;
  }();
  return plan;
}

std::string extension(const Planned& planned) {
  return std::filesystem::path(path_of(sample(), planned)).extension().string();
}

// Documents of one extension.
std::vector<std::string> documents(const std::string& wanted) {
  std::vector<std::string> result;
  for (const Planned& planned : sample().documents) {
    if (extension(planned) == wanted) result.push_back(make_document(sample(), planned));
  }
  return result;
}

std::string digest(const Plan& plan) {
  std::string all;
  for (const Planned& planned : plan.documents) {
    all += path_of(plan, planned);
    all += make_document(plan, planned);
  }
  return verifier::to_hex(
      verifier::hash(verifier::DigestAlgorithm::sha256, verifier::as_bytes(all)).view());
}

TEST(Corpus, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Amount amount{.documents = 25, .octets = {}};
  const std::string first = digest(make_plan(1, Mix::demo, amount));
  EXPECT_EQ(digest(make_plan(1, Mix::demo, amount)), first);
  EXPECT_NE(digest(make_plan(2, Mix::demo, amount)), first);
}

TEST(Corpus, IsTheSameOnEveryMachine) {
  // Without PDF, whose streams depend on the version of zlib.
  const Plan plan = make_plan(1, Mix::text, {.documents = 40, .octets = {}});
  EXPECT_EQ(digest(plan), "ccdba269df0488b683fd330b2faec7f90fc7109587da7c943901d3b67a56922b");
  const Plan images = make_plan(1, Mix::images, {.documents = 3, .octets = {}});
  EXPECT_EQ(digest(images), "dc94f252236dad4a629b688e46fa53e9b75ed78dc905cdde0b1ebaac3faf512d");
}

TEST(Corpus, HasEveryKindInAHandful) {
  std::set<Kind> kinds;
  for (const Planned& planned :
       make_plan(1, Mix::demo, {.documents = 21, .octets = {}}).documents) {
    kinds.insert(planned.kind);
  }
  EXPECT_EQ(kinds.size(), 8U);
}

TEST(Corpus, KeepsToItsSize) {
  const Plan plan = make_plan(1, Mix::hospital, {.documents = {}, .octets = 60'000'000});
  std::uint64_t octets = 0;
  for (const Planned& planned : plan.documents) octets += make_document(plan, planned).size();
  EXPECT_GT(octets, 48'000'000U);
  EXPECT_LT(octets, 72'000'000U);
}

TEST(Corpus, SpeaksOfTheSamePatientsAgainAndRepeatsSomeDocuments) {
  const Plan plan = make_plan(1, Mix::text, {.documents = 2000, .octets = {}});
  std::map<std::uint64_t, int> of_patient;
  int repeats = 0;
  std::set<std::string> paths;
  for (const Planned& planned : plan.documents) {
    ++of_patient[planned.patient];
    if (planned.content != planned.number) ++repeats;
    paths.insert(path_of(plan, planned));
  }
  EXPECT_LT(of_patient.size(), 300U);
  EXPECT_GT(repeats, 5);
  EXPECT_LT(repeats, 60);
  EXPECT_EQ(paths.size(), plan.documents.size());
}

TEST(Corpus, IsRecognisedWithPatientAndTime) {
  const std::map<std::string, std::string> media_types = {{".json", "application/fhir+json"},
                                                          {".hl7", "application/hl7-v2+er7"},
                                                          {".xml", "application/hl7-cda+xml"},
                                                          {".dcm", "application/dicom"},
                                                          {".pdf", "application/pdf"}};
  for (const Planned& planned : sample().documents) {
    const std::string name = path_of(sample(), planned);
    const std::string octets = make_document(sample(), planned);
    const auto all = verifier::as_bytes(octets);
    const auto head = all.first(std::min(all.size(), archive::recognize_head_max));
    const Recognized found = archive::recognize(head, head.size() == all.size(), name);
    EXPECT_EQ(found.media_type, media_types.at(extension(planned))) << name;
    ASSERT_TRUE(found.event_time) << name;
    if (planned.kind != Kind::fhir_resource) {
      EXPECT_EQ(*found.event_time, planned.when) << name;
    }
    if (extension(planned) == ".pdf") continue;
    ASSERT_TRUE(found.patient) << name;
    EXPECT_EQ(found.patient->id, patient_of(sample(), planned).mrn) << name;
    EXPECT_EQ(found.patient->issuer, issuer_oid) << name;
  }
}

TEST(Corpus, FhirIsJson) {
  for (const std::string& text : documents(".json")) {
    boost::json::error_code failure;
    EXPECT_TRUE(boost::json::parse(text, failure).is_object());
    EXPECT_FALSE(failure) << failure.message();
  }
}

TEST(Corpus, CdaIsWellFormed) {
  for (const std::string& text : documents(".xml")) {
    pugi::xml_document tree;
    EXPECT_TRUE(tree.load_buffer(text.data(), text.size()));
  }
}

TEST(Corpus, DicomHasAllItsPixels) {
  for (const std::string& octets : documents(".dcm")) {
    DcmInputBufferStream stream;
    stream.setBuffer(octets.data(), static_cast<offile_off_t>(octets.size()));
    stream.setEos();
    DcmFileFormat file;
    file.transferInit();
    ASSERT_TRUE(file.read(stream).good());
    DcmDataset& data = *file.getDataset();
    Uint16 rows = 0;
    Uint16 columns = 0;
    Uint16 allocated = 0;
    Sint32 frames = 1;
    data.findAndGetUint16(DCM_Rows, rows);
    data.findAndGetUint16(DCM_Columns, columns);
    data.findAndGetUint16(DCM_BitsAllocated, allocated);
    if (data.findAndGetSint32(DCM_NumberOfFrames, frames).bad()) frames = 1;
    DcmElement* pixels = nullptr;
    ASSERT_TRUE(data.findAndGetElement(DCM_PixelData, pixels).good());
    EXPECT_EQ(pixels->getLength(),
              static_cast<Uint32>(rows) * columns * allocated / 8 * static_cast<Uint32>(frames));
    EXPECT_GT(pixels->getLength(), 100000U);
  }
}

// Every entry of the cross-reference table points at its object, and every stream inflates.
void check_pdf(const std::string& pdf) {
  const auto number_after = [&](std::size_t at) { return std::strtoull(&pdf[at], nullptr, 10); };
  const std::size_t table = number_after(pdf.rfind("startxref") + 10);
  ASSERT_EQ(pdf.compare(table, 7, "xref\n0 "), 0);
  const std::size_t count = number_after(table + 7);
  std::size_t entry = pdf.find('\n', table + 5) + 1 + 20;
  for (std::size_t number = 1; number < count; ++number, entry += 20) {
    const std::string object = std::to_string(number) + " 0 obj";
    ASSERT_EQ(pdf.compare(number_after(entry), object.size(), object), 0) << number;
  }
  int streams = 0;
  for (auto at = pdf.find("/Length "); at != pdf.npos; at = pdf.find("/Length ", at)) {
    const std::size_t length = number_after(at + 8);
    const std::size_t start = pdf.find("stream\n", at) + 7;
    std::string plain(16U << 20, '\0');
    uLongf size = plain.size();
    ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                         reinterpret_cast<const Bytef*>(&pdf[start]), length),
              Z_OK);
    ASSERT_EQ(pdf.compare(start + length, 10, "\nendstream"), 0);
    at = start + length;
    ++streams;
  }
  EXPECT_GT(streams, 0);
}

TEST(Corpus, PdfHasItsReferencesAndStreamsRight) {
  for (const std::string& pdf : documents(".pdf")) check_pdf(pdf);
}

TEST(Corpus, PdfPassesQpdf) {
  if (std::system("command -v qpdf > /dev/null 2>&1") != 0) GTEST_SKIP() << "qpdf is not installed";
  const auto path = std::filesystem::path(testing::TempDir()) / "perdura_corpus_test.pdf";
  for (const std::string& pdf : documents(".pdf")) {
    std::ofstream(path, std::ios::binary) << pdf;
    EXPECT_EQ(std::system(("qpdf --check '" + path.string() + "' > /dev/null").c_str()), 0);
  }
  std::filesystem::remove(path);
}

TEST(Corpus, IsWrittenAsPlanned) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "perdura_corpus_test";
  std::filesystem::remove_all(folder);
  const Plan plan = make_plan(5, Mix::text, {.documents = 30, .octets = {}});
  const auto written = write_corpus(plan, folder, 2);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->documents, 30U);
  for (const Planned& planned : plan.documents) {
    std::ifstream file(folder / path_of(plan, planned), std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(octets, make_document(plan, planned));
  }
  std::filesystem::remove_all(folder);
}

TEST(Corpus, SaysWhichFileItCouldNotWrite) {
  const auto written =
      write_corpus(make_plan(5, Mix::text, {.documents = 3, .octets = {}}), "/dev/null/x", 1);
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().where.find("/dev/null/x"), std::string::npos);
}

}  // namespace
}  // namespace perdura::corpus
