// Evidence records as files: each .vec beside them says what judging must yield.
//
// To make them afresh (new keys): PERDURA_WRITE_VECTORS=1 verifier_test
//   --gtest_filter='EvidenceVectors.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "tests/verifier/vector_files.hpp"

namespace perdura::verifier {
namespace {

using test::EvidenceMaker;
using test::read;
using test::sha256;
using test::sha512;
namespace fs = std::filesystem;

const fs::path record_vectors = PERDURA_SOURCE_DIR "/tests/vectors/evidence_record";

void write(const fs::path& path, ByteView octets) {
  std::ofstream(path, std::ios::binary) << as_text(octets);
}

// The verdict in lower case, as the files spell it.
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string judge_vector(const std::map<std::string, std::string>& fields, Report& report) {
  const Bytes octets = read(record_vectors / fields.at("evidence"));
  const auto record = parse_evidence_record(octets);
  if (!record) return "failed";
  JudgeOptions options;
  options.at = *parse_time(fields.at("at"));
  if (fields.contains("anchors")) {
    options.anchors.certificates = {read(record_vectors / fields.at("anchors"))};
  }
  std::vector<DataObject> objects;
  const auto algorithms = digest_algorithms(*record);
  if (!algorithms) return "failed";
  std::istringstream names(fields.at("documents"));
  for (std::string name; names >> name;) {
    DataObject object{name, {}};
    for (const DigestAlgorithm algorithm : *algorithms) {
      object.digests.emplace_back(algorithm, hash(algorithm, read(record_vectors / name)));
    }
    objects.push_back(std::move(object));
  }
  const TokenJudge token_judge(options);
  report = judge_evidence_record(*record, objects, GroupProof::whole_group, token_judge).report;
  return lower(name(report.verdict()));
}

// What is made: records with their verdicts, in one folder.
class Writer {
 public:
  Writer() {
    write(record_vectors / "root.der", authority_.root.certificate);
    for (const char* document : {"statement", "bundle"})
      write(record_vectors / document, as_bytes(document));
    write(record_vectors / "other", as_bytes("another document"));
  }
  EvidenceMaker maker() const { return {authority_, {"statement", "bundle"}}; }

  void put(const std::string& name, ByteView record, const std::string& rule,
           const std::string& how, const std::string& documents = "statement bundle",
           bool anchor = true, const std::string& at = "2041-06-01T00:00:00Z") const {
    write(record_vectors / (name + ".ers"), record);
    std::ofstream out(record_vectors / (name + ".vec"));
    out << "verdict: " << name.substr(0, name.find('_')) << "\nrule: " << rule << "\nat: " << at
        << '\n';
    if (anchor) out << "anchors: root.der\n";
    out << "documents: " << documents << "\nevidence: " << name << ".ers\nmade by: " << how << '\n';
  }

 private:
  test::Authority authority_;
};

Bytes flipped(Bytes octets, ByteView view, ByteView within) {
  octets[static_cast<std::size_t>(view.data() - within.data())] ^= 1;
  return octets;
}

void write_bad_ones(const Writer& writer, const EvidenceMaker& made) {
  const Bytes good = made.record();
  const auto record = parse_evidence_record(good);
  const auto& stamps = record->chains[0].archive_timestamps;
  const auto& lists = *stamps[0].reduced_hashtree;
  writer.put("failed_first_list_one_bit_flipped", flipped(good, *lists[0].begin(), good),
             "RFC 4998 section 4.3 step 2", "bit 0 of the first hash value flipped");
  writer.put("failed_second_list_one_bit_flipped", flipped(good, *lists[1].begin(), good),
             "RFC 4998 section 4.3 steps 3 and 4", "bit 0 of the second list's value flipped");
  auto chains = made.chains();
  chains[0].pop_back();
  const DigestAlgorithm algorithms[] = {sha256, sha512};
  writer.put("failed_tree_renewal_of_a_longer_sequence", write_evidence_record(algorithms, chains),
             "RFC 4998 section 5.3 step 3", "the last time-stamp before the renewal taken out");
  chains = made.chains();
  std::swap(chains[0], chains[1]);
  writer.put("failed_chains_swapped", write_evidence_record(algorithms, chains),
             "RFC 4998 section 5.1", "the two chains swapped");
  Bytes longer = good;
  longer.push_back(0);
  writer.put("failed_octet_after_the_end", longer, "X.690 section 10", "an octet 00 appended");
  writer.put("failed_cut_short", ByteView(good).first(good.size() - 1), "X.690 section 8.1.3",
             "the last octet taken off");
}

void write_all() {
  fs::create_directories(record_vectors);
  const Writer writer;
  auto made = writer.maker();
  made.stamp_at("2030-01-01", sha256);
  const std::string first = "a group of two under one time-stamp of 2030";
  writer.put("passed_group_with_one_time_stamp", made.record(), "RFC 4998 section 4.3", first);
  writer.put("failed_another_document", made.record(), "RFC 4998 section 4.3 step 2", first,
             "statement other");
  writer.put("failed_a_document_is_missing", made.record(), "RFC 4998 section 4.3", first,
             "statement");
  writer.put("indeterminate_no_anchor", made.record(), "RFC 5280 section 6.1.1", first,
             "statement bundle", false);
  writer.put("indeterminate_certificate_expired", made.record(), "RFC 4998 section 5.3", first,
             "statement bundle", true, "2061-01-01T00:00:00Z");
  writer.put("failed_judged_before_it_was_made", made.record(), "RFC 3161 section 2.4.2", first,
             "statement bundle", true, "2029-01-01T00:00:00Z");
  made.renew_at("2035-01-01");
  writer.put("passed_time_stamp_renewal", made.record(), "RFC 4998 section 5.3 step 2",
             first + ", renewed in 2035");
  made.renew_tree_at("2040-01-01", sha512);
  writer.put("passed_hash_tree_renewal", made.record(), "RFC 4998 section 5.3 step 3",
             first + ", renewed in 2035 and, with SHA-512, in 2040");
  write_bad_ones(writer, made);
  auto backwards = writer.maker();
  backwards.stamp_at("2030-01-01", sha256).renew_at("2029-01-01");
  writer.put("failed_renewal_dated_before", backwards.record(), "RFC 4998 section 5.1",
             first + ", its renewal dated 2029");
}

TEST(EvidenceVectors, EachYieldsWhatItsFileSays) {
  if (std::getenv("PERDURA_WRITE_VECTORS") != nullptr) write_all();
  int count = 0;
  for (const auto& entry : fs::directory_iterator(record_vectors)) {
    if (entry.path().extension() != ".vec") continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++count;
    const auto fields = tests::vector_fields(entry.path());
    Report report;
    EXPECT_EQ(judge_vector(fields, report), fields.at("verdict")) << test::text(report);
  }
  EXPECT_GE(count, 15);
}

}  // namespace
}  // namespace perdura::verifier
