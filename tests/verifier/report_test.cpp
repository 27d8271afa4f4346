// What is told of a package, to people and to programs, and what inspecting it shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/archive/temporary_folder.hpp"
#include "tests/verifier/vector_files.hpp"
#include "verifier/canonical_json.hpp"
#include "verifier/digest.hpp"
#include "verifier/findings.hpp"
#include "verifier/inspection.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/report_words.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {
namespace {

namespace fs = std::filesystem;
using tests::vector_text;

// A vector that is judged, unpacked so that it can be spoilt.
class ReportOfAPackage : public testing::Test {
 protected:
  ReportOfAPackage() {
    const std::string zip = vector_text("package/passed_renewed.zip");
    const auto source = open_zip_in_memory(as_bytes(zip));
    const auto reader = (*source)->reader();
    std::vector<std::string> names;
    const auto walked =
        (*source)->for_each([&](std::uint32_t, const std::string& name) { names.push_back(name); });
    check(static_cast<bool>(walked), "the vector is read");
    for (const std::string& name : names) {
      const auto octets = read_whole(**reader, name, 1u << 20);
      const fs::path path = folder_.path() / name;
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << as_text(*octets);
    }
    options_.judge.anchors.certificates =
        *read_certificates(as_bytes(vector_text("package/passed_renewed.pem")), "anchors");
    options_.judge.at = *parse_time("2039-01-02");
    options_.threads = 1;
  }
  void judge() {
    records_.clear();
    const auto summary = verify_package(
        folder_.path(), options_, [&](const RecordResult& record) { records_.push_back(record); });
    ASSERT_TRUE(summary) << to_string(summary.error());
    summary_ = *summary;
  }
  fs::path file_of_a_record(const std::string& name) const {
    for (const auto& entry : fs::directory_iterator(folder_.path() / "data/records")) {
      return entry.path() / name;
    }
    return {};
  }
  std::string shown(InspectDetail detail) const {
    const auto source = open_package_source(folder_.path());
    const auto result = inspect(**source, detail);
    EXPECT_TRUE(is_utf8(result->as_json()));
    return result->as_text();
  }

  archive::TemporaryFolder folder_;
  PackageOptions options_;
  std::vector<RecordResult> records_;
  PackageSummary summary_;
};

void expect_has(const std::string& text, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n--\n" << text;
  }
}

TEST_F(ReportOfAPackage, TellsInBriefAndInFull) {
  judge();
  ASSERT_EQ(records_.size(), 2U);
  const RecordResult& record = records_.front();
  const std::string brief = record_text(record, TextDetail::brief);
  expect_has(brief,
             {"Record " + record.record + ": PASSED. Unaltered since ", "at the latest, by"});
  EXPECT_EQ(brief.find("signature of the time-stamp"), std::string::npos);
  expect_has(record_text(record, TextDetail::full),
             {"The time-stamp says that what it covers existed at ", "[", "RFC 4998"});
  expect_has(record_text(record, TextDetail::brief, Language::ja), {"検証成功（PASSED）"});
  const std::string summary = summary_text(summary_, TextDetail::brief);
  expect_has(summary, {"Package of the archive", "2 records: 2 passed, 0 indeterminate, 0 failed",
                       "Verdict: PASSED", "note: The journal was judged with the key"});
  expect_has(summary_text(summary_, TextDetail::full), {"manifest"});
}

TEST_F(ReportOfAPackage, TellsWhatIsWrongAndWhatThatMeans) {
  std::ofstream(file_of_a_record("documents/001-report.txt"), std::ios::app) << "x";
  judge();
  const auto failed = std::ranges::find(records_, Verdict::failed, &RecordResult::verdict);
  ASSERT_NE(failed, records_.end());
  expect_has(record_text(*failed, TextDetail::brief),
             {": FAILED (HASH_FAILURE)", "FAILED: ", "What this means: "});
  expect_has(record_json(*failed),
             {"\"verdict\":\"FAILED\"", "\"subIndication\":\"HASH_FAILURE\""});
  expect_has(summary_text(summary_, TextDetail::brief),
             {"1 passed, 0 indeterminate, 1 failed", "Verdict: FAILED"});
}

TEST_F(ReportOfAPackage, TellsWhatIsNotThere) {
  options_.judge.anchors.certificates.clear();
  judge();
  expect_has(record_text(records_.front(), TextDetail::brief),
             {"INDETERMINATE (NO_TRUST_ANCHOR)", "INDETERMINATE: You have not said"});
  expect_has(summary_text(summary_, TextDetail::brief), {"Verdict: INDETERMINATE"});
  expect_has(summary_json(summary_), {"\"verdict\":\"INDETERMINATE\""});
}

TEST_F(ReportOfAPackage, IsJsonWithTracksAndTimes) {
  judge();
  const std::string json = record_json(records_.front());
  expect_has(json, {"\"perdura\":\"report/1\"", "\"record\":\"" + records_.front().record + "\"",
                    "\"tracks\":[{", "\"selfAsserted\":true", "\"existedSince\":\"20"});
  EXPECT_TRUE(is_utf8(json));
  expect_has(summary_json(summary_), {"\"records\":2", "\"passed\":2", "\"archive\":\"perdura."});
}

TEST(ReportOfEvidence, SaysSinceWhenOrWhyNot) {
  EvidenceReport evidence;
  evidence.report.subject = say("subject.evidence-record");
  evidence.report.findings.push_back(passed("right", "", ""));
  evidence.existed_since = *parse_time("2030-01-01");
  expect_has(evidence_text(evidence, TextDetail::full),
             {"Evidence: PASSED. Unaltered since 2030-01-01T00:00:00Z", "right"});
  expect_has(evidence_json(evidence), {"\"existedSince\":\"2030-01-01T00:00:00Z\""});
  evidence.existed_since.reset();
  evidence.report.findings = {undecided(SubIndication::no_poe, "open", "detail", "rule")};
  expect_has(evidence_text(evidence, TextDetail::brief),
             {"Evidence: INDETERMINATE (NO_POE)", "INDETERMINATE: open", "[detail; rule]",
              "What this means: "});
  expect_has(evidence_json(evidence), {"\"existedSince\":null", "\"detail\":\"detail\""});
  expect_has(report_json(evidence.report), {"\"kind\":\"evidence-record\""});
  expect_has(report_text(evidence.report, TextDetail::brief), {"open"});
}

// Every way not to pass has a meaning in words, in each language.
TEST(ReportOfEvidence, HasAMeaningForEverySubIndication) {
  for (int i = 1; i <= static_cast<int>(SubIndication::no_evidence); ++i) {
    const auto why = static_cast<SubIndication>(i);
    const Report report{"it", {undecided(why, "open", "", "")}, {}};
    for (const Language language : languages()) {
      EXPECT_GT(in_words(meaning_of(report), language).size(), 20U) << name(why);
    }
    expect_has(in_english(verdict_text(report)), {std::string(name(why))});
  }
  EXPECT_TRUE(meaning_of({"it", {passed("right", "", "")}, {}}).empty());
  EXPECT_TRUE(meaning_of({"it", {undecided(SubIndication::none, "open", "", "")}, {}}).empty());
}

TEST(ReportOfEvidence, NamesTheAuthoritiesThatHeld) {
  RecordResult record;
  record.record = "r";
  record.verdict = Verdict::passed;
  record.report.findings.push_back(passed("right", "", ""));
  record.existed_since = *parse_time("2030-01-01");
  expect_has(in_english(record_sentence(record)), {"Record r: PASSED. Unaltered since 2030"});
  record.tracks = {{"one", Verdict::passed, std::nullopt, "CN=One", false, {}},
                   {"two", Verdict::failed, std::nullopt, "CN=Two", false, {}},
                   {"three", Verdict::passed, std::nullopt, "", true, {}}};
  const std::string told = in_english(record_sentence(record));
  expect_has(told, {"CN=One", "three"});
  EXPECT_EQ(told.find("CN=Two"), std::string::npos);
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

TEST_F(ReportOfAPackage, IsInspectedRecordByRecord) {
  const std::string brief = shown(InspectDetail::brief);
  expect_has(brief, {"note: This shows what the package holds. It judges nothing.\n",
                     "records with statement: 2\n", "exported by: rehearsal\n",
                     "journal key: ", "- statement.json\n", "track: local\n", "times of chains:"});
  expect_has(shown(InspectDetail::full), {"archive time stamps:", "hash lists:"});
}

TEST_F(ReportOfAPackage, IsInspectedAsFarAsItCanBeRead) {
  std::ofstream(folder_.path() / "data/package.json") << "{";
  std::ofstream(file_of_a_record("local.ers")) << "no evidence";
  std::ofstream(file_of_a_record("more.ers")) << "";
  std::ofstream(folder_.path() / "data/records/stray") << "";
  for (int i = 0; i < 40; ++i) {
    const fs::path record = folder_.path() / "data/records" / std::to_string(100 + i);
    fs::create_directories(record);
    std::ofstream(record / "statement.json") << "{}";
  }
  expect_has(shown(InspectDetail::brief),
             {"unreadable: ", "records with statement: 42\n", " more (--full shows more)\n"});
  expect_has(shown(InspectDetail::full), {"track: more\n"});
  fs::remove(folder_.path() / "data/package.json");
  expect_has(shown(InspectDetail::full), {"unreadable: "});
}

// RFC 8493 section 2.4, and what programs write that are used beside it.
TEST_F(ReportOfAPackage, ManifestsOfOtherProgramsAreRead) {
  const auto read = [&](const std::string& name) {
    std::ifstream in(folder_.path() / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string manifest = read("manifest-sha256.txt");
  const std::string tags = read("tagmanifest-sha256.txt");
  const auto with = [&](const std::function<std::string(std::string)>& line) {
    std::string changed;
    for (std::size_t at = 0; at < manifest.size(); at = manifest.find('\n', at) + 1) {
      changed += line(manifest.substr(at, manifest.find('\n', at) - at));
    }
    std::ofstream(folder_.path() / "manifest-sha256.txt", std::ios::binary) << changed;
    const std::size_t at = tags.find("manifest-sha256.txt") - 66;
    std::string fitted = tags;
    fitted.replace(at, 64, hash(DigestAlgorithm::sha256, as_bytes(changed)).hex());
    std::ofstream(folder_.path() / "tagmanifest-sha256.txt", std::ios::binary) << fitted;
    judge();
    return summary_.verdict;
  };
  EXPECT_EQ(with([](std::string line) { return line + "\n"; }), Verdict::passed);
  EXPECT_EQ(with([](std::string line) { return line + "\r\n"; }), Verdict::passed);
  EXPECT_EQ(with([](std::string line) { return line.replace(64, 2, " *") + "\n"; }),
            Verdict::passed);
  EXPECT_EQ(with([](std::string line) { return line.replace(64, 2, "\t") + "\n"; }),
            Verdict::passed);
  EXPECT_EQ(with([](std::string line) {
              std::ranges::transform(line.begin(), line.begin() + 64, line.begin(), [](char c) {
                return 'a' <= c && c <= 'f' ? static_cast<char>(c - 32) : c;
              });
              return line + "\n";
            }),
            Verdict::passed);
  EXPECT_EQ(with([](std::string line) { return line.replace(64, 1, "x") + "\n"; }),
            Verdict::failed);
  EXPECT_EQ(with([](std::string line) { return line + std::string(5'000, 'x') + "\n"; }),
            Verdict::failed);
  EXPECT_EQ(with([](std::string line) { return line.substr(0, 66) + "\n"; }), Verdict::failed);
}

}  // namespace
}  // namespace perdura::verifier
