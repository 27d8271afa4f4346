// Every single octet of evidence records changed in turn: the verdict is another than PASSED, but
// where the octet carries nothing, which tests/vectors/carries_nothing/evidence.txt lists.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/verifier/mutation.hpp"
#include "tests/verifier/vector_files.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier::test {
namespace {

namespace fs = std::filesystem;
using tests::vector_path;
using tests::vector_text;

std::vector<fs::path> passing_vectors() {
  std::vector<fs::path> paths;
  for (const char* folder : {"evidence_record", "other_makers"}) {
    for (const auto& entry : fs::directory_iterator(vector_path(folder))) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("passed_") && name.ends_with(".vec")) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string octets_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class EvidenceMutation : public testing::TestWithParam<fs::path> {};

TEST_P(EvidenceMutation, IsNoticedButWhereNothingIsCarried) {
  const auto fields = tests::vector_fields(GetParam());
  const fs::path folder = GetParam().parent_path();
  const std::string good = octets_of(folder / fields.at("evidence"));
  JudgeOptions options;
  options.at = *parse_time(fields.at("at"));
  if (fields.contains("revocation")) options.revocation = RevocationMode::if_present;
  options.anchors.certificates =
      *read_certificates(as_bytes(octets_of(folder / fields.at("anchors"))), "anchors");
  const TokenJudge judge(options);
  std::vector<std::pair<std::string, std::string>> documents;
  std::istringstream names(fields.at("documents"));
  for (std::string name; names >> name;) documents.emplace_back(name, octets_of(folder / name));
  const auto passes = [&](const std::string& octets) {
    const auto record = parse_evidence_record(as_bytes(octets));
    const auto algorithms = record ? digest_algorithms(*record) : record.error();
    if (!algorithms) return false;
    std::vector<DataObject> objects;
    for (const auto& [name, text] : documents) {
      DataObject object{name, {}};
      for (const DigestAlgorithm algorithm : *algorithms) {
        object.digests.emplace_back(algorithm, hash(algorithm, as_bytes(text)));
      }
      objects.push_back(std::move(object));
    }
    return judge_evidence_record(*record, objects, GroupProof::single_objects, judge)
               .report.verdict() == Verdict::passed;
  };
  ASSERT_TRUE(passes(good));
  const EvidenceParts parts(as_bytes(good));
  Mutations("evidence.txt")
      .change(
          good, 7, [&](std::size_t place, char) { return parts.of(place); }, passes);
}
INSTANTIATE_TEST_SUITE_P(, EvidenceMutation, testing::ValuesIn(passing_vectors()),
                         [](const auto& row) { return row.param.stem().string(); });

}  // namespace
}  // namespace perdura::verifier::test
