// Input made to exhaust memory or time: the real program must come to its verdict inside the bounds
// that verifier/README.md names. They are set by the system: beyond them the program would end.
#include <gtest/gtest.h>

#include "outside_world.hpp"
#include "sample_package.hpp"
#include "tests/verifier/vector_files.hpp"
#include "verifier/der.hpp"
#include "verifier/evidence_record_writer.hpp"
#include "verifier/xml.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using namespace verifier;
using archive::PackageForm;

constexpr const char* program = PERDURA_BIN_DIR "/perdura-verify";
constexpr const char* address_space_kib = "1048576";  // of two threads; see verifier/README.md
constexpr const char* processor_s = "30";

// Sanitizers take more memory than there is.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

class Limits : public testing::Test {
 protected:
  void SetUp() override {
    if (sanitized) GTEST_SKIP() << "a sanitizer takes more memory than the bound";
    if (!fs::exists(program)) GTEST_SKIP() << program << " was not built";
    write_text(folder_ / "document", "a document");
  }
  // The program under both limits.
  Ran run(const std::string& arguments) const {
    return shell(std::string("ulimit -v ") + address_space_kib + " && ulimit -t " + processor_s +
                 " && " + program + " --threads 2 --at 2027-01-16 " + arguments);
  }
  // Judges these octets as evidence for a document.
  void expect_evidence(ByteView evidence, int exit_code, const std::string& words) const {
    write_octets(folder_ / "evidence", evidence);
    const Ran ran = run("--evidence " + (folder_ / "evidence").string() + " " +
                        (folder_ / "document").string());
    EXPECT_EQ(ran.exit_code, exit_code) << ran.output.substr(0, 2000);
    EXPECT_NE(ran.output.find(words), std::string::npos) << words << "\n--\n"
                                                         << ran.output.substr(0, 2000);
  }
  // An evidence record with one archive time-stamp of these lists and this token.
  static Bytes record(const ReducedHashtree& lists, const Bytes& token, std::size_t times = 1) {
    constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
    const Bytes stamp = write_archive_timestamp(DigestAlgorithm::sha256, lists, token);
    return write_evidence_record(algorithms, {std::vector<Bytes>(times, stamp)});
  }

  TemporaryFolder folder_;
  SamplePackage sample_{folder_.path(), 1};
  Digest document_ = hash(DigestAlgorithm::sha256, as_bytes("a document"));
  Bytes token_ = sample_.stamp(document_);
};

TEST_F(Limits, ALongListOfHashValuesIsRead) {
  std::vector<Digest> list(900'000, document_);
  // All of them taken as one, they lead to the document; nobody was trusted.
  expect_evidence(record({list}, token_), 2, "NO_TRUST_ANCHOR");
}

TEST_F(Limits, ManyListsAreRead) {
  expect_evidence(record(ReducedHashtree(300'000, {document_}), token_), 2, "NO_TRUST_ANCHOR");
}

TEST_F(Limits, MoreElementsThanAnyEvidenceHasAreRefused) {
  std::vector<Digest> list(1'100'000, document_);
  expect_evidence(record({list}, token_), 3, "more than 1000000 elements");
}

TEST_F(Limits, ManyTimeStampsAreJudged) {
  expect_evidence(record({}, token_, 1'000), 1, "FAILED");
  expect_evidence(record({}, token_, 1'001), 3, "more than 1000 archive time-stamps");
}

// Each time-stamp comes with thirteen CAs of one name, any of which may have issued any other.
TEST_F(Limits, PathsThroughManyCasOfOneNameAreNotAllTried) {
  const Bytes one = read_octets(vector_path("other_makers/indeterminate_cas_of_one_name.ers"));
  const auto read = parse_evidence_record(one);
  ASSERT_TRUE(read);
  const Bytes token = to_bytes(read->chains.front().archive_timestamps.front().time_stamp);
  write_octets(folder_ / "evidence", record({{document_}}, token, 600));
  const Ran ran =
      run("--evidence " + (folder_ / "evidence").string() + " " + (folder_ / "document").string() +
          " --trust " + vector_path("other_makers/other_ca.pem").string());
  EXPECT_EQ(ran.exit_code, 1) << ran.output.substr(0, 2000);
  EXPECT_NE(ran.output.find("does not lead to one that you trust"), std::string::npos);
}

TEST_F(Limits, MoreOctetsThanEvidenceMayHaveAreRefused) {
  Bytes padded = record({}, token_);
  padded.resize(65u << 20);
  expect_evidence(padded, 3, "perdura-verify: error");
}

TEST_F(Limits, DeepNestingIsRefused) {
  // Definite lengths, and indefinite ones where a token may have them.
  Bytes nested;
  for (int i = 0; i < 100; ++i) {
    DerWriter out;
    out.element(tag::sequence, nested);
    nested = out.take();
  }
  expect_evidence(nested, 3, "error");
  Bytes indefinite;
  for (int i = 0; i < 1'000'000; ++i) indefinite.insert(indefinite.end(), {0x30, 0x80});
  for (int i = 0; i < 1'000'000; ++i) indefinite.insert(indefinite.end(), {0x00, 0x00});
  expect_evidence(record({}, indefinite), 3, "error");
}

TEST_F(Limits, LengthsBeyondTheInputAreRefused) {
  expect_evidence(Bytes{0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 3, "error");
  expect_evidence(Bytes{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 3, "error");
}

TEST_F(Limits, XmlThatIsSlowToBeWrittenCanonicallyIsJudged) {
  if (!XmlDocument::parse(as_bytes("<a/>"))) GTEST_SKIP() << "built without XML";
  // As many chains, elements and namespaces as may be: each chain hashes all before it.
  constexpr int chains = 41;
  const auto namespaces = [](char prefix) {
    std::string all;
    for (int i = 0; i < 15; ++i) {
      all += std::string(" xmlns:") + prefix + std::to_string(i) + "=\"urn:x\"";
    }
    return all;
  };
  std::string elements;
  for (int i = 0; i < 96'000 / chains; ++i) elements += "<a/>";
  std::string record = "<EvidenceRecord xmlns=\"urn:ietf:params:xml:ns:ers\" Version=\"1.0\"" +
                       namespaces('p') + "><ArchiveTimeStampSequence" + namespaces('q') + ">";
  for (int i = 1; i <= chains; ++i) {
    record += "<ArchiveTimeStampChain Order=\"" + std::to_string(i) +
              "\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
              "<CanonicalizationMethod "
              "Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>"
              "<ArchiveTimeStamp Order=\"1\"><TimeStamp><TimeStampToken Type=\"RFC3161\">"
              "MA8GCSqGSIb3DQEHAqACMAA=</TimeStampToken></TimeStamp><Attributes>" +
              elements +
              "</Attributes></ArchiveTimeStamp>"
              "</ArchiveTimeStampChain>";
  }
  record += "</ArchiveTimeStampSequence></EvidenceRecord>";
  expect_evidence(as_bytes(record), 1, "FAILED");
}

TEST_F(Limits, ALargeFileThatInflatesFromLittleIsReadInFlatMemory) {
  // 2 GiB of zeros: what deflate can do at its best. More than the address space.
  {
    auto writer =
        archive::PackageWriter::open(folder_ / "bomb.zip", PackageForm::zip, sample_.header());
    ASSERT_TRUE(writer);
    for (const auto& file : sample_.files()) {
      ASSERT_TRUE(writer->add(file.first, as_bytes(file.second)));
    }
    const Bytes zeros(1u << 20, 0);
    ASSERT_TRUE(writer->begin_file("data/zeros"));
    for (int i = 0; i < 2'048; ++i) ASSERT_TRUE(writer->write(zeros));
    ASSERT_TRUE(writer->end_file());
    ASSERT_TRUE(writer->finish());
  }
  const Ran ran = run((folder_ / "bomb.zip").string() + " --trust " + sample_.ca().string());
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST_F(Limits, FilesOfARecordThatAreTooLongAreRefused) {
  const Files good = sample_.files();
  const char* long_files[] = {"statement.json", "receipt.json", "journal-proof.tlog-proof",
                              "local.ers"};
  for (const char* name : long_files) {
    Files files = good;
    files[sample_.name(0, name)] = std::string(40u << 20, '[');
    fs::remove_all(folder_ / "long.zip");
    SamplePackage::write(folder_ / "long.zip", PackageForm::zip, sample_.header(), files);
    const Ran ran = run((folder_ / "long.zip").string() + " --trust " + sample_.ca().string());
    EXPECT_EQ(ran.exit_code, 1) << name << ran.output;
  }
}

TEST_F(Limits, ManyFilesThatNoManifestListsAreToldInBounds) {
  SamplePackage::write(folder_ / "many", PackageForm::folder, sample_.header(), sample_.files());
  // Each in a folder of its own, as of a record.
  const Ran made = shell("cd " + (folder_ / "many/data/records").string() +
                         " && for i in $(seq 100000 120000); do mkdir $i; : > $i/x; done");
  ASSERT_EQ(made.exit_code, 0);
  const Ran ran = run((folder_ / "many").string() + " --trust " + sample_.ca().string());
  EXPECT_EQ(ran.exit_code, 1) << ran.output.substr(0, 2000);
  EXPECT_LT(ran.output.size(), 10u << 20);
}

TEST_F(Limits, AManifestInTheWrongOrderIsPutInOrderInBounds) {
  SamplePackage::write(folder_ / "order", PackageForm::folder, sample_.header(), sample_.files());
  std::string manifest = read_text(folder_ / "order/manifest-sha256.txt");
  for (int i = 900'000; i > 400'000; --i) {
    manifest += std::string(64, '0') + "  data/absent/" + std::to_string(i) + "\n";
  }
  write_text(folder_ / "order/manifest-sha256.txt", manifest);
  const Ran ran = run((folder_ / "order").string() + " --trust " + sample_.ca().string());
  EXPECT_EQ(ran.exit_code, 1) << ran.output.substr(0, 2000);
  EXPECT_LT(ran.output.size(), 10u << 20);
}

}  // namespace
}  // namespace perdura::tests
