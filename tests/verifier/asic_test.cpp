// ASiC containers, as folders: what is judged is the same as in a zip.
#include "verifier/asic.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/archive/temporary_folder.hpp"
#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/failing_source.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/inspection.hpp"
#include "verifier/verify_asic.hpp"

namespace perdura::verifier {
namespace {

using test::authority;
using test::EvidenceMaker;
using test::outcome;
using test::sha256;
using test::text;

std::string reference(const std::string& name, std::string_view octets) {
  return "<a:DataObjectReference URI='" + name + "'><d:DigestMethod Algorithm='" +
         "http://www.w3.org/2001/04/xmlenc#sha256'/><d:DigestValue>" +
         to_base64(hash(sha256, as_bytes(octets))) + "</d:DigestValue></a:DataObjectReference>";
}

std::string manifest(const std::string& evidence, const std::string& references) {
  return "<a:ASiCManifest xmlns:a='" + std::string(asic_namespace) +
         "' xmlns:d='http://www.w3.org/2000/09/xmldsig#'><a:SigReference URI='" + evidence + "'/>" +
         references + "</a:ASiCManifest>";
}

class Asic : public testing::Test {
 protected:
  Asic() { put("mimetype", asic_e_type); }

  void put(const std::string& name, std::string_view octets) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << octets;
  }
  void remove(const std::string& name) { std::filesystem::remove(folder_.path() / name); }
  static std::string record_over(std::vector<std::string> documents, const std::string& time) {
    const auto made = EvidenceMaker(authority(), std::move(documents)).stamp_at(time, sha256);
    return std::string(as_text(made.record()));
  }
  static std::string token_over(std::string_view octets, const std::string& time) {
    return std::string(as_text(authority().stamp(sha256, hash(sha256, as_bytes(octets)), time)));
  }
  // Two documents under one evidence record.
  void put_record() {
    put("a.txt", "one");
    put("b/c d.txt", "two");
    put("META-INF/evidencerecord001.ers", record_over({"one", "two"}, "2030-01-01"));
    put("META-INF/ASiCEvidenceRecordManifest001.xml",
        manifest("META-INF/evidencerecord001.ers",
                 reference("a.txt", "one") + reference("b/c%20d.txt", "two")));
  }
  std::string judge(const std::string& as_of = "") {
    JudgeOptions options = authority().options(as_of.empty() ? "2050-01-01" : as_of);
    options.at_chosen = !as_of.empty();
    const auto judged = judge_asic(folder_.path(), options);
    if (!judged) return judged.error().what;
    report_ = *judged;
    return outcome(judged->report);
  }
  bool tells(std::string_view words) const {
    return text(report_.report).find(words) != std::string::npos;
  }

  archive::TemporaryFolder folder_;
  EvidenceReport report_;
};

TEST_F(Asic, PassesForTheFilesThatAnEvidenceRecordsManifestLists) {
  put_record();
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  EXPECT_EQ(to_string(*report_.existed_since), "2030-01-01T00:00:01Z");
}

// Names as other programs and other people write them, encoded and not.
TEST_F(Asic, NamesMayBeInAnyLanguageAndHoldSigns) {
  const std::map<std::string, std::string> uris = {
      {"\xC3\x84rztin.txt", "%C3%84rztin.txt"},
      {"\xE8\xA8\x98\xE9\x8C\xB2.txt", "\xE8\xA8\x98\xE9\x8C\xB2.txt"},
      {"100 %.txt", "100 %.txt"},
      {"at 10:30 ", "at%2010:30%20"},
  };
  std::vector<std::string> documents;
  std::string references;
  for (const auto& [name, uri] : uris) {
    put(name, "content of " + name);
    documents.push_back("content of " + name);
    references += reference(uri, documents.back());
  }
  put("META-INF/evidencerecord.ers", record_over(documents, "2030-01-01"));
  put("META-INF/ASiCEvidenceRecordManifest.xml",
      manifest("META-INF/evidencerecord.ers", references));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
}

// As esig/dss writes them: each reference declares its own namespaces.
TEST_F(Asic, AManifestOfHundredsOfFilesIsRead) {
  std::vector<std::string> documents;
  std::string references;
  for (int i = 0; i < 400; ++i) {
    const std::string name = std::to_string(i) + ".txt";
    put(name, name);
    documents.push_back(name);
    std::string one = reference(name, name);
    one.insert(one.find(" URI"), " xmlns:x='urn:x' xmlns:y='urn:y'");
    references += one;
  }
  put("META-INF/evidencerecord.ers", record_over(documents, "2030-01-01"));
  put("META-INF/ASiCEvidenceRecordManifest.xml",
      manifest("META-INF/evidencerecord.ers", references));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report).substr(0, 2000);
}

TEST_F(Asic, FailsForAnAlteredAndAMissingFile) {
  put_record();
  put("a.txt", "altered");
  EXPECT_EQ(judge(), "FAILED HASH_FAILURE") << text(report_.report);
  remove("a.txt");
  EXPECT_EQ(judge(), "FAILED SIGNED_DATA_NOT_FOUND") << text(report_.report);
}

TEST_F(Asic, FailsWhenTheManifestWasFittedToAnAlteredFile) {
  put_record();
  put("a.txt", "altered");
  put("META-INF/ASiCEvidenceRecordManifest001.xml",
      manifest("META-INF/evidencerecord001.ers",
               reference("a.txt", "altered") + reference("b/c%20d.txt", "two")));
  EXPECT_EQ(judge(), "FAILED HASH_FAILURE") << text(report_.report);
}

TEST_F(Asic, ADocumentThatNoEvidenceIsAboutKeepsItFromPassing) {
  put_record();
  put("added.txt", "added");
  EXPECT_EQ(judge(), "INDETERMINATE NO_POE");
  EXPECT_TRUE(tells("added.txt"));
}

TEST_F(Asic, SignaturesAreSaidNotToBeJudged) {
  put_record();
  put("META-INF/signature001.p7s", "not looked at");
  EXPECT_EQ(judge(), "PASSED");
  EXPECT_TRUE(tells("Signatures in the container were not judged"));
}

TEST_F(Asic, TheSimpleKindNeedsNoManifest) {
  put("mimetype", asic_s_type);
  put("a.txt", "one");
  put("META-INF/evidencerecord.ers", record_over({"one"}, "2030-01-01"));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  remove("META-INF/evidencerecord.ers");
  put("META-INF/timestamp.tst", token_over("one", "2031-01-01"));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  EXPECT_EQ(to_string(*report_.existed_since), "2031-01-01T00:00:01Z");
  put("a.txt", "another");
  EXPECT_EQ(judge(), "FAILED HASH_FAILURE");
}

TEST_F(Asic, WithoutAManifestNothingSaysWhatItIsAbout) {
  put_record();
  remove("META-INF/ASiCEvidenceRecordManifest001.xml");
  EXPECT_EQ(judge(), "INDETERMINATE NO_POE") << text(report_.report);
}

// A time-stamp over a manifest, and a later one whose archive manifest lists the first.
TEST_F(Asic, ATimeStampIsJudgedAsOfTheOneThatCoversIt) {
  put("a.txt", "one");
  const std::string first = manifest("META-INF/timestamp001.tst", reference("a.txt", "one"));
  const std::string token = token_over(first, "2030-01-01");
  const std::string second =
      manifest("META-INF/timestamp002.tst", reference("a.txt", "one") +
                                                reference("META-INF/ASiCManifest001.xml", first) +
                                                reference("META-INF/timestamp001.tst", token));
  put("META-INF/ASiCManifest001.xml", first);
  put("META-INF/timestamp001.tst", token);
  put("META-INF/ASiCArchiveManifest001.xml", second);
  put("META-INF/timestamp002.tst", token_over(second, "2040-01-01"));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  EXPECT_EQ(to_string(*report_.existed_since), "2030-01-01T00:00:01Z");
  EXPECT_EQ(judge("2041-01-01"), "PASSED");
  EXPECT_EQ(judge("2035-01-01"), "PASSED") << text(report_.report);
  EXPECT_NE(text(report_.report).find("was not yet made at that moment"), std::string::npos);
  EXPECT_EQ(judge("2029-01-01"), "INDETERMINATE NO_POE") << text(report_.report);
  // Listed with a wrong digest it is covered by nothing, and the container fails.
  put("META-INF/timestamp001.tst", token_over(first, "2030-01-02"));
  EXPECT_EQ(judge(), "FAILED HASH_FAILURE") << text(report_.report);
}

TEST_F(Asic, ACertificateInAnotherTimeStampOfTheContainerLeadsToTheAnchor) {
  put("a.txt", "one");
  const std::string token = token_over("one", "2030-01-01");
  const std::string listed =
      manifest("META-INF/timestamp002.tst",
               reference("a.txt", "one") + reference("META-INF/timestamp001.tst", token));
  auto spec = authority().spec(sha256, hash(sha256, as_bytes(listed)), "2040-01-01");
  spec.certificates.clear();
  const std::string alone(as_text(test::make_token(authority().tsa, spec)));
  put("mimetype", asic_s_type);
  put("META-INF/timestamp001.tst", token);
  put("META-INF/ASiCArchiveManifest.xml", listed);
  put("META-INF/timestamp002.tst", alone);
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  put("META-INF/timestamp001.tst", "no time-stamp");
  EXPECT_NE(judge(), "PASSED") << text(report_.report);
}

TEST_F(Asic, EvidenceThatAManifestIsAboutAndThatIsNotThereKeepsItFromPassing) {
  put_record();
  put("META-INF/ASiCEvidenceRecordManifest002.xml",
      manifest("META-INF/evidencerecord002.ers", reference("a.txt", "one")));
  EXPECT_EQ(judge(), "INDETERMINATE SIGNED_DATA_NOT_FOUND") << text(report_.report);
  EXPECT_TRUE(tells("is about META-INF/evidencerecord002.ers, which is not in it."));
}

TEST_F(Asic, ASignatureThatIsNotThereIsNoted) {
  put_record();
  put("META-INF/ASiCManifest.xml",
      manifest("META-INF/signature001.p7s", reference("a.txt", "one")));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  EXPECT_TRUE(tells("is about META-INF/signature001.p7s, which is not in it."));
}

TEST_F(Asic, AnEvidenceRecordCanCoverATimeStamp) {
  put("a.txt", "one");
  const std::string listed = manifest("META-INF/timestamp.tst", reference("a.txt", "one"));
  const std::string token = token_over(listed, "2030-01-01");
  put("META-INF/ASiCManifest.xml", listed);
  put("META-INF/timestamp.tst", token);
  put("META-INF/evidencerecord.ers", record_over({"one", listed, token}, "2032-01-01"));
  put("META-INF/ASiCEvidenceRecordManifest.xml",
      manifest("META-INF/evidencerecord.ers", reference("a.txt", "one") +
                                                  reference("META-INF/ASiCManifest.xml", listed) +
                                                  reference("META-INF/timestamp.tst", token)));
  EXPECT_EQ(judge(), "PASSED") << text(report_.report);
  EXPECT_EQ(to_string(*report_.existed_since), "2030-01-01T00:00:01Z");
  EXPECT_EQ(judge("2031-01-01"), "PASSED") << text(report_.report);
  EXPECT_EQ(judge("2029-01-01"), "INDETERMINATE NO_POE") << text(report_.report);
}

TEST_F(Asic, ManifestsThatListEachOthersTimeStampEnd) {
  put("a.txt", "one");
  put("META-INF/ASiCManifest001.xml",
      manifest("META-INF/timestamp001.tst", reference("META-INF/timestamp002.tst", "x")));
  put("META-INF/ASiCManifest002.xml",
      manifest("META-INF/timestamp002.tst", reference("META-INF/timestamp001.tst", "x")));
  put("META-INF/timestamp001.tst", token_over("x", "2030-01-01"));
  put("META-INF/timestamp002.tst", token_over("y", "2030-01-01"));
  EXPECT_EQ(judge(), "FAILED HASH_FAILURE");
}

struct BadManifest {
  const char* name;
  std::string xml;
};
const BadManifest bad_manifests[] = {
    {"other_root", "<a/>"},
    {"no_reference", manifest("META-INF/evidencerecord.ers", "")},
    {"leaves_the_container", manifest("META-INF/evidencerecord.ers", reference("../a", "x"))},
    {"encoded_way_out", manifest("META-INF/evidencerecord.ers", reference("%2e%2e/a", "x"))},
    {"absolute", manifest("META-INF/evidencerecord.ers", reference("/a", "x"))},
    {"no_digest", manifest("META-INF/evidencerecord.ers", "<a:DataObjectReference URI='a.txt'/>")},
    {"foreign_element", manifest("META-INF/evidencerecord.ers", reference("a", "x") + "<x/>")},
    {"short_digest",
     "<a:ASiCManifest xmlns:a='" + std::string(asic_namespace) +
         "' xmlns:d='http://www.w3.org/2000/09/xmldsig#'><a:SigReference URI='x'/>"
         "<a:DataObjectReference URI='a'><d:DigestMethod Algorithm='"
         "http://www.w3.org/2001/04/xmlenc#sha256'/><d:DigestValue>AAAA</d:DigestValue>"
         "</a:DataObjectReference></a:ASiCManifest>"},
    {"critical_extension_of_a_reference",
     "<a:ASiCManifest xmlns:a='" + std::string(asic_namespace) +
         "' xmlns:d='http://www.w3.org/2000/09/xmldsig#'><a:SigReference URI='x'/>"
         "<a:DataObjectReference URI='a'><d:DigestMethod Algorithm='urn:x'/><d:DigestValue>AAAA"
         "</d:DigestValue><a:DataObjectReferenceExtensions><a:Extension Critical='true'/>"
         "</a:DataObjectReferenceExtensions></a:DataObjectReference></a:ASiCManifest>"},
    {"two_evidences", manifest("x", "<a:SigReference URI='y'/>" + reference("a", "x"))},
    {"no_evidence", manifest("", reference("a", "x"))},
    {"another_digest_of_a_reference",
     manifest("x", "<a:DataObjectReference URI='a'><x/></a:DataObjectReference>")},
    {"digest_without_a_method",
     manifest("x",
              "<a:DataObjectReference URI='a'><d:DigestValue>AAAA</d:DigestValue>"
              "</a:DataObjectReference>")},
    {"critical_in_another_spelling",
     manifest("x", reference("a", "x") + "<a:ASiCManifestExtensions><a:Extension Critical='1'/>"
                                         "</a:ASiCManifestExtensions>")},
    {"not_well_formed", "<a:ASiCManifest"},
    {"critical_extension",
     manifest("META-INF/evidencerecord.ers",
              reference("a.txt", "x") + "<a:ASiCManifestExtensions><a:Extension Critical='true'/>"
                                        "</a:ASiCManifestExtensions>")},
};
class BadAsicManifest : public testing::TestWithParam<BadManifest> {};
TEST_P(BadAsicManifest, IsRefused) {
  EXPECT_FALSE(parse_asic_manifest(as_bytes(GetParam().xml), "manifest"));
}
INSTANTIATE_TEST_SUITE_P(, BadAsicManifest, testing::ValuesIn(bad_manifests),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AsicManifest, SaysThatADigestIsNotBase64) {
  const std::string xml =
      manifest("x", "<a:DataObjectReference URI='a'><d:DigestMethod Algorithm='urn:x'/>"
                    "<d:DigestValue>AAAA.</d:DigestValue></a:DataObjectReference>");
  const auto read = parse_asic_manifest(as_bytes(xml), "manifest");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "is not base64");
  EXPECT_NE(read.error().where.find("DigestValue"), std::string::npos) << read.error().where;
}

TEST(AsicManifest, TakesExtensionsThatAreNotCriticalAndSignsInNames) {
  const auto read = parse_asic_manifest(
      as_bytes(
          manifest("META-INF/x.ers",
                   reference("a%20b%", "x") +
                       "<a:ASiCManifestExtensions><a:Extension Critical='false'/>"
                       "<a:Extension Critical='0'/><a:Extension/></a:ASiCManifestExtensions>")),
      "manifest");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->references.front().name, "a b%");
}

TEST(AsicManifest, AFileIsWhatItsNameSays) {
  const std::pair<const char*, AsicPart> parts[] = {
      // clang-format off
      {"mimetype",                             AsicPart::mimetype},
      {"a.txt",                                AsicPart::document},
      {"META-INF",                             AsicPart::document},
      {"META-INF/ASiCManifest.xml",            AsicPart::manifest},
      {"meta-inf/asicarchivemanifest007.XML",  AsicPart::manifest},
      {"META-INF/ASiCManifest.txt",            AsicPart::other},
      {"META-INF/ASiCEvidenceRecordManifest1.xml", AsicPart::evidence_record_manifest},
      {"META-INF/evidencerecord.xml",          AsicPart::evidence_record},
      {"META-INF/myEvidenceRecord2.ers",       AsicPart::evidence_record},
      {"META-INF/evidencerecord.txt",          AsicPart::other},
      {"META-INF/timestamp.tst",               AsicPart::time_stamp},
      {"META-INF/timestamp.txt",               AsicPart::other},
      {"META-INF/signatures0.xml",             AsicPart::signature},
      {"META-INF/manifest.xml",                AsicPart::other},
      // clang-format on
  };
  for (const auto& [name, part] : parts) EXPECT_EQ(asic_part(name), part) << name;
}

TEST_F(Asic, ShowsManifestsAndEvidence) {
  put_record();
  put("META-INF/timestamp001.tst", token_over("something", "2031-01-01"));
  put("META-INF/ASiCManifest001.xml", "<a:ASiCManifest");
  put("META-INF/signatures001.p7s", "a signature");
  const auto source = open_package_source(folder_.path());
  ASSERT_TRUE(source);
  const auto shown = inspect(**source, InspectDetail::full);
  ASSERT_TRUE(shown) << to_string(shown.error());
  const std::string words = shown->as_text();
  for (const char* line :
       {"documents:\n  - a.txt\n  - b/c d.txt\n",
        "name: META-INF/ASiCEvidenceRecordManifest001.xml\n",
        "evidence: META-INF/evidencerecord001.ers\n",
        "- b/c d.txt (http://www.w3.org/2001/04/xmlenc#sha256)\n",
        "unreadable: ", "time: 2030-01-01T00:00:00Z\n", "time: 2031-01-01T00:00:00Z\n",
        "signatures:\n  - META-INF/signatures001.p7s\n"}) {
    EXPECT_NE(words.find(line), std::string::npos) << line << words;
  }
  EXPECT_NE(shown->as_json().find("{\"name\":\"META-INF/evidencerecord001.ers\",\"holds\":{"),
            std::string::npos);
}

TEST_F(Asic, ShowsSomeOfManyFilesAndSaysHowManyMoreThereAre) {
  for (int i = 100; i < 130; ++i) {
    put("document" + std::to_string(i), "x");
    put("META-INF/evidencerecord" + std::to_string(i) + ".ers", "no evidence");
  }
  const auto source = open_package_source(folder_.path());
  ASSERT_TRUE(source);
  const std::string brief = inspect(**source, InspectDetail::brief)->as_text();
  EXPECT_NE(brief.find("... and 10 more (--full shows all)"), std::string::npos) << brief;
  EXPECT_NE(brief.find("files of evidence not shown: 22\n"), std::string::npos) << brief;
  const std::string full = inspect(**source, InspectDetail::full)->as_text();
  EXPECT_EQ(full.find("not shown"), std::string::npos) << full;
  EXPECT_NE(full.find("document129"), std::string::npos);
}

TEST_F(Asic, WithoutEvidenceNothingIsDecided) {
  put("a.txt", "one");
  EXPECT_EQ(judge(), "INDETERMINATE NO_EVIDENCE");
}

TEST_F(Asic, WhatItSaysThatItIsIsNoted) {
  put_record();
  put("mimetype", "application/zip");
  EXPECT_EQ(judge(), "PASSED");
  EXPECT_TRUE(tells("application/zip")) << text(report_.report);
  remove("mimetype");
  EXPECT_EQ(judge(), "PASSED");
  EXPECT_FALSE(tells("application/zip"));
}

TEST_F(Asic, NeverPassesWhicheverCallFails) {
  put_record();
  put("c.txt", "three");
  put("META-INF/timestamp002.tst", token_over("three", "2031-01-01"));
  put("META-INF/ASiCManifest002.xml",
      manifest("META-INF/timestamp002.tst", reference("c.txt", "three")));
  for (std::size_t number = 0;; ++number) {
    test::Fault fault(number, false);
    auto opened = open_folder(folder_.path());
    ASSERT_TRUE(opened);
    const test::FailingSource source(*std::move(opened), fault);
    const auto judged = judge_asic(source, "container", {}, authority().options("2050-01-01"));
    const std::string verdict = judged ? outcome(judged->report) : judged.error().what;
    if (!fault.struck()) {
      EXPECT_EQ(verdict, judge());
      EXPECT_GT(number, 20u);
      break;
    }
    EXPECT_NE(verdict, "PASSED") << "call " << number;
  }
}

TEST_F(Asic, FilesThatCantBeReadFailOrDecideNothing) {
  put_record();
  put("META-INF/ASiCManifest001.xml", "<a:ASiCManifest");
  EXPECT_EQ(judge(), "FAILED FORMAT_FAILURE");
  remove("META-INF/ASiCManifest001.xml");
  put("META-INF/evidencerecord002.ers", "no evidence");
  EXPECT_EQ(judge(), "FAILED FORMAT_FAILURE");
  remove("META-INF/evidencerecord002.ers");
  put("META-INF/timestamp002.tst", "no time-stamp");
  EXPECT_NE(judge(), "PASSED");
  remove("META-INF/timestamp002.tst");
  std::string other(as_text(*from_hex("30130201013000300C300A3008A00406022A033000")));
  put("META-INF/evidencerecord003.ers", other);
  EXPECT_EQ(judge(), "INDETERMINATE UNSUPPORTED_ALGORITHM");
}

TEST_F(Asic, ADigestThatIsNotKnownDecidesNothing) {
  put_record();
  std::string list = reference("a.txt", "one");
  list.replace(list.find("xmlenc#sha256"), 13, "xmldsig#whirl");
  put("META-INF/ASiCEvidenceRecordManifest001.xml",
      manifest("META-INF/evidencerecord001.ers", list + reference("b/c%20d.txt", "two")));
  EXPECT_EQ(judge(), "INDETERMINATE UNSUPPORTED_ALGORITHM") << text(report_.report);
}

TEST_F(Asic, MoreEvidenceThanALimitIsRefused) {
  for (int i = 100; i < 201; ++i) put("META-INF/timestamp" + std::to_string(i) + ".tst", "x");
  EXPECT_EQ(judge(), "has more than 100 pieces of evidence");
}

}  // namespace
}  // namespace perdura::verifier
