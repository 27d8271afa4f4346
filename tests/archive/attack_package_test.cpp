// What somebody may do to a package who can write any of its files, with keys of their own: judged
// as a whole, it never passes, and what is said about good records stays true.
#include <gtest/gtest.h>

#include <algorithm>

#include "archive/local_tsa.hpp"
#include "outside_world.hpp"
#include "sample_package.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/evidence_record_writer.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/receipt.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/statement.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using namespace verifier;
using archive::PackageForm;

class PackageAttack : public testing::Test {
 protected:
  PackageAttack()
      : sample_(folder_.path(), 3),
        files_(sample_.files()),
        header_(sample_.header()),
        stranger_(*NoteKey::from_seed(std::string(sample_origin), Bytes(32, 0x66))) {}

  Judged judge(const PackageOptions& options) {
    Judged judged;
    sample_.keep(folder_ / "package");
    const auto summary = verify_package(folder_ / "package", options, [&](RecordResult record) {
      judged.records[record.record] = std::move(record);
    });
    EXPECT_TRUE(summary) << to_string(summary.error());
    if (summary) judged.summary = *summary;
    return judged;
  }
  Judged judge() {
    fs::remove_all(folder_ / "package");
    SamplePackage::write(folder_ / "package", PackageForm::folder, header_, files_);
    return judge(sample_.options());
  }
  // The same of files that are changed after the manifest was made.
  Judged judge_after(const std::function<void(const fs::path&)>& change) {
    fs::remove_all(folder_ / "package");
    SamplePackage::write(folder_ / "package", PackageForm::folder, header_, files_);
    change(folder_ / "package");
    return judge(sample_.options());
  }
  const RecordResult& record(const Judged& judged, std::size_t i) {
    return judged.records.at(sample_.records()[i]);
  }
  // All text of a verdict that is not PASSED.
  static std::string told(const Judged& judged) {
    std::string all = test::text(judged.summary.report);
    for (const auto& one : judged.records) all += test::text(one.second.report);
    return all;
  }
  // That the package failed, and that this was said.
  void expect_failed(const Judged& judged, const std::string& words) {
    EXPECT_EQ(judged.summary.verdict, Verdict::failed) << told(judged);
    EXPECT_NE(told(judged).find(words), std::string::npos) << words << "\n--\n" << told(judged);
  }

  // A checkpoint's note, made anew by another key.
  std::string signed_by_stranger(const std::string& note) {
    return stranger_.sign(std::string(parse_note(note)->text));
  }
  // The journal's note in each of its files passed through `change`.
  void change_every_note(const std::function<std::string(const std::string&)>& change) {
    for (std::size_t i = 0; i < 3; ++i) {
      std::string& receipt_text = files_[sample_.name(i, "receipt.json")];
      auto receipt = parse_receipt(receipt_text);
      receipt->checkpoint = change(receipt->checkpoint);
      receipt_text = write_receipt(*receipt) + "\n";
      std::string& proof_text = files_[sample_.name(i, "journal-proof.tlog-proof")];
      auto proof = parse_tlog_proof(proof_text);
      proof->checkpoint = change(proof->checkpoint);
      proof_text = write_tlog_proof(*proof);
    }
    for (const std::string& name : {package_name::batch_folder(1) + "checkpoint",
                                    std::string(package_name::newest_checkpoint)}) {
      files_[name] = change(files_[name]);
    }
  }
  // Evidence of a record by an authority that somebody made at home, dated as they like.
  std::string forged_evidence(std::size_t i, Time dated) {
    const archive::ManualClock clock(dated);
    EXPECT_TRUE(archive::create_local_tsa(folder_ / "forger", "Sample Clinic", clock));
    const auto tsa = archive::open_local_tsa(folder_ / "forger", clock);
    std::vector<Digest> group;
    for (const auto& file : files_) {
      const std::string in_record = sample_.name(i, "");
      if (file.first == in_record + "statement.json" ||
          file.first.starts_with(in_record + "documents/")) {
        group.push_back(hash(DigestAlgorithm::sha256, as_bytes(file.second)));
      }
    }
    Hasher hasher(DigestAlgorithm::sha256);
    const auto token = (*tsa)->stamp(DigestAlgorithm::sha256, group_hash(hasher, group));
    constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
    const Bytes stamped = write_archive_timestamp(DigestAlgorithm::sha256, {group}, *token);
    return std::string(as_text(write_evidence_record(algorithms, {{stamped}})));
  }

  TemporaryFolder folder_;
  SamplePackage sample_;
  Files files_;
  PackageHeader header_;
  NoteKey stranger_;
};

TEST_F(PackageAttack, StartsFromAGoodPackage) {
  const Judged judged = judge();
  EXPECT_EQ(judged.summary.verdict, Verdict::passed) << told(judged);
}

// --- documents

TEST_F(PackageAttack, RecordMadeAnewUnderTheEvidenceOfAnotherFails) {
  // Statement, document and name agree with each other; the evidence is of what was there before.
  auto statement = parse_statement(files_[sample_.name(1, "statement.json")]);
  const std::string forged = "a document that never was";
  statement->documents[0].length = forged.size();
  statement->documents[0].sha256 = hash(DigestAlgorithm::sha256, as_bytes(forged));
  statement->documents[0].sha512 = hash(DigestAlgorithm::sha512, as_bytes(forged));
  const std::string json = write_statement(*statement);
  const std::string folder = package_name::record_folder(record_id(json));
  for (const char* name : {"local.ers", "receipt.json", "journal-proof.tlog-proof"}) {
    files_[folder + name] = files_[sample_.name(1, name)];
  }
  files_[folder + "statement.json"] = json;
  files_[folder + "documents/001-part_1.txt"] = forged;
  std::erase_if(files_,
                [&](const auto& file) { return file.first.starts_with(sample_.name(1, "")); });
  const Judged judged = judge();
  expect_failed(judged, "is not what was time-stamped");
  expect_failed(judged, "The receipt is for another record");
}

TEST_F(PackageAttack, NodeOfTheHashTreePassedOffAsADocumentFails) {
  // The octets that the tree hashes into a node: its children, one after the other. RFC 4998 can't
  // tell them from a document, but no statement names them.
  const auto& evidence = files_[sample_.name(1, "local.ers")];
  const auto record = parse_evidence_record(as_bytes(evidence));
  std::string children;
  const auto& lists = *record->chains[0].archive_timestamps[0].reduced_hashtree;
  for (const ByteView value : lists.front()) children += as_text(value);
  files_[sample_.name(1, "documents/001-part_1.txt")] = children;
  expect_failed(judge(), "was altered: it is not what the statement describes");
  files_.erase(sample_.name(1, "statement.json"));
  expect_failed(judge(), "The record's statement is missing");
}

TEST_F(PackageAttack, NameOfARecordInCapitalsFails) {
  const std::string name = sample_.name(1, "");
  Files renamed;
  for (const auto& file : files_) {
    std::string to = file.first;
    if (to.starts_with(name)) {
      std::transform(to.begin() + 13, to.begin() + 13 + 64, to.begin() + 13,
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    }
    renamed[to] = file.second;
  }
  files_ = renamed;
  EXPECT_EQ(judge().summary.verdict, Verdict::failed);
}

// --- authorities

TEST_F(PackageAttack, SelfMadeAuthorityBesideATrustedOneBackdatesNothing) {
  files_[sample_.name(1, "early.ers")] = forged_evidence(1, *parse_time("2001-01-01"));
  const Judged judged = judge();
  const RecordResult& result = record(judged, 1);
  EXPECT_EQ(result.verdict, Verdict::passed) << test::text(result.report);
  ASSERT_TRUE(result.existed_since);
  EXPECT_GT(*result.existed_since, *parse_time("2027-01-15"));
  // Alone it shows nothing.
  files_.erase(sample_.name(1, "local.ers"));
  const Judged alone = judge();
  EXPECT_EQ(record(alone, 1).verdict, Verdict::indeterminate);
  EXPECT_FALSE(record(alone, 1).existed_since);
}

// --- the journal

TEST_F(PackageAttack, JournalOfAnotherArchiveOfTheSameNameFails) {
  change_every_note([&](const std::string& note) { return signed_by_stranger(note); });
  // Judged by the true key, given from elsewhere.
  fs::remove_all(folder_ / "package");
  SamplePackage::write(folder_ / "package", PackageForm::folder, header_, files_);
  PackageOptions options = sample_.options();
  options.log_key = sample_.log_key();
  expect_failed(judge(options), "not signed by the journal's key");
  // Judged by the key that the package holds, the forger's: the seals are not of these checkpoints.
  header_.log_key = stranger_.vkey();
  expect_failed(judge(), "\"the checkpoint\" is not what was time-stamped");
}

TEST_F(PackageAttack, EachFileOfTheJournalSignedByAnotherArchiveFails) {
  const Files good = files_;
  for (const std::string& name : {package_name::batch_folder(1) + "checkpoint",
                                  std::string(package_name::newest_checkpoint)}) {
    files_[name] = signed_by_stranger(files_[name]);
    expect_failed(judge(), "not signed by the journal's key");
    files_ = good;
  }
  std::string& receipt_text = files_[sample_.name(2, "receipt.json")];
  auto receipt = parse_receipt(receipt_text);
  receipt->checkpoint = signed_by_stranger(receipt->checkpoint);
  receipt_text = write_receipt(*receipt);
  expect_failed(judge(), "not signed by the journal's key");
  files_ = good;
  std::string& proof_text = files_[sample_.name(2, "journal-proof.tlog-proof")];
  auto proof = parse_tlog_proof(proof_text);
  proof->checkpoint = signed_by_stranger(proof->checkpoint);
  proof_text = write_tlog_proof(*proof);
  expect_failed(judge(), "not signed by the journal's key");
}

TEST_F(PackageAttack, JournalThatForkedFails) {
  // The archive itself, with its own key, gave record 1 a receipt in a journal in which record 0
  // was something else: everything in the receipt holds.
  const std::string name = sample_.name(1, "receipt.json");
  auto receipt = parse_receipt(files_[name]);
  ASSERT_EQ(receipt->index, 1u);
  ASSERT_EQ(receipt->proof.size(), 2u);
  receipt->proof[0] = hash(DigestAlgorithm::sha256, as_bytes("another record 0"));
  const Digest left = interior_hash(receipt->proof[0], journal_leaf(receipt->entry));
  const Digest root = interior_hash(left, receipt->proof[1]);
  receipt->checkpoint = sample_.key().sign(write_checkpoint({std::string(sample_origin), 3, root}));
  ASSERT_EQ(judge_receipt(*receipt, nullptr).findings[1].verdict, Verdict::passed);
  files_[name] = write_receipt(*receipt);
  Judged judged = judge();
  expect_failed(judged, "of another history of the journal");
  expect_failed(judged, "The journal has two histories");
  EXPECT_EQ(record(judged, 0).verdict, Verdict::passed);
  EXPECT_EQ(record(judged, 1).verdict, Verdict::failed);
  // The same when the fork is of another size: what both proofs name must be one.
  receipt->proof.pop_back();
  receipt->checkpoint = sample_.key().sign(write_checkpoint({std::string(sample_origin), 2, left}));
  files_[name] = write_receipt(*receipt);
  judged = judge();
  expect_failed(judged, "of another history of the journal");
  // And a fork that only two receipts show.
  files_ = sample_.files();
  files_[sample_.name(1, "receipt.json")] = write_receipt(*receipt);
  files_.erase(sample_.name(1, "journal-proof.tlog-proof"));
  auto other = parse_receipt(files_[sample_.name(0, "receipt.json")]);
  other->proof = {hash(DigestAlgorithm::sha256, as_bytes("another record 1"))};
  const Digest other_root = interior_hash(journal_leaf(other->entry), other->proof[0]);
  other->checkpoint =
      sample_.key().sign(write_checkpoint({std::string(sample_origin), 2, other_root}));
  files_[sample_.name(0, "receipt.json")] = write_receipt(*other);
  files_.erase(sample_.name(0, "journal-proof.tlog-proof"));
  expect_failed(judge(), "The journal has two histories");
}

TEST_F(PackageAttack, EarlierReceiptOfTheSameJournalPasses) {
  // A receipt given when the journal had two entries.
  const std::string name = sample_.name(1, "receipt.json");
  auto receipt = parse_receipt(files_[name]);
  receipt->proof.pop_back();
  const Digest root = interior_hash(receipt->proof[0], journal_leaf(receipt->entry));
  receipt->checkpoint = sample_.key().sign(write_checkpoint({std::string(sample_origin), 2, root}));
  files_[name] = write_receipt(*receipt) + "\n";
  const Judged judged = judge();
  EXPECT_EQ(judged.summary.verdict, Verdict::passed) << told(judged);
}

TEST_F(PackageAttack, OctetsAfterTheEndOfAnyFileShow) {
  const Files good = files_;
  for (const auto& file : good) {
    // For people, and trusted for nothing; documents are any octets, and one more is another.
    if (file.first.starts_with("data/trust/")) continue;
    for (const std::string& end : {std::string("\n"), std::string(1, '\0')}) {
      // One line end after a receipt is its form.
      std::string changed = file.second + end;
      if (end == "\n" && file.first.ends_with("receipt.json")) changed += end;
      files_[file.first] = changed;
      EXPECT_EQ(judge().summary.verdict, Verdict::failed) << file.first;
    }
    files_ = good;
  }
}

// --- the manifest

std::string manifest_of(const fs::path& package) {
  return read_text(package / "manifest-sha256.txt");
}
// Writes the manifest, and the tag manifest that names it.
void set_manifest(const fs::path& package, const std::string& text) {
  write_text(package / "manifest-sha256.txt", text);
  write_text(package / "tagmanifest-sha256.txt",
             hash(DigestAlgorithm::sha256, as_bytes(text)).hex() + "  manifest-sha256.txt\n");
}

TEST_F(PackageAttack, ManifestThatNamesTheDigestOfAnotherFileFails) {
  const Judged judged = judge_after([&](const fs::path& package) {
    std::string text = manifest_of(package);
    const std::size_t a = text.find(sample_.name(0, "documents/001-part_1.txt")) - 66;
    const std::size_t b = text.find(sample_.name(1, "documents/001-part_1.txt")) - 66;
    const std::string digest = text.substr(a, 64);
    text.replace(a, 64, text, b, 64);
    text.replace(b, 64, digest);
    set_manifest(package, text);
  });
  expect_failed(judged, "the package lists it with another digest");
  EXPECT_EQ(judged.summary.failed, 2u);
}

TEST_F(PackageAttack, ManifestThatLeavesAFileOutOrNamesItTwiceFails) {
  const std::string name = sample_.name(1, "documents/001-part_1.txt");
  const auto line_of = [&](const std::string& text) {
    const std::size_t at = text.find(name) - 66;
    return text.substr(at, 66 + name.size() + 1);
  };
  expect_failed(judge_after([&](const fs::path& package) {
                  std::string text = manifest_of(package);
                  text.erase(text.find(line_of(text)), line_of(text).size());
                  set_manifest(package, text);
                }),
                "documents/001-part_1.txt is in the package, but");
  // Twice, with the same digest and with another.
  for (const bool same : {true, false}) {
    const Judged judged = judge_after([&](const fs::path& package) {
      std::string text = manifest_of(package);
      std::string line = line_of(text);
      if (!same) line.replace(0, 64, 64, '0');
      text.insert(text.find(line_of(text)), line);
      set_manifest(package, text);
    });
    EXPECT_EQ(judged.summary.verdict, Verdict::failed) << told(judged);
  }
}

TEST_F(PackageAttack, ManifestThatLeavesThePackageFails) {
  write_text(folder_ / "secret", "outside");
  const std::string digest = hash(DigestAlgorithm::sha256, as_bytes("outside")).hex();
  for (const std::string& name :
       {std::string("data/../../secret"), (folder_ / "secret").string(), std::string("../secret"),
        std::string("data/records/../journal/checkpoint"), std::string("data//package.json"),
        std::string("data/./package.json"), std::string("data\\package.json"),
        std::string("data/Package.json"), std::string("bagit.txt")}) {
    const Judged judged = judge_after([&](const fs::path& package) {
      set_manifest(package, manifest_of(package) + digest + "  " + name + "\n");
    });
    EXPECT_EQ(judged.summary.verdict, Verdict::failed) << name;
  }
}

}  // namespace
}  // namespace perdura::tests
