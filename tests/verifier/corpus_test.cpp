// Evidence records of other makers, each judged as the table beside them says.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/certificate_path.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {
namespace {

using test::read;

const std::filesystem::path corpus = PERDURA_SOURCE_DIR "/../shared/corpus";

struct CorpusCase {
  std::string evidence;
  std::vector<std::string> documents;
  bool good = false;
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

std::vector<CorpusCase> cases() {
  std::vector<CorpusCase> result;
  std::ifstream in(corpus / "cases.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto fields = split(line, '\t');
    result.push_back({fields.at(0), split(fields.at(1), ','), fields.at(2) == "ok"});
  }
  return result;
}

std::vector<DataObject> objects_for(const CorpusCase& row, const EvidenceRecord& record) {
  const auto algorithms = digest_algorithms(record);
  EXPECT_TRUE(algorithms);
  std::vector<DataObject> objects;
  for (const std::string& document : row.documents) {
    const Bytes octets = read(corpus / document);
    DataObject object{document, {}};
    for (const DigestAlgorithm algorithm : *algorithms) {
      object.digests.emplace_back(algorithm, hash(algorithm, octets));
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

// The octets of a case. Two of the corpus's documents are the same octets under two names, so a row
// that pairs one's evidence with "another document" contradicts the row that calls it good.
std::vector<Bytes> octets_of(const CorpusCase& row) {
  std::vector<Bytes> all{read(corpus / row.evidence)};
  for (const std::string& document : row.documents) all.push_back(read(corpus / document));
  return all;
}

bool is_good(const CorpusCase& row) {
  if (row.good) return true;
  const auto octets = octets_of(row);
  const auto all = cases();
  return std::ranges::any_of(
      all, [&](const CorpusCase& other) { return other.good && octets_of(other) == octets; });
}

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(corpus / "cases.tsv")) {
      GTEST_SKIP() << "the corpus of other makers' evidence is not beside the project";
    }
  }
  static JudgeOptions options() {
    JudgeOptions result;
    result.at = *parse_time("2026-11-01");
    return result;
  }
};

TEST_F(Corpus, EveryCaseYieldsWhatItsTableSays) {
  const TokenJudge judge(options());
  int count = 0;
  for (const CorpusCase& row : cases()) {
    SCOPED_TRACE(row.evidence + " with " + row.documents.front());
    ++count;
    const bool good = is_good(row);
    const Bytes octets = read(corpus / row.evidence);
    const auto record = parse_evidence_record(octets);
    if (!record) {
      EXPECT_FALSE(good) << to_string(record.error());
      continue;
    }
    const auto objects = objects_for(row, *record);
    const auto judged = judge_evidence_record(*record, objects, GroupProof::single_objects, judge);
    EXPECT_EQ(judged.report.verdict(), good ? Verdict::indeterminate : Verdict::failed)
        << test::text(judged.report);
    EXPECT_FALSE(judged.existed_since);
  }
  EXPECT_GE(count, 13);
}

// The first time-stamp of this record has no status in it that counts, but a later one has an OCSP
// response by a delegate of the CA, issued after the second covered the first.
TEST_F(Corpus, TakesAnOcspResponseOfALaterTimeStamp) {
  const Bytes octets = read(corpus / "2Chains3ATS/BIN_ER.ers");
  const auto record = parse_evidence_record(octets);
  ASSERT_TRUE(record);
  const auto newest = parse_timestamp_token(record->chains[1].archive_timestamps[0].time_stamp);
  ASSERT_TRUE(newest);
  ASSERT_EQ(newest->ocsp_responses.size(), 1u);
  JudgeOptions judging = options();
  judging.at = *parse_time("2017-02-10T14:10:00Z");
  for (const ByteView certificate : newest->certificates) {
    const CertificatePtr read = read_certificate(certificate);
    if (read->subject_name() == read->issuer_name()) {
      judging.anchors.certificates.push_back(to_bytes(certificate));
    }
  }
  const TokenJudge judge(judging);
  const auto objects = objects_for({"", {"2Chains3ATS/BIN.bin"}, true}, *record);
  const auto judged = judge_evidence_record(*record, objects, GroupProof::single_objects, judge);
  const Report& first = judged.report.parts.at(0).parts.at(0);
  EXPECT_EQ(test::outcome(first), "PASSED") << test::text(first);
  EXPECT_NE(test::text(first).find("OCSP response in a later time-stamp"), std::string::npos)
      << test::text(first);
  // The others have a response of the second before; nobody says that it was still current.
  EXPECT_EQ(test::outcome(judged.report), "INDETERMINATE TRY_LATER") << test::text(judged.report);
}

}  // namespace
}  // namespace perdura::verifier
