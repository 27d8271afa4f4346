// RFC 6283 evidence records made here. They are written so that the canonical form of each part is
// known without canonicalizing: it is the text, with the namespace on its first element.
#include <gtest/gtest.h>

#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "tests/verifier/test_ocsp.hpp"
#include "tests/verifier/test_tsa.hpp"
#include "verifier/evidence.hpp"
#include "verifier/evidence_file.hpp"
#include "verifier/inspection.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/verify_xml_evidence.hpp"
#include "verifier/xml_digest.hpp"

namespace perdura::verifier {
namespace {

using test::authority;
using test::outcome;
using test::replaced;
using test::sha256;
using test::sha512;
using test::text;

constexpr std::string_view exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";

// `element`, written without a namespace, as canonical XML has it where it stands alone.
std::string alone(const std::string& element) {
  const std::size_t name_end = element.find_first_of(" >");
  return element.substr(0, name_end) + " xmlns=\"" + std::string(xml_evidence_namespace) + "\"" +
         element.substr(name_end);
}

std::string order(std::size_t number) { return " Order=\"" + std::to_string(number) + "\""; }

// An evidence record under way; documents are one group.
class XmlMaker {
 public:
  explicit XmlMaker(std::vector<std::string> documents) : documents_(std::move(documents)) {}

  // A chain: over the documents, and all chains before.
  XmlMaker& chain_at(const std::string& time, DigestAlgorithm algorithm, bool with_tree = true) {
    if (!chain_.empty()) end_chain();
    algorithm_ = algorithm;
    std::vector<Digest> values;
    for (const std::string& document : documents_) {
      values.push_back(hash(algorithm, as_bytes(document)));
    }
    if (!chains_.empty()) values.push_back(hash(algorithm, as_bytes(alone(sequence()))));
    chain_ = "<DigestMethod Algorithm=\"" + std::string(digest_uri(algorithm)) +
             "\"></DigestMethod><CanonicalizationMethod Algorithm=\"" + std::string(exclusive) +
             "\"></CanonicalizationMethod>";
    stamps_ = 0;
    stamp(values, time, with_tree);
    return *this;
  }
  // Covers the newest time-stamp.
  XmlMaker& renew_at(const std::string& time, bool with_tree = true) {
    stamp({hash(algorithm_, as_bytes(alone(time_stamp_)))}, time, with_tree);
    return *this;
  }
  // What stands beside the tokens that follow.
  XmlMaker& with_information(std::string list) {
    information_ = std::move(list);
    return *this;
  }

  std::string record() {
    if (!chain_.empty()) end_chain();
    return "<EvidenceRecord xmlns=\"" + std::string(xml_evidence_namespace) +
           "\" Version=\"1.0\">" + sequence() + "</EvidenceRecord>";
  }

 private:
  void stamp(const std::vector<Digest>& values, const std::string& time, bool with_tree) {
    Hasher hasher(algorithm_);
    Digest root = combine(hasher, values);
    std::string tree;
    if (with_tree) {
      const Digest sibling = hash(algorithm_, as_bytes("sibling"));
      tree = "<HashTree>" + list(1, values) + list(2, {sibling}) + "</HashTree>";
      root = node_hash(hasher, root, sibling);
    }
    time_stamp_ = "<TimeStamp><TimeStampToken Type=\"RFC3161\">" +
                  to_base64(authority().stamp(algorithm_, root, time)) + "</TimeStampToken>" +
                  information_ + "</TimeStamp>";
    chain_ +=
        "<ArchiveTimeStamp" + order(++stamps_) + ">" + tree + time_stamp_ + "</ArchiveTimeStamp>";
  }
  static std::string list(std::size_t number, const std::vector<Digest>& values) {
    std::string result = "<Sequence" + order(number) + ">";
    for (const Digest& value : values) {
      result += "<DigestValue>" + to_base64(value) + "</DigestValue>";
    }
    return result + "</Sequence>";
  }
  void end_chain() {
    chains_.push_back("<ArchiveTimeStampChain" + order(chains_.size() + 1) + ">" + chain_ +
                      "</ArchiveTimeStampChain>");
    chain_.clear();
  }
  std::string sequence() const {
    std::string result = "<ArchiveTimeStampSequence>";
    for (const std::string& chain : chains_) result += chain;
    return result + "</ArchiveTimeStampSequence>";
  }

  std::vector<std::string> documents_;
  std::vector<std::string> chains_;
  std::string chain_;  // contents of the chain under way
  std::string time_stamp_;
  std::string information_;
  DigestAlgorithm algorithm_ = sha256;
  std::size_t stamps_ = 0;
};

std::string judge_xml(const std::string& xml, const std::vector<std::string>& documents,
                      EvidenceReport* report = nullptr, bool complete = true,
                      const std::string& as_of = "") {
  const auto evidence = Evidence::parse(to_bytes(as_bytes(xml)));
  if (!evidence) return std::string(evidence.error().what);
  const auto plan = evidence->hashing_plan();
  if (!plan) return plan.error().what;
  std::vector<DataObject> objects;
  for (const std::string& document : documents) {
    objects.push_back(hash_document(document.substr(0, 8), as_bytes(document), *plan));
  }
  JudgeOptions options = authority().options(as_of.empty() ? "2050-01-01" : as_of);
  options.at_chosen = !as_of.empty();
  const auto judged = evidence->judge(objects, complete, options);
  if (report != nullptr) *report = judged;
  return outcome(judged.report);
}

const std::vector<std::string> documents = {"statement", "bundle"};

TEST(XmlEvidence, PassesThroughRenewalsOfBothKinds) {
  const std::string xml = XmlMaker(documents)
                              .chain_at("2030-01-01", sha256)
                              .renew_at("2032-01-01")
                              .renew_at("2033-01-01")
                              .chain_at("2034-01-01", sha512)
                              .renew_at("2036-01-01")
                              .chain_at("2038-01-01", sha512)
                              .record();
  EvidenceReport report;
  EXPECT_EQ(kind_of_evidence(as_bytes(xml)), EvidenceKind::xml_evidence_record);
  EXPECT_EQ(judge_xml(xml, documents, &report), "PASSED") << text(report.report);
  EXPECT_EQ(to_string(*report.existed_since), "2030-01-01T00:00:01Z");
}

TEST(XmlEvidence, IsJudgedByWhatExistedAtAMoment) {
  const std::string xml = XmlMaker(documents)
                              .chain_at("2030-01-01", sha256)
                              .renew_at("2032-01-01")
                              .chain_at("2034-01-01", sha512)
                              .record();
  EvidenceReport report;
  EXPECT_EQ(judge_xml(xml, documents, &report, true, "2029-12-31"), "INDETERMINATE NO_POE");
  for (const char* at : {"2031-01-01", "2033-01-01", "2035-01-01"}) {
    EXPECT_EQ(judge_xml(xml, documents, &report, true, at), "PASSED") << at << text(report.report);
    EXPECT_EQ(text(report.report).find("not yet made") == std::string::npos,
              std::string(at) == "2035-01-01");
    EXPECT_EQ(judge_xml(xml, {"statement", "another"}, nullptr, true, at), "FAILED HASH_FAILURE");
  }
}

TEST(XmlEvidence, PassesWithoutHashTrees) {
  const std::string xml = XmlMaker({"statement"})
                              .chain_at("2030-01-01", sha256, false)
                              .renew_at("2032-01-01", false)
                              .chain_at("2034-01-01", sha512, false)
                              .record();
  EvidenceReport report;
  EXPECT_EQ(judge_xml(xml, {"statement"}, &report), "PASSED") << text(report.report);
}

TEST(XmlEvidence, WhiteSpaceInBase64AndAnotherPrefixChangeNothingBeforeTheFirstRenewal) {
  std::string xml = XmlMaker(documents).chain_at("2030-01-01", sha256).record();
  xml = replaced(xml, "<DigestValue>", "<DigestValue>\n  ");
  EXPECT_EQ(judge_xml(xml, documents), "PASSED");
}

TEST(XmlEvidence, FailsForAnotherDocumentAndAMissingOne) {
  const std::string xml = XmlMaker(documents).chain_at("2030-01-01", sha256).record();
  EXPECT_EQ(judge_xml(xml, {"statement", "another"}), "FAILED HASH_FAILURE");
  EXPECT_EQ(judge_xml(xml, {"statement"}), "FAILED SIGNED_DATA_NOT_FOUND");
  EvidenceReport report;
  EXPECT_EQ(judge_xml(xml, {"statement"}, &report, false), "PASSED");
  EXPECT_TRUE(test::has_warning(report.report));
}

// A renewal covers what stands beside the token, unlike in RFC 4998.
TEST(XmlEvidence, ARenewalCoversTheCryptographicInformation) {
  const std::string list =
      "<CryptographicInformationList><CryptographicInformation Order=\"1\" Type=\"CERT\">" +
      to_base64(authority().root.certificate) +
      "</CryptographicInformation></CryptographicInformationList>";
  const std::string xml = XmlMaker(documents)
                              .with_information(list)
                              .chain_at("2030-01-01", sha256)
                              .renew_at("2032-01-01")
                              .record();
  EXPECT_EQ(judge_xml(xml, documents), "PASSED");
  EXPECT_EQ(judge_xml(replaced(xml, list, ""), documents), "FAILED LINK_FAILURE");
}

TEST(XmlEvidence, FailsWhenARenewedPartIsWrittenOtherwise) {
  const std::string xml = XmlMaker(documents)
                              .chain_at("2030-01-01", sha256)
                              .renew_at("2032-01-01")
                              .chain_at("2034-01-01", sha512)
                              .record();
  EXPECT_EQ(judge_xml(replaced(xml, "<TimeStamp>", "<TimeStamp> "), documents),
            "FAILED LINK_FAILURE");
  EXPECT_EQ(judge_xml(replaced(xml, "<HashTree>", "<HashTree>\n"), documents),
            "FAILED LINK_FAILURE");
  // Canonical XML has no empty tags and no comments, so these are the same evidence.
  EXPECT_EQ(judge_xml(replaced(xml, "></DigestMethod>", "/>"), documents), "PASSED");
  EXPECT_EQ(judge_xml(replaced(xml, "<TimeStamp>", "<TimeStamp><!-- -->"), documents), "PASSED");
}

TEST(XmlEvidence, ADocumentThatIsXmlIsCoveredInCanonicalForm) {
  const std::string canonical = "<a b=\"1\"><c></c></a>";
  const std::string xml =
      XmlMaker({canonical}).chain_at("2030-01-01", sha256).chain_at("2034-01-01", sha512).record();
  EvidenceReport report;
  EXPECT_EQ(judge_xml(xml, {"<a   b='1'><c/></a>"}, &report), "PASSED") << text(report.report);
  EXPECT_TRUE(test::has_warning(report.report)) << text(report.report);
  EXPECT_EQ(judge_xml(xml, {canonical}, &report), "PASSED");
  EXPECT_FALSE(test::has_warning(report.report)) << text(report.report);
  EXPECT_EQ(judge_xml(xml, {"<a b='2'><c/></a>"}), "FAILED HASH_FAILURE");
}

// RFC 6283 §3.1.2 names a second type of token, whose form is nowhere told.
TEST(XmlEvidence, ATimeStampOfAnotherTypeDecidesNothingAndHidesNothing) {
  const std::string other =
      "Type=\"XMLENTRUST\"><t:EntrustTimeStamp xmlns:t=\"urn:x\"></t:EntrustTimeStamp><";
  const auto entrust = [&](std::string xml, std::size_t nth) {
    constexpr std::string_view type = "Type=\"RFC3161\"";
    std::size_t at = xml.find(type);
    for (std::size_t i = 0; i < nth; ++i) at = xml.find(type, at + 1);
    return xml.replace(at, xml.find('<', at) + 1 - at, other);
  };
  const std::string one = XmlMaker(documents).chain_at("2030-01-01", sha256).record();
  EvidenceReport report;
  EXPECT_EQ(judge_xml(entrust(one, 0), documents, &report), "INDETERMINATE UNSUPPORTED_ALGORITHM");
  EXPECT_NE(text(report.report).find("of another type than RFC 3161"), std::string::npos);
  EXPECT_FALSE(report.existed_since);
  // What its own lists show is seen all the same.
  EXPECT_EQ(judge_xml(entrust(one, 0), {"statement", "another"}), "FAILED HASH_FAILURE");
  // Among others that can be judged, wherever it stands.
  XmlMaker maker(documents);
  maker.chain_at("2030-01-01", sha256).renew_at("2032-01-01").renew_at("2033-01-01");
  const std::string renewed = maker.record();
  EXPECT_EQ(judge_xml(entrust(renewed, 2), documents), "INDETERMINATE UNSUPPORTED_ALGORITHM");
  EXPECT_EQ(judge_xml(entrust(renewed, 1), documents, &report), "FAILED LINK_FAILURE");
  const std::string alone_one = XmlMaker({"x"}).chain_at("2030-01-01", sha256, false).record();
  EXPECT_EQ(judge_xml(entrust(alone_one, 0), {"x"}), "INDETERMINATE UNSUPPORTED_ALGORITHM");
}

TEST(XmlEvidence, CitesTheRulesOfItsOwnStandard) {
  EvidenceReport report;
  judge_xml(XmlMaker(documents).chain_at("2030-01-01", sha256).record(), documents, &report);
  EXPECT_EQ(report.report.parts[0].parts[0].findings.back().rule, "RFC 6283 section 3.3");
}

struct XmlRecordCase {
  const char* name;
  const char* what;
  const char* with;
  const char* error;
};
const XmlRecordCase malformed_xml_records[] = {
    {"version", "Version=\"1.0\"", "Version=\"2.0\"", "version is not 1.0"},
    {"chain_order", "Chain Order=\"1\"", "Chain Order=\"2\"", "Order is not 1"},
    {"stamp_order", "Stamp Order=\"1\"", "Stamp", "Order is not 1"},
    {"list_order", "Sequence Order=\"2\"", "Sequence Order=\"3\"", "Order is not 2"},
    {"base64", "<DigestValue>", "<DigestValue>*", "does not hold base64"},
    {"digest", "xmlenc#sha256", "xmlenc#md5",
     "hash function http://www.w3.org/2001/04/xmlenc#md5 is not known"},
    {"canonicalization", "xml-exc-c14n#", "xml-exc-c14n#x",
     "canonicalization http://www.w3.org/2001/10/xml-exc-c14n#x is not known"},
    {"token_type", "Type=\"RFC3161\"", "", "has no Type"},
    {"no_algorithm", "DigestMethod Algorithm", "DigestMethod Name", "has no Algorithm"},
    {"no_method", "<DigestMethod", "<x/><DigestMethod",
     "lacks DigestMethod, CanonicalizationMethod or ArchiveTimeStamp"},
    {"not_base64", "<TimeStampToken Type=\"RFC3161\">", "<TimeStampToken Type=\"RFC3161\">*",
     "does not hold base64"},
    {"two_tokens", "<TimeStamp>", "<TimeStamp><x/>", "has no TimeStampToken, or too much"},
    {"second_sequence", "<ArchiveTimeStampSequence>",
     "<ArchiveTimeStampSequence/><ArchiveTimeStampSequence>", "has no chain"},
    {"unknown_child", "<ArchiveTimeStampSequence>", "<x/><ArchiveTimeStampSequence>",
     "does not belong here"},
    {"not_a_chain", "<ArchiveTimeStampSequence>", "<ArchiveTimeStampSequence><x/>",
     "does not belong here"},
    {"not_a_stamp", "</CanonicalizationMethod>", "</CanonicalizationMethod><x/>",
     "does not belong here"},
    {"canonicalization_with_a_child", "></CanonicalizationMethod>",
     "><x/></CanonicalizationMethod>",
     "canonicalization http://www.w3.org/2001/10/xml-exc-c14n# is not known"},
    {"not_a_list", "<HashTree>", "<HashTree><x/>", "does not belong here"},
    {"not_a_value", "<DigestValue>", "<x/><DigestValue>", "does not belong here"},
    {"two_trees", "<HashTree>",
     "<HashTree><Sequence "
     "Order=\"1\"><DigestValue>AAAA</DigestValue></Sequence></HashTree><HashTree>",
     "does not belong here"},
    {"attributes_first", "<HashTree>", "<Attributes/><HashTree>", "does not belong here"},
    {"other_information", "</TimeStampToken>", "</TimeStampToken><x/>", "does not belong here"},
    {"information_of_nothing_known", "</TimeStampToken>",
     "</TimeStampToken><CryptographicInformationList><x/></CryptographicInformationList>",
     "does not belong here"},
    {"another_namespace", "EvidenceRecord xmlns=\"",
     "EvidenceRecord xmlns=\"urn:x:", "is not an EvidenceRecord of RFC 6283"},
    {"no_chain", "<ArchiveTimeStampSequence>", "<ArchiveTimeStampSequence/><!--",
     "something begins here and does not end"},
    {"encryption_behind", "</ArchiveTimeStampSequence>",
     "</ArchiveTimeStampSequence><EncryptionInformation/>", "does not belong here"},
    {"support_behind", "</ArchiveTimeStampSequence>",
     "</ArchiveTimeStampSequence><SupportingInformationList/>", "does not belong here"},
    {"empty_token", "<TimeStampToken Type=\"RFC3161\">",
     "<TimeStampToken Type=\"RFC3161\"></TimeStampToken><TimeStampToken>", "does not belong here"},
    {"no_token", "<TimeStamp>", "<TimeStamp/><TimeStamp>", "has no TimeStampToken, or too much"},
    {"second_stamp", "</TimeStamp>", "</TimeStamp><TimeStamp/>", "does not belong here"},
    {"tree_behind_the_stamp", "</TimeStamp>", "</TimeStamp><HashTree/>", "does not belong here"},
    {"empty_value", "<DigestValue>", "<DigestValue/><DigestValue>", "does not hold base64"},
    {"empty_tree", "<HashTree>", "<HashTree/><HashTree>", "is empty"},
    {"empty_list", "<Sequence Order=\"1\">", "<Sequence Order=\"1\"/><Sequence Order=\"2\">",
     "list of hash values is empty"},
    {"empty_certificate", "</TimeStampToken>",
     "</TimeStampToken><CryptographicInformationList><CryptographicInformation Order=\"1\" "
     "Type=\"CERT\"/></CryptographicInformationList>",
     "does not hold base64"},
    {"foreign_element", "<HashTree>", "<x xmlns='urn:x'/><HashTree>", "does not belong here"},
};
class MalformedXmlEvidence : public testing::TestWithParam<XmlRecordCase> {};
TEST_P(MalformedXmlEvidence, IsRefused) {
  const std::string xml = XmlMaker(documents).chain_at("2030-01-01", sha256).record();
  EXPECT_EQ(judge_xml(replaced(xml, GetParam().what, GetParam().with), documents),
            GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(, MalformedXmlEvidence, testing::ValuesIn(malformed_xml_records),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(XmlEvidence, IsShownChainByChainWithWhatStandsBesideTheTokens) {
  const test::Authority& one = authority();
  const std::string information =
      "<CryptographicInformationList><CryptographicInformation Order=\"1\" Type=\"CERT\">" +
      to_base64(one.root.certificate) +
      "</CryptographicInformation><CryptographicInformation Order=\"2\" Type=\"CRL\">" +
      to_base64(test::make_crl(one.root, {"2030-01-01", "2031-01-01"})) +
      "</CryptographicInformation></CryptographicInformationList>";
  const std::string xml = XmlMaker(documents)
                              .chain_at("2030-01-01", sha256)
                              .with_information(information)
                              .renew_at("2032-01-01")
                              .chain_at("2034-01-01", sha512)
                              .record();
  const auto shown = inspect(as_bytes(xml), InspectDetail::full);
  ASSERT_TRUE(shown) << to_string(shown.error());
  const std::string words = shown->as_text();
  for (const char* line :
       {"xml evidence record:\n", "- sha256\n", "- sha512\n", "time: 2030-01-01T00:00:00Z\n",
        "time: 2032-01-01T00:00:00Z\n", "time: 2034-01-01T00:00:00Z\n", "hash tree depth: 2\n",
        "\n  certificates:\n    1.\n", "\n  revocation lists:\n    1.\n",
        "\n  ocsp responses: none\n"}) {
    EXPECT_NE(words.find(line), std::string::npos) << line << words;
  }
  EXPECT_NE(shown->as_json().find("\"xmlEvidenceRecord\":{"), std::string::npos);
}

TEST(XmlEvidence, HintsAndEncryptionAreNotedAndNotUsed) {
  const std::string xml = XmlMaker(documents).chain_at("2030-01-01", sha256).record();
  const std::string with =
      replaced(xml, "<ArchiveTimeStampSequence>",
               "<EncryptionInformation/><SupportingInformationList/><ArchiveTimeStampSequence>");
  EvidenceReport report;
  EXPECT_EQ(judge_xml(with, documents, &report), "PASSED") << text(report.report);
  EXPECT_NE(text(report.report).find("hints"), std::string::npos) << text(report.report);
}

TEST(XmlEvidence, OcspResponsesBesideATokenCount) {
  const test::Authority& one = authority();
  const Bytes good = test::make_ocsp(one.root, one.root, one.tsa,
                                     {.this_update = "2030-06-01", .next_update = "2031-06-01"});
  const std::string information =
      "<CryptographicInformationList><CryptographicInformation Order=\"1\" Type=\"OCSP\">" +
      to_base64(good) + "</CryptographicInformation></CryptographicInformationList>";
  const std::string xml =
      XmlMaker(documents).with_information(information).chain_at("2030-01-01", sha256).record();
  const auto shown = inspect(as_bytes(xml), InspectDetail::full);
  ASSERT_TRUE(shown) << to_string(shown.error());
  EXPECT_NE(shown->as_text().find("answers: 1\n"), std::string::npos) << shown->as_text();
  EXPECT_EQ(judge_xml(xml, documents), "PASSED");
}

}  // namespace
}  // namespace perdura::verifier
