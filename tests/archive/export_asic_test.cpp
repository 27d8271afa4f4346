// Records as ASiC-E containers: judged by the verifier, and looked at octet for octet. Other
// software looks at them in interop.other_tools_read_our_containers.
#include "archive/export_asic.hpp"

#include <fstream>
#include <iterator>

#include "tests/archive/archive_fixture.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_asic.hpp"

namespace perdura::archive {
namespace {

using verifier::Verdict;

class ExportAsic : public ArchiveTest {
 protected:
  ExportAsic() {
    std::ifstream file(folder / "tsa/ca.pem");
    const std::string pem{std::istreambuf_iterator<char>(file), {}};
    judge.anchors.certificates = *verifier::read_certificates(verifier::as_bytes(pem), "ca.pem");
    judge.at = clock.now() + 60;
    judge.revocation = verifier::RevocationMode::if_present;
  }
  Result<ExportResult> export_to(const std::string& name) {
    return export_asic(*archive, folder / name, options);
  }
  // The verdict, with the first reason when it is not PASSED.
  std::string verdict(const std::filesystem::path& path) {
    const auto report = verifier::judge_asic(path, judge);
    if (!report) return to_string(report.error());
    std::string text(verifier::name(report->report.verdict()));
    if (const auto* why = report->report.decisive(); why != nullptr && text != "PASSED") {
      text += ": " + verifier::in_words(why->what, verifier::Language::en);
    }
    return text;
  }

  ExportOptions options;
  verifier::JudgeOptions judge;
};

TEST_F(ExportAsic, WritesOneRecordAsAContainerThatPasses) {
  RecordInput input = record("scan.txt", "scan of 1999");
  input.documents.push_back(document("a name: with & <signs>.xml", "<a/>"));
  ASSERT_TRUE(deposit(std::move(input)));
  ASSERT_TRUE(seal_all());
  const auto result = export_to("one.asice");
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->records, 1U);
  EXPECT_EQ(result->documents, 2U);
  EXPECT_EQ(verdict(folder / "one.asice"), "PASSED");
}

// EN 319 162-1 annex B.1: so that programs know the kind by the first octets.
TEST_F(ExportAsic, BeginsWithTheMimetypeStoredAsItIs) {
  ASSERT_TRUE(deposit(record("scan.txt", "scan")));
  ASSERT_TRUE(seal_all());
  ASSERT_TRUE(export_to("one.asice"));
  std::ifstream file(folder / "one.asice", std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(octets.substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(octets.substr(8, 2), std::string(2, '\0'));   // stored
  EXPECT_EQ(octets.substr(28, 2), std::string(2, '\0'));  // no extra field
  EXPECT_EQ(octets.substr(30, 39), "mimetypeapplication/vnd.etsi.asic-e+zip");
  const std::size_t directory = octets.find("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  EXPECT_EQ(octets.substr(directory + 46, 8), "mimetype");
}

TEST_F(ExportAsic, WritesManyRecordsAsAFolderOfContainers) {
  ASSERT_TRUE(deposit(record("1.txt", "one")));
  ASSERT_TRUE(deposit(record("2.txt", "two")));
  ASSERT_TRUE(seal_all());
  const auto result = export_to("containers");
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->records, 2U);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "containers")) {
    EXPECT_EQ(entry.path().extension(), ".asice");
    EXPECT_EQ(verdict(entry.path()), "PASSED");
    ++count;
  }
  EXPECT_EQ(count, 2U);
}

TEST_F(ExportAsic, RefusesWhatIsNotSealedTakenOrTooMuchAndLeavesNothing) {
  EXPECT_EQ(export_to("none").error().code, Errc::not_found);
  ASSERT_TRUE(deposit(record("1.txt", "one")));
  EXPECT_EQ(export_to("unsealed").error().code, Errc::conflict);
  ASSERT_TRUE(deposit(record("2.txt", "two")));
  ASSERT_TRUE(seal_all());
  EXPECT_EQ(export_to("two.asice").error().code, Errc::misuse);
  std::filesystem::create_directory(folder / "taken");
  EXPECT_EQ(export_to("taken").error().code, Errc::conflict);
  for (const char* name : {"none", "unsealed", "two.asice"}) {
    EXPECT_FALSE(std::filesystem::exists(folder / name)) << name;
  }
}

}  // namespace
}  // namespace perdura::archive
