// Evidence of other makers as files: each .vec in tests/vectors/other_makers says what judging must
// yield, and why. Made by tests/vectors/make.sh.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {
namespace {

using test::read;
namespace fs = std::filesystem;

const fs::path other_makers = PERDURA_SOURCE_DIR "/tests/vectors/other_makers";

// A .vec file: "name: value" lines.
class Vector {
 public:
  explicit Vector(const fs::path& path) : name_(path.stem().string()) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      const std::size_t colon = line.find(": ");
      EXPECT_NE(colon, std::string::npos) << path << ": " << line;
      if (colon != std::string::npos) fields_[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }

  const std::string& name() const { return name_; }
  std::string operator[](const std::string& field) const {
    const auto found = fields_.find(field);
    return found == fields_.end() ? "" : found->second;
  }

  // "PASSED", or "FAILED HASH_FAILURE".
  std::string expected() const {
    std::string result = (*this)["verdict"];
    for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return (*this)["reason"].empty() ? result : result + " " + (*this)["reason"];
  }

  // What a test's name is followed by.
  friend void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.expected(); }

  JudgeOptions options(bool trusting = true) const {
    JudgeOptions options;
    const auto at = parse_time((*this)["at"]);
    EXPECT_TRUE(at);
    options.at = *at;
    if ((*this)["revocation"] == "if_present") options.revocation = RevocationMode::if_present;
    if (!trusting) return options;
    const auto anchors = read_certificates(read(other_makers / (*this)["anchors"]), "anchors");
    EXPECT_TRUE(anchors);
    options.anchors.certificates = *anchors;
    return options;
  }

  Report judge(ByteView evidence, const JudgeOptions& options) const {
    const auto record = parse_evidence_record(evidence);
    const auto algorithms = record ? digest_algorithms(*record) : record.error();
    if (!algorithms) return malformed(algorithms.error());
    std::vector<DataObject> objects;
    std::istringstream names((*this)["documents"]);
    for (std::string document; names >> document;) {
      DataObject object{document, {}};
      for (const DigestAlgorithm algorithm : *algorithms) {
        object.digests.emplace_back(algorithm, hash(algorithm, read(other_makers / document)));
      }
      objects.push_back(std::move(object));
    }
    const auto proof =
        (*this)["proof"] == "whole_group" ? GroupProof::whole_group : GroupProof::single_objects;
    const TokenJudge token_judge(options);
    return judge_evidence_record(*record, objects, proof, token_judge).report;
  }

 private:
  static Report malformed(const Error& error) {
    return {"evidence record",
            {{Verdict::failed, SubIndication::format_failure, to_string(error), "", ""}},
            {}};
  }

  std::string name_;
  std::map<std::string, std::string> fields_;
};

std::vector<Vector> vectors() {
  std::vector<Vector> result;
  for (const auto& entry : fs::directory_iterator(other_makers)) {
    if (entry.path().extension() == ".vec") result.emplace_back(entry.path());
  }
  std::ranges::sort(result, {}, &Vector::name);
  return result;
}

class OtherMakersVector : public testing::TestWithParam<Vector> {};

TEST_P(OtherMakersVector, YieldsWhatItsFileSays) {
  const Vector& vector = GetParam();
  EXPECT_TRUE(vector.name().starts_with(vector["verdict"] + "_"));
  const Report report = vector.judge(read(other_makers / vector["evidence"]), vector.options());
  EXPECT_EQ(test::outcome(report), vector.expected()) << test::text(report);
}

TEST_P(OtherMakersVector, DoesNotPassWithoutAnAnchor) {
  const Vector& vector = GetParam();
  const Report report =
      vector.judge(read(other_makers / vector["evidence"]), vector.options(false));
  EXPECT_NE(report.verdict(), Verdict::passed) << test::text(report);
}

TEST_P(OtherMakersVector, DoesNotPassWithATrailingOctetOrCutShort) {
  const Vector& vector = GetParam();
  Bytes evidence = read(other_makers / vector["evidence"]);
  evidence.push_back(0);
  EXPECT_NE(vector.judge(evidence, vector.options()).verdict(), Verdict::passed);
  evidence.resize(evidence.size() - 2);
  EXPECT_NE(vector.judge(evidence, vector.options()).verdict(), Verdict::passed);
}

INSTANTIATE_TEST_SUITE_P(, OtherMakersVector, testing::ValuesIn(vectors()),
                         [](const auto& row) { return row.param.name(); });

TEST(OtherMakersVectors, AreThere) { EXPECT_GE(vectors().size(), 28u); }

// Both readings of RFC 4998 section 5.2 are taken; that of figure 4 with a warning.
TEST(OtherMakersVectors, WarnOfAHashTreeRenewalThatIsPutTogetherSorted) {
  for (const Vector& vector : vectors()) {
    if (!vector.name().starts_with("passed_tree_renewal_put_together")) continue;
    const Report report = vector.judge(read(other_makers / vector["evidence"]), vector.options());
    EXPECT_EQ(test::has_warning(report), vector.name().ends_with("_sorted")) << test::text(report);
  }
}

}  // namespace
}  // namespace perdura::verifier
