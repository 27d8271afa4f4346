// Packages from end to end: written, judged, and spoilt in every way that should show.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "outside_world.hpp"
#include "sample_package.hpp"
#include "verifier/printable.hpp"
#include "verifier/receipt.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/texts.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using namespace verifier;
using archive::PackageForm;

class Package : public testing::Test {
 protected:
  Package() : sample_(folder_.path(), 3), files_(sample_.files()), header_(sample_.header()) {}

  Judged judge(const fs::path& path, const PackageOptions& options) {
    Judged judged;
    sample_.keep(path);
    const auto summary = verify_package(path, options, [&](RecordResult record) {
      judged.order.push_back(record.record);
      judged.records[record.record] = std::move(record);
    });
    EXPECT_TRUE(summary) << to_string(summary.error());
    if (summary) judged.summary = *summary;
    return judged;
  }
  Judged judge_files(PackageForm form = PackageForm::zip) {
    fs::remove_all(folder_ / "package");
    SamplePackage::write(folder_ / "package", form, header_, files_);
    return judge(folder_ / "package", sample_.options());
  }
  // A folder whose files are spoilt after the manifest was made.
  void write_folder() {
    SamplePackage::write(folder_ / "package", PackageForm::folder, header_, files_);
  }
  std::string in_folder(const std::string& name) { return (folder_ / "package" / name).string(); }
  Judged judge_folder() { return judge(folder_ / "package", sample_.options()); }

  // That record `i` has this verdict with this decisive finding, and the others passed.
  void expect_only(const Judged& judged, std::size_t i, Verdict verdict, SubIndication why,
                   const std::string& what) {
    for (std::size_t k = 0; k < 3; ++k) {
      ASSERT_TRUE(judged.records.contains(sample_.records()[k]));
      const RecordResult& record = judged.records.at(sample_.records()[k]);
      if (k != i) {
        EXPECT_EQ(record.verdict, Verdict::passed) << record_text(record, TextDetail::brief);
        continue;
      }
      EXPECT_EQ(record.verdict, verdict) << record_text(record, TextDetail::full);
      EXPECT_FALSE(record.existed_since);
      const Finding* decisive = record.report.decisive();
      ASSERT_NE(decisive, nullptr);
      EXPECT_EQ(decisive->sub_indication, why) << in_english(decisive->what);
      EXPECT_NE(in_english(decisive->what).find(what), std::string::npos)
          << in_english(decisive->what);
    }
    EXPECT_EQ(judged.summary.verdict, verdict);
  }

  TemporaryFolder folder_;
  SamplePackage sample_;
  Files files_;
  PackageHeader header_;
};

TEST_F(Package, FilesThatNoEvidenceIsAboutAreTold) {
  const std::string batch = "data/journal/batch-1/letter.txt";
  const std::vector<std::string> slipped_in = {sample_.name(0, "letter.txt"), "data/letter.txt",
                                               batch};
  for (const std::string& name : slipped_in) files_[name] = "a letter";
  const Judged judged = judge_files();
  EXPECT_EQ(judged.summary.verdict, Verdict::passed);
  const std::string text =
      summary_text(judged.summary, TextDetail::brief, Language::en) +
      record_text(judged.records.at(sample_.records()[0]), TextDetail::brief, Language::en);
  for (const char* name : {"letter.txt lies in", "data/letter.txt lies in"}) {
    EXPECT_NE(text.find(name), std::string::npos) << text;
  }
  EXPECT_NE(text.find(batch), std::string::npos) << text;
  EXPECT_EQ(text.find("ca.pem lies in"), std::string::npos);
}

TEST_F(Package, PassesAsAZipAndAsAFolder) {
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    const Judged judged = judge_files(form);
    EXPECT_EQ(judged.summary.verdict, Verdict::passed)
        << summary_text(judged.summary, TextDetail::brief);
    EXPECT_EQ(judged.summary.records, 3u);
    EXPECT_EQ(judged.summary.passed, 3u);
    EXPECT_TRUE(judged.summary.own_log_key);
    for (const auto& record : judged.records) {
      EXPECT_EQ(record.second.verdict, Verdict::passed)
          << record_text(record.second, TextDetail::full);
      ASSERT_TRUE(record.second.existed_since);
      EXPECT_GE(*record.second.existed_since, Time{1'800'000'600});
      EXPECT_LE(*record.second.existed_since, Time{1'800'000'610});
      EXPECT_TRUE(record.second.tracks.at(0).self_asserted);
      EXPECT_NE(record.second.tracks.at(0).tsa.find("CN="), std::string::npos);
    }
  }
}

TEST_F(Package, GivesResultsInTheOrderOfThePackage) {
  const Judged judged = judge_files();
  EXPECT_TRUE(std::ranges::is_sorted(judged.order));
}

TEST_F(Package, IsABagThatSha256sumAccepts) {
  write_folder();
  const std::string in = "cd " + in_folder("") + " && ";
  EXPECT_EQ(std::system((in + "sha256sum --quiet -c manifest-sha256.txt").c_str()), 0);
  EXPECT_EQ(std::system((in + "sha256sum --quiet -c tagmanifest-sha256.txt").c_str()), 0);
}

TEST_F(Package, CanBeVerifiedByHandAsItsTextTells) {
  write_folder();
  // The commands of BY-HAND.txt are its lines that are indented by four.
  const std::string in =
      "cd " + in_folder("") + " && sed -n 's/^    //p' BY-HAND.txt > ../script && " +
      "RECORD=" + sample_.records()[0] + " TRACK=local CA=" + sample_.ca().string() +
      " sh ../script > ../told 2>&1";
  EXPECT_EQ(std::system(in.c_str()), 0) << read_text(folder_ / "told");
  const std::string told = read_text(folder_ / "told");
  const std::string id = sample_.records()[0];
  EXPECT_TRUE(told.starts_with(id + "\n" + id + "\n1\n1\nsame\n")) << told;
  EXPECT_NE(told.find("Verification: OK\nJan 15 08:10:0"), std::string::npos) << told;
  // The same of a document that was altered.
  write_text(in_folder(sample_.name(0, "documents/001-part_1.txt")), "another");
  (void)std::system(in.c_str());
  const std::string other = read_text(folder_ / "told");
  EXPECT_NE(other.find("FAILED"), std::string::npos) << other;
  EXPECT_EQ(other.find("same"), std::string::npos) << other;
}

TEST_F(Package, HoldsAScriptThatVerifiesItByHand) {
  write_folder();
  const std::string in =
      "cd " + in_folder("") + " && env -i PATH=/usr/bin:/bin sh check-by-hand.sh";
  const std::string asked = in + " --at 2027-01-16 . " + sample_.ca().string();
  const Ran good = shell(asked);
  EXPECT_EQ(good.exit_code, 0) << good.output;
  EXPECT_NE(good.output.find("unaltered since 2027-01-15 08:10:0"), std::string::npos);
  // The same of one document that was altered, and of a package that was left alone.
  write_text(in_folder(sample_.name(0, "documents/001-part_1.txt")), "another");
  EXPECT_EQ(shell(asked + " " + sample_.records()[0]).exit_code, 1);
  EXPECT_EQ(read_text(in_folder("check-by-hand.sh")),
            read_text(fs::path(PERDURA_SOURCE_DIR) / "verifier" / "check-by-hand.sh"));
}

TEST_F(Package, TakesTheLogKeyThatIsGiven) {
  SamplePackage::write(folder_ / "package", PackageForm::zip, header_, files_);
  PackageOptions options = sample_.options();
  options.log_key = sample_.log_key();
  const Judged own = judge(folder_ / "package", options);
  EXPECT_EQ(own.summary.verdict, Verdict::passed);
  EXPECT_FALSE(own.summary.own_log_key);
  options.log_key = NoteKey::generate("archive.example.org")->vkey();
  const Judged other = judge(folder_ / "package", options);
  EXPECT_EQ(other.summary.verdict, Verdict::failed);
  EXPECT_EQ(other.summary.failed, 3u);
}

TEST_F(Package, IsIndeterminateWithoutAnAnchor) {
  SamplePackage::write(folder_ / "package", PackageForm::zip, header_, files_);
  PackageOptions options = sample_.options();
  options.judge.anchors.certificates.clear();
  const Judged judged = judge(folder_ / "package", options);
  EXPECT_EQ(judged.summary.verdict, Verdict::indeterminate);
  for (const auto& record : judged.records) {
    EXPECT_EQ(record.second.report.decisive()->sub_indication, SubIndication::no_trust_anchor);
  }
}

// --- the content was altered, and whoever did it made the manifest anew

TEST_F(Package, NamesTheDocumentThatWasAltered) {
  files_[sample_.name(0, "documents/002-part_2.txt")][50'000] ^= 1;
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    expect_only(judge_files(form), 0, Verdict::failed, SubIndication::hash_failure,
                "Document 2 ('part 2.txt') was altered");
  }
}

TEST_F(Package, NamesTheDocumentThatIsMissing) {
  files_.erase(sample_.name(0, "documents/001-part_1.txt"));
  expect_only(judge_files(), 0, Verdict::failed, SubIndication::missing_data,
              "Document 1 ('part 1.txt') is missing");
}

TEST_F(Package, NamesADocumentThatTheStatementDoesNotKnow) {
  files_[sample_.name(1, "documents/002-added.txt")] = "added";
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::missing_data,
              "documents/002-added.txt does not belong to the record");
}

TEST_F(Package, NoticesAnAlteredStatement) {
  std::string& statement = files_[sample_.name(1, "statement.json")];
  statement.replace(statement.find("\"test\""), 6, "\"best\"");
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::hash_failure,
              "The record's statement was altered");
}

TEST_F(Package, NoticesAMissingStatement) {
  files_.erase(sample_.name(1, "statement.json"));
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::missing_data,
              "The record's statement is missing");
}

TEST_F(Package, NoticesTheEvidenceOfAnotherRecord) {
  files_[sample_.name(1, "local.ers")] = files_[sample_.name(2, "local.ers")];
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::hash_failure, "is not what was");
}

TEST_F(Package, NoticesEveryFlippedBitOfEvidence) {
  const std::string name = sample_.name(1, "local.ers");
  const std::string good = files_[name];
  for (std::size_t at = 0; at < good.size(); at += good.size() / 40) {
    files_[name] = good;
    files_[name][at] = static_cast<char>(files_[name][at] ^ 0x04);
    const Judged judged = judge_files();
    // The status data beside the token is signed by itself and may be of no consequence.
    if (at < 200) {
      EXPECT_NE(judged.summary.verdict, Verdict::passed) << at;
    }
    EXPECT_EQ(judged.records.at(sample_.records()[0]).verdict, Verdict::passed);
  }
}

TEST_F(Package, IsIndeterminateForARecordWithoutEvidence) {
  files_.erase(sample_.name(2, "local.ers"));
  files_.erase(sample_.name(2, "journal-proof.tlog-proof"));
  expect_only(judge_files(), 2, Verdict::indeterminate, SubIndication::no_evidence,
              "no evidence for this record");
}

TEST_F(Package, RestsOnOneTrackWhenAnotherCantBeJudged) {
  // A second track by somebody whom nobody trusts.
  const TemporaryFolder elsewhere;
  SamplePackage other(elsewhere.path(), 3);
  ASSERT_EQ(other.records(), sample_.records());
  files_[sample_.name(1, "other.ers")] = other.files().at(sample_.name(1, "local.ers"));
  const Judged judged = judge_files();
  const RecordResult& record = judged.records.at(sample_.records()[1]);
  EXPECT_EQ(record.verdict, Verdict::passed) << record_text(record, TextDetail::full);
  EXPECT_NE(record_text(record, TextDetail::brief).find("proves nothing by itself"),
            std::string::npos);
  EXPECT_EQ(judged.summary.verdict, Verdict::passed);
}

TEST_F(Package, FailsWhenOneOfTwoTracksFails) {
  files_[sample_.name(1, "other.ers")] = files_[sample_.name(2, "local.ers")];
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::hash_failure, "is not what was");
}

// --- the journal

TEST_F(Package, NoticesTheReceiptOfAnotherRecord) {
  files_[sample_.name(1, "receipt.json")] = files_[sample_.name(2, "receipt.json")];
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::journal_failure,
              "The receipt is for another record");
}

TEST_F(Package, NoticesTheJournalProofOfAnotherRecord) {
  files_[sample_.name(1, "journal-proof.tlog-proof")] =
      files_[sample_.name(2, "journal-proof.tlog-proof")];
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::journal_failure, "journal");
}

TEST_F(Package, NoticesACheckpointThatAnotherKeySigned) {
  const auto stranger = NoteKey::generate("archive.example.org");
  const std::string name = sample_.name(1, "receipt.json");
  auto receipt = parse_receipt(files_[name]);
  const auto note = parse_note(receipt->checkpoint);
  receipt->checkpoint = stranger->sign(note->text);
  files_[name] = write_receipt(*receipt);
  expect_only(judge_files(), 1, Verdict::failed, SubIndication::signature_failure,
              "not signed by the journal's key");
}

TEST_F(Package, FailsWhenTheJournalWasRewritten) {
  // A journal of the same length with other entries, signed by the right key.
  const std::string forged = sample_.key().sign(
      write_checkpoint({"archive.example.org", 4, hash(DigestAlgorithm::sha256, {})}));
  files_["data/journal/checkpoint"] = forged;
  const Judged judged = judge_files();
  EXPECT_EQ(judged.summary.verdict, Verdict::failed);
  EXPECT_EQ(judged.summary.report.decisive()->sub_indication, SubIndication::journal_failure);
}

TEST_F(Package, IsIndeterminateWhenTheSealOfTheJournalIsMissing) {
  for (const char* file : {"checkpoint", "local.ers", "consistency.json"}) {
    files_.erase(package_name::batch_folder(1) + file);
  }
  const Judged judged = judge_files();
  EXPECT_EQ(judged.summary.verdict, Verdict::indeterminate);
  EXPECT_EQ(judged.summary.indeterminate, 3u);
}

TEST_F(Package, NoticesAMissingRecord) {
  std::erase_if(files_,
                [&](const auto& file) { return file.first.starts_with(sample_.name(2, "")); });
  const Judged judged = judge_files();
  EXPECT_EQ(judged.summary.verdict, Verdict::failed);
  EXPECT_EQ(judged.summary.passed, 2u);
  EXPECT_EQ(judged.summary.report.decisive()->sub_indication, SubIndication::missing_data);
}

// --- the manifest knows better

TEST_F(Package, NoticesAFileThatIsMissingThoughListed) {
  write_folder();
  fs::remove(in_folder(sample_.name(1, "documents/001-part_1.txt")));
  expect_only(judge_folder(), 1, Verdict::failed, SubIndication::missing_data,
              "Document 1 ('part 1.txt') is missing");
}

TEST_F(Package, NoticesAFileThatIsThereThoughNotListed) {
  write_folder();
  write_text(in_folder(sample_.name(1, "documents/009-more.txt")), "more");
  expect_only(judge_folder(), 1, Verdict::failed, SubIndication::missing_data,
              "documents/009-more.txt is in the package, but");
}

TEST_F(Package, NoticesAFileBesideThePayloadThatNothingLists) {
  for (const char* name : {"READ-ME-FIRST.html", "verify/perdura-verify", "Data/x", "fetch.txt"}) {
    fs::remove_all(folder_ / "package");
    write_folder();
    fs::create_directories(fs::path(in_folder(name)).parent_path());
    write_text(in_folder(name), "Trust me.");
    const Judged judged = judge_folder();
    EXPECT_EQ(judged.summary.verdict, Verdict::failed) << name;
    EXPECT_EQ(judged.summary.passed, 3u);  // no record has to do with it
    EXPECT_NE(summary_text(judged.summary, TextDetail::brief)
                  .find(std::string(name) + " is in the package, but the package does not list it"),
              std::string::npos);
  }
}

TEST_F(Package, NoticesATagManifestThatLeavesTheManifestOut) {
  write_folder();
  write_text(in_folder("tagmanifest-sha256.txt"),
             hash(DigestAlgorithm::sha256, as_bytes(read_text(in_folder("bagit.txt")))).hex() +
                 "  bagit.txt\n");
  const Judged judged = judge_folder();
  EXPECT_EQ(judged.summary.verdict, Verdict::failed);
  EXPECT_NE(summary_text(judged.summary, TextDetail::brief).find("manifest-sha256.txt is in"),
            std::string::npos);
}

TEST_F(Package, NoticesAnUnlistedRecord) {
  write_folder();
  const std::string record = in_folder("data/records/" + std::string(64, '0'));
  fs::create_directory(record);
  write_text(record + "/statement.json", "{}");
  const Judged judged = judge_folder();
  EXPECT_EQ(judged.summary.passed, 3u);
  EXPECT_EQ(judged.summary.verdict, Verdict::failed);
  EXPECT_EQ(judged.summary.report.decisive()->sub_indication, SubIndication::missing_data);
}

TEST_F(Package, NoticesAnAlteredManifestAndAnAlteredReadme) {
  for (const char* name : {"manifest-sha256.txt", "README.txt", "bag-info.txt"}) {
    fs::remove_all(folder_ / "package");
    write_folder();
    std::string text = read_text(in_folder(name));
    text += "\n";
    write_text(in_folder(name), text);
    const Judged judged = judge_folder();
    EXPECT_EQ(judged.summary.verdict, Verdict::failed) << name;
  }
}

TEST_F(Package, NoticesAFileOfNoRecordThatWasAltered) {
  write_folder();
  write_text(in_folder("data/trust/local.pem"), "another");
  const Judged judged = judge_folder();
  EXPECT_EQ(judged.summary.verdict, Verdict::failed);
  EXPECT_EQ(judged.summary.passed, 3u);
}

TEST_F(Package, JudgesAManifestInAnyOrder) {
  write_folder();
  const std::string sort = "cd " + in_folder("") +
                           " && LC_ALL=C sort -r -o manifest-sha256.txt manifest-sha256.txt"
                           " && grep -v manifest tagmanifest-sha256.txt > t;"
                           " sha256sum manifest-sha256.txt >> t && mv t tagmanifest-sha256.txt";
  ASSERT_EQ(std::system(sort.c_str()), 0);
  const Judged judged = judge_folder();
  EXPECT_EQ(judged.summary.verdict, Verdict::passed)
      << summary_text(judged.summary, TextDetail::brief);
}

// --- what was written once stays readable

TEST_F(Package, OfTheVectorPasses) {
  const fs::path vectors = fs::path(PERDURA_SOURCE_DIR) / "tests" / "vectors" / "package";
  PackageOptions options;
  const std::string pem = read_text(vectors / "passed_two_records.pem");
  options.judge.anchors.certificates = *read_certificates(as_bytes(pem), "anchor");
  options.judge.at = *parse_time("2027-01-16");
  const Judged judged = judge(vectors / "passed_two_records.zip", options);
  EXPECT_EQ(judged.summary.verdict, Verdict::passed)
      << summary_text(judged.summary, TextDetail::brief);
  EXPECT_EQ(judged.summary.passed, 2u);
}

// --- reports

TEST_F(Package, TellsInPlainWordsAndInJson) {
  files_[sample_.name(0, "documents/002-part_2.txt")] = "";
  const Judged judged = judge_files();
  const RecordResult& bad = judged.records.at(sample_.records()[0]);
  const std::string text = record_text(bad, TextDetail::brief);
  EXPECT_NE(text.find(": FAILED (HASH_FAILURE)."), std::string::npos) << text;
  EXPECT_NE(text.find("What this means:"), std::string::npos) << text;
  const RecordResult& good = judged.records.at(sample_.records()[1]);
  EXPECT_NE(record_text(good, TextDetail::brief).find("PASSED. Unaltered since 2027-01-15T08:10:0"),
            std::string::npos)
      << record_text(good, TextDetail::brief);
  EXPECT_NE(summary_text(judged.summary, TextDetail::brief).find("Verdict: FAILED."),
            std::string::npos);
  EXPECT_NE(record_json(bad).find("\"subIndication\":\"HASH_FAILURE\""), std::string::npos);
  EXPECT_NE(summary_json(judged.summary).find("\"failed\":1"), std::string::npos);
}

TEST_F(Package, ShowsNoControlCharactersOfTheEvidence) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\u{1B}[2Jb");
  EXPECT_EQ(printable("a\u202Eb\u00E4"), "a\\u{202E}b\u00E4");
  EXPECT_EQ(printable("\xff\xc3"), "\\x{FF}\\x{C3}");
}

}  // namespace
}  // namespace perdura::tests
