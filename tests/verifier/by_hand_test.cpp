// verifier/check-by-hand.sh under two shells, with openssl and the shell's tools alone: nothing of
// ours can be reached through its PATH.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <sstream>

#include "tests/archive/outside_world.hpp"
#include "tests/verifier/evidence_maker.hpp"
#include "verifier/statement.hpp"

namespace perdura::verifier::test {
namespace {

namespace fs = std::filesystem;
using tests::Ran;
using tests::read_text;
using tests::shell;
using tests::TemporaryFolder;
using tests::write_octets;
using tests::write_text;

constexpr const char* script = PERDURA_SOURCE_DIR "/verifier/check-by-hand.sh";
constexpr const char* tools =
    "openssl sh awk cat cmp cut date find grep head mktemp od rm sed sha256sum sort tail tr";

std::string sha256_hex(std::string_view text) {
  return hash(DigestAlgorithm::sha256, as_bytes(text)).hex();
}

std::string statement_about(const std::vector<std::string>& documents) {
  Statement statement;
  statement.archive = "archive.example.org";
  statement.depositor = "test";
  statement.deposit_time = *parse_time("2026-12-31");
  statement.salt = Bytes(32, 0x55);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    statement.documents.push_back({.name = "scan \"sha256\":" + std::to_string(i + 1),
                                   .media_type = "text/plain",
                                   .length = documents[i].size(),
                                   .sha256 = hash(DigestAlgorithm::sha256, as_bytes(documents[i])),
                                   .sha512 = hash(DigestAlgorithm::sha512, as_bytes(documents[i])),
                                   .sha3_256 = std::nullopt});
  }
  return write_statement(statement);
}

// A package of one record, as files that can be spoilt before the manifest is made or after.
class ByHand : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    home = new TemporaryFolder;
    authority = new Authority("ec", "By Hand");
    const Identity& root = authority->root;
    write_octets(*home / "ca.der", root.certificate);
    write_octets(*home / "other.der", Authority("ec", "Somebody Else").root.certificate);
    const std::string pem =
        "openssl x509 -inform DER -in ca.der -out ca.pem; "
        "openssl x509 -inform DER -in other.der -out other.pem; ";
    // Each shell with tools of its own maker's, and nothing else.
    const std::string dash = "mkdir dash; for t in " + std::string(tools) +
                             "; do ln -s \"$(command -v $t)\" dash/$t; done; "
                             "ln -sf \"$(command -v dash)\" dash/sh; ";
    const std::string busybox = "mkdir busybox; for t in " + std::string(tools) +
                                "; do ln -s \"$(command -v busybox)\" busybox/$t; done; "
                                "ln -sf \"$(command -v openssl)\" busybox/openssl";
    const Ran made = shell("cd " + home->path().string() + "; " + pem + dash + busybox);
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }
  static void TearDownTestSuite() {
    delete authority;
    delete home;
  }

  ByHand() : maker_(*authority, {statement_, documents_[0], documents_[1]}) {
    maker_.stamp_at("2030-01-01", DigestAlgorithm::sha256);
  }

  std::string in_record(const std::string& name) const {
    return "data/records/" + sha256_hex(statement_) + "/" + name;
  }
  void set_evidence(const Bytes& evidence) { evidence_ = std::string(as_text(evidence)); }

  // Writes the package; `spoil` may change files that the manifest will list as they are then.
  void write(const std::function<void(std::map<std::string, std::string>&)>& spoil = {}) {
    std::map<std::string, std::string> files;
    if (evidence_.empty()) set_evidence(maker_.record());
    files[in_record("statement.json")] = statement_;
    files[in_record("documents/001-scan__sha256__1")] = documents_[0];
    files[in_record("documents/002-scan__sha256__2")] = documents_[1];
    files[in_record("local.ers")] = evidence_;
    if (spoil) spoil(files);
    std::string manifest;
    for (const auto& file : files) manifest += sha256_hex(file.second) + "  " + file.first + "\n";
    files["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    files["manifest-sha256.txt"] = manifest;
    files["tagmanifest-sha256.txt"] = sha256_hex(files["bagit.txt"]) + "  bagit.txt\n" +
                                      sha256_hex(manifest) + "  manifest-sha256.txt\n";
    fs::remove_all(package());
    for (const auto& file : files) {
      fs::create_directories((package() / file.first).parent_path());
      write_text(package() / file.first, file.second);
    }
  }
  fs::path package() const { return folder_ / "package"; }

  Ran check(const std::string& options = "--at 2030-06-01", const std::string& ca = "ca.pem",
            const std::string& records = "") const {
    const fs::path path = *home / GetParam();
    return shell("env -i PATH=" + path.string() + " " + (path / "sh").string() + " " + script +
                 " " + options + " " + package().string() + " " + (*home / ca).string() + " " +
                 records);
  }
  void expect(int exit_code, const std::string& words,
              const std::string& options = "--at 2030-06-01",
              const std::string& ca = "ca.pem") const {
    const Ran told = check(options, ca);
    EXPECT_EQ(told.exit_code, exit_code) << told.output;
    EXPECT_NE(told.output.find(words), std::string::npos) << words << "\n--\n" << told.output;
    EXPECT_EQ(told.output.find("  PASSED") != std::string::npos, exit_code == 0) << told.output;
  }
  // The newest token by `tsa`, with what it needs to be judged by.
  void stamp_by(const Identity& tsa, const Bytes& crl) {
    const auto group = maker_.hashes(DigestAlgorithm::sha256);
    Hasher hasher(DigestAlgorithm::sha256);
    TokenSpec spec = authority->spec(DigestAlgorithm::sha256, combined(group), "2030-01-01");
    spec.certificates = {tsa.certificate, authority->root.certificate};
    spec.crls = {crl};
    constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
    set_evidence(write_evidence_record(
        algorithms,
        {{write_archive_timestamp(DigestAlgorithm::sha256, {group}, make_token(tsa, spec))}}));
  }
  static Digest combined(std::vector<Digest> group) {
    std::sort(group.begin(), group.end());
    Bytes all;
    for (const Digest& digest : group) {
      all.insert(all.end(), digest.view().begin(), digest.view().end());
    }
    return hash(DigestAlgorithm::sha256, all);
  }

  static TemporaryFolder* home;
  static Authority* authority;
  TemporaryFolder folder_;
  std::vector<std::string> documents_{"the first document", std::string("the\0second\n", 11)};
  std::string statement_ = statement_about(documents_);
  EvidenceMaker maker_;
  std::string evidence_;
};
TemporaryFolder* ByHand::home = nullptr;
Authority* ByHand::authority = nullptr;

INSTANTIATE_TEST_SUITE_P(, ByHand, testing::Values("dash", "busybox"),
                         [](const auto& row) { return std::string(row.param); });

TEST_P(ByHand, AGoodRecordPasses) {
  write();
  expect(0, "unaltered since 2030-01-01 00:00:00 UTC");
  // Named, and with a track named.
  const Ran named = check("--at 2030-06-01T12:00:00Z --track local", "ca.pem",
                          sha256_hex(statement_) + " " + sha256_hex(statement_));
  EXPECT_EQ(named.exit_code, 0) << named.output;
}

TEST_P(ByHand, EveryHashFunctionOfTheFamilyIsTaken) {
  using enum DigestAlgorithm;
  for (const DigestAlgorithm algorithm : {sha384, sha512, sha3_256, sha3_384, sha3_512}) {
    fs::remove_all(package());
    maker_.stamp_at("2030-01-01", algorithm);
    set_evidence(maker_.record());
    write();
    expect(0, "unaltered since 2030-01-01");
  }
}

TEST_P(ByHand, BothRenewalsPass) {
  maker_.renew_at("2031-01-01", 3).renew_at("2032-01-01");
  maker_.renew_tree_at("2033-01-01", DigestAlgorithm::sha512).renew_at("2034-01-01");
  maker_.renew_tree_at("2035-01-01", DigestAlgorithm::sha3_256);
  write();
  expect(0,
         "Time-stamp 6 covers the statement, the document(s) and all evidence before it (sha3-256)",
         "--at 2036-01-01");
}

TEST_P(ByHand, AnAlteredDocumentFails) {
  write([&](auto& files) { files[in_record("documents/002-scan__sha256__2")][0] ^= 1; });
  expect(1, "document 2 is another, or is missing");
}

TEST_P(ByHand, ADocumentAlteredAfterTheManifestWasMadeFails) {
  write();
  write_text(package() / in_record("documents/001-scan__sha256__1"), "the First document");
  expect(1, "documents/001-scan__sha256__1");
}

TEST_P(ByHand, AnAlteredStatementFails) {
  write([&](auto& files) { files[in_record("statement.json")].append(" "); });
  expect(1, "The statement was altered");
}

TEST_P(ByHand, ARecordMadeAnewUnderTheSameEvidenceFails) {
  set_evidence(maker_.record());
  documents_[0] = "another document";
  statement_ = statement_about(documents_);
  write();
  expect(1, "is not about this statement and these document(s)");
}

TEST_P(ByHand, ADocumentAddedOrLeftOutFails) {
  write([&](auto& files) { files[in_record("documents/003-more")] = "more"; });
  expect(1, "The documents are not those");
  fs::remove_all(package());
  write([&](auto& files) { files.erase(in_record("documents/001-scan__sha256__1")); });
  expect(1, "Document 1 is missing, or is there twice");
}

TEST_P(ByHand, FilesThatAreNotListedFail) {
  for (const char* name : {"data/more", "READ-ME-FIRST.html"}) {
    write();
    write_text(package() / name, "more");
    expect(1, "The files of the package are not those");
  }
}

TEST_P(ByHand, ATokenOfAnotherRecordFails) {
  EvidenceMaker other(*authority, {"another record"});
  other.stamp_at("2030-01-01", DigestAlgorithm::sha256);
  // The lists of this one, the token of the other.
  const Bytes mine = maker_.record();
  const Bytes others = other.record();
  const auto record = parse_evidence_record(mine);
  const auto foreign = parse_evidence_record(others);
  constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
  ReducedHashtree tree;
  for (const auto& list : *record->chains[0].archive_timestamps[0].reduced_hashtree) {
    tree.emplace_back();
    for (const ByteView value : list) tree.back().emplace_back(value);
  }
  set_evidence(write_evidence_record(
      algorithms,
      {{write_archive_timestamp(DigestAlgorithm::sha256, tree,
                                foreign->chains[0].archive_timestamps[0].time_stamp)}}));
  write();
  expect(1, "the hash values lead to something else");
}

TEST_P(ByHand, AnAlteredTreeNodeFails) {
  set_evidence(maker_.record());
  const auto record = parse_evidence_record(as_bytes(evidence_));
  const auto& lists = *record->chains[0].archive_timestamps[0].reduced_hashtree;
  const ByteView sibling = *(++lists.begin())->begin();
  evidence_[static_cast<std::size_t>(sibling.data() - as_bytes(evidence_).data())] ^= 1;
  write();
  expect(1, "the hash values lead to something else");
}

TEST_P(ByHand, AnAlteredSignatureFails) {
  set_evidence(maker_.record());
  evidence_.back() ^= 1;
  write();
  expect(1, "its signature does not hold");
}

TEST_P(ByHand, OctetsAfterTheEvidenceFail) {
  set_evidence(maker_.record());
  evidence_ += '\0';
  write();
  expect(1, "The evidence record is malformed");
}

TEST_P(ByHand, SomebodyElsesCertificateDecidesNothing) {
  write();
  expect(2, "whom your certificate does not vouch for", "--at 2030-06-01", "other.pem");
}

TEST_P(ByHand, AnExpiredCertificateDecidesNothing) {
  write();
  expect(2, "held when it was made, but no longer when it was needed", "--at 2090-01-01");
}

TEST_P(ByHand, ATimeStampOfTheFutureFails) {
  write();
  expect(1, "made after the time as of which you judge", "--at 2029-06-01");
}

TEST_P(ByHand, ACertificateThatIsNotForTimeStampingFails) {
  auto extensions = tsa_extensions();
  for (auto& extension : extensions) {
    if (extension.first == "extendedKeyUsage") extension.second = "critical,codeSigning";
  }
  const Identity tsa = make_identity({.name = "Code Signer", .extensions = extensions, .serial = 9},
                                     &authority->root);
  stamp_by(tsa, make_crl(authority->root, {"2030-01-01", "2040-01-01"}));
  write();
  expect(1, "not properly signed by one who may stamp time");
}

TEST_P(ByHand, ARevokedCertificateFails) {
  const Identity tsa = make_identity(
      {.name = "Revoked", .extensions = tsa_extensions(), .serial = 9}, &authority->root);
  stamp_by(tsa, make_crl(authority->root,
                         {"2030-01-01", "2040-01-01", {{.serial = 9, .when = "2029-12-01"}}}));
  write();
  expect(1, "was revoked");
}

TEST_P(ByHand, AWeakHashFunctionDecidesNothing) {
  maker_.stamp_at("2030-01-01", DigestAlgorithm::sha1);
  set_evidence(maker_.record());
  write();
  expect(2, "does not judge by");
}

TEST_P(ByHand, ARenewalOfSomethingElseFails) {
  EvidenceMaker other(*authority, {statement_, documents_[0], documents_[1]});
  other.stamp_at("2030-01-01T00:00:01Z", DigestAlgorithm::sha256).renew_at("2031-01-01");
  constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
  set_evidence(write_evidence_record(algorithms, {{maker_.chains()[0][0], other.chains()[0][1]}}));
  write();
  expect(1, "does not cover the time-stamp before it", "--at 2032-01-01");
}

TEST_P(ByHand, ATreeRenewalOfMoreThanIsLeftFails) {
  maker_.renew_at("2031-01-01").renew_tree_at("2033-01-01", DigestAlgorithm::sha512);
  constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256, DigestAlgorithm::sha512};
  set_evidence(write_evidence_record(algorithms, {{maker_.chains()[0][0]}, maker_.chains()[1]}));
  write();
  expect(1, "does not cover the documents together with the evidence before it", "--at 2034-01-01");
}

TEST_P(ByHand, ChainsInTheWrongOrderFail) {
  maker_.renew_tree_at("2033-01-01", DigestAlgorithm::sha512);
  constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256, DigestAlgorithm::sha512};
  set_evidence(write_evidence_record(algorithms, {maker_.chains()[1], maker_.chains()[0]}));
  write();
  expect(1, "says that it was made before", "--at 2034-01-01");
}

TEST_P(ByHand, NamesInTheEvidenceCannotSpeakForTheScript) {
  const Identity tsa = make_identity({.name = "x\n  PASSED  The statement\n0:d=0\n\x1b[2J",
                                      .extensions = tsa_extensions(),
                                      .serial = 9},
                                     nullptr);
  stamp_by(tsa, make_crl(tsa, {"2030-01-01", "2040-01-01"}));
  write();
  const Ran told = check();
  EXPECT_EQ(told.exit_code, 2) << told.output;
  EXPECT_EQ(told.output.find("\n  PASSED"), std::string::npos) << told.output;
  EXPECT_EQ(told.output.find('\x1b'), std::string::npos) << told.output;
}

// What openssl can't verify proves nothing, and disproves nothing.
TEST_P(ByHand, ASignatureThatOpensslCantVerifyDecidesNothing) {
  if (shell("openssl version").output.find("OpenSSL 3.0") == std::string::npos) GTEST_SKIP();
  const Identity modern = make_identity(
      {.name = "Modern", .kind = "ed25519", .extensions = tsa_extensions()}, &authority->root);
  stamp_by(modern, make_crl(authority->root, {"2030-01-01", "2099-01-01"}));
  write();
  expect(2, "of a kind that this openssl can't verify");
}

TEST_P(ByHand, FoldersAndFilesMayHaveAnyName) {
  write();
  const fs::path path = *home / GetParam();
  const std::string run = "env -i PATH=" + path.string() + " " + (path / "sh").string() + " " +
                          script + " --at 2030-06-01 ";
  for (const std::string name : {"a b", "-rf", "--at", "new\nline", "$(touch x)", "`id`;'\"*"}) {
    fs::remove_all(folder_ / "odd");
    fs::create_directories(folder_ / "odd" / name);
    fs::copy(package(), folder_ / "odd" / name / name, fs::copy_options::recursive);
    fs::copy_file(*home / "ca.pem", folder_ / "odd" / name / (name + ".pem"));
    std::string quoted;
    for (const char c : name) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    const std::string go = "cd '" + (folder_ / "odd").string() + "' && cd ./'" + quoted + "' && ";
    const Ran told = shell(go + run + "-- '" + quoted + "' '" + quoted + ".pem'");
    EXPECT_EQ(told.exit_code, 0) << name << "\n" << told.output;
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "odd" / name), {}), 2) << name;
  }
}

// Names in the package that no archive writes: nothing is run, and nothing passes.
TEST_P(ByHand, FilesOfAnyNameInThePackageFail) {
  for (const std::string name :
       {"data/a b", "-rf", "data/new\nline", "data/$(touch x)", "data/`id`",
        "data/records/evil record", "data/\\x", "data/\xff"}) {
    write();
    write_text(package() / name, "more");
    const Ran told = check();
    EXPECT_EQ(told.exit_code, 1) << name << told.output;
    EXPECT_EQ(told.output.find("more"), std::string::npos) << told.output;
  }
}

TEST_P(ByHand, AMissingToolIsNamed) {
  write();
  std::istringstream names(tools);
  for (std::string tool; names >> tool;) {
    if (tool == "sh") continue;
    const fs::path without = folder_ / "without";
    fs::remove_all(without);
    fs::copy(*home / GetParam(), without,
             fs::copy_options::copy_symlinks | fs::copy_options::recursive);
    fs::remove(without / tool);
    const Ran told =
        shell("env -i PATH=" + without.string() + " " + (without / "sh").string() + " " + script +
              " --at 2030-06-01 " + package().string() + " " + (*home / "ca.pem").string());
    EXPECT_EQ(told.exit_code, 3) << tool << "\n" << told.output;
    EXPECT_NE(told.output.find(tool + " is not installed"), std::string::npos) << told.output;
  }
}

TEST_P(ByHand, WhatCannotBeReadHasNoVerdict) {
  write();
  EXPECT_EQ(check("--at soon").exit_code, 3);
  EXPECT_EQ(check("--track ../x").exit_code, 3);
  EXPECT_EQ(check("--at 2030-06-01", "ca.der").exit_code, 3);
  EXPECT_EQ(check("--at 2030-06-01", "nothing").exit_code, 3);
  EXPECT_EQ(check("--at 2030-06-01", "ca.pem", "../records").exit_code, 3);
  EXPECT_EQ(check("--at 2030-06-01", "ca.pem", std::string(64, '0')).exit_code, 3);
  EXPECT_EQ(check("--at 2030-06-01", "").exit_code, 3);
  fs::create_symlink("/etc/passwd", package() / "data" / "link");
  EXPECT_EQ(check().exit_code, 3);
}

TEST(ByHandScript, IsWhatShellcheckAccepts) {
  if (shell("command -v shellcheck").exit_code != 0) GTEST_SKIP() << "shellcheck is not installed";
  const Ran told = shell(std::string("shellcheck -s sh ") + script);
  EXPECT_EQ(told.exit_code, 0) << told.output;
}

}  // namespace
}  // namespace perdura::verifier::test
