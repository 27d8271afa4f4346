// Policies of RFC 5698 in both forms: what is read, what is refused, what is taken otherwise.
#include "verifier/policy_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/octets.hpp"
#include "verifier/der.hpp"

namespace perdura::verifier {
namespace {

using test::replaced;
using testing::ElementsAre;
using testing::HasSubstr;

Bytes file(const std::string& path) { return test::read(PERDURA_SOURCE_DIR "/" + path); }

std::string example() { return std::string(as_text(file("tests/vectors/policy/example.xml"))); }

// A policy whose one algorithm has this identifier and evaluation.
std::string policy_xml(const std::string& identifier, const std::string& evaluation) {
  return "<SecuritySuitabilityPolicy xmlns='urn:ietf:params:xml:ns:dssc'>"
         "<PolicyName><Name>n</Name></PolicyName><Publisher><Name>p</Name></Publisher>"
         "<PolicyIssueDate>2020-01-01T00:00:00+01:00</PolicyIssueDate>"
         "<Algorithm><AlgorithmIdentifier>" +
         identifier + "</AlgorithmIdentifier>" + evaluation +
         "</Algorithm></SecuritySuitabilityPolicy>";
}

const std::string some_algorithm = "<Name>x</Name><ObjectIdentifier>1.2.3.4</ObjectIdentifier>";

std::string end_of(const std::string& validity) {
  const auto read = read_policy(as_bytes(policy_xml(
      some_algorithm, "<Evaluation><Validity>" + validity + "</Validity></Evaluation>")));
  if (!read) return to_string(read.error());
  const auto end = AlgorithmPolicy(read->table).end_of_oid("1.2.3.4");
  return end ? to_string(*end) : "open";
}

TEST(PolicyReader, ReadsTheSameInBothForms) {
  const auto xml = read_policy(as_bytes(example()));
  const Bytes der = file("tests/vectors/policy/example.der");
  const auto asn1 = read_policy(der);
  ASSERT_TRUE(xml) << to_string(xml.error());
  ASSERT_TRUE(asn1) << to_string(asn1.error());
  EXPECT_EQ(xml->form, PolicyForm::xml);
  EXPECT_EQ(asn1->form, PolicyForm::asn1);
  EXPECT_EQ(write_policy(xml->table), der);
  EXPECT_EQ(write_policy(asn1->table), der);
  const AlgorithmPolicy policy(asn1->table);
  EXPECT_EQ(to_string(*policy.end_of(DigestAlgorithm::sha1)), "2008-07-01T00:00:00Z");
  EXPECT_EQ(policy.fitness_of(DigestAlgorithm::sha1).source, "Some Catalogue");
}

TEST(PolicyReader, TheBuiltInPolicyIsTheFileThatShips) {
  const auto xml = read_policy(file("verifier/policies/default.xml"));
  ASSERT_TRUE(xml) << to_string(xml.error());
  EXPECT_THAT(xml->notes, ElementsAre());
  const Bytes der = file("verifier/policies/default.der");
  EXPECT_EQ(write_policy(xml->table), der);
  EXPECT_TRUE(equal(built_in_policy(), der));
  EXPECT_EQ(write_policy(AlgorithmPolicy::built_in()->table()), der);
  for (const PolicyAlgorithm& algorithm : xml->table.algorithms) {
    EXPECT_FALSE(algorithm.information.empty()) << algorithm.name;
  }
}

TEST(PolicyReader, AnEndIsTheLastGoodDay) {
  EXPECT_EQ(end_of("<End>2028-12-31</End>"), "2029-01-01T00:00:00Z");
  EXPECT_EQ(end_of("<End> 2028-12-31Z </End>"), "2029-01-01T00:00:00Z");
  EXPECT_EQ(end_of("<End>2028-12-31+01:00</End>"), "2028-12-31T23:00:00Z");
  EXPECT_EQ(end_of("<End>2028-12-31-05:00</End>"), "2029-01-01T05:00:00Z");
  EXPECT_EQ(end_of("<End>2028-12-31T23:59:59.999+01:00</End>"), "2028-12-31T23:00:00Z");
  EXPECT_EQ(end_of("<Start>2020-02-29</Start>"), "open");
  EXPECT_THAT(end_of("<End>2028-02-30</End>"), HasSubstr("is no date that exists"));
  EXPECT_THAT(end_of("<Start>0000-01-01+14:00</Start>"), HasSubstr("is no date that exists"));
}

// The wrappings of RFC 5698 appendix A.2, and the one of its example.
TEST(PolicyReader, TakesATbsPolicyAContentInfoAndASignedData) {
  const Bytes tbs = file("tests/vectors/policy/example.der");
  DerWriter plain;
  plain.constructed(tag::sequence, [&] {
    plain.oid(*oid_from_text("1.3.6.1.5.5.11.1.6"));
    plain.constructed(tag::context(0), [&] { plain.raw(tbs); });
  });
  DerWriter cms;
  cms.constructed(tag::sequence, [&] {
    cms.oid(*oid_from_text("1.2.840.113549.1.7.2"));
    cms.constructed(tag::context(0), [&] {
      cms.constructed(tag::sequence, [&] {
        cms.integer(3);
        cms.constructed(tag::set, [] {});
        cms.constructed(tag::sequence, [&] {
          cms.oid(*oid_from_text("1.3.6.1.5.5.11.1.6"));
          cms.constructed(tag::context(0), [&] { cms.octet_string(tbs); });
        });
        cms.constructed(tag::set, [] {});
      });
    });
  });
  const auto from_plain = read_policy(plain.view());
  const auto from_cms = read_policy(cms.view());
  ASSERT_TRUE(from_plain) << to_string(from_plain.error());
  ASSERT_TRUE(from_cms) << to_string(from_cms.error());
  EXPECT_FALSE(from_plain->has_signature);
  EXPECT_TRUE(from_cms->has_signature);
  EXPECT_EQ(write_policy(from_plain->table), tbs);
  EXPECT_EQ(write_policy(from_cms->table), tbs);
}

PolicyTable table_of(PolicyAlgorithm algorithm) {
  PolicyTable table;
  table.name = "n";
  table.publisher = "p";
  table.issued = Time{};
  table.next_update = Time{86'400};
  table.algorithms.push_back(std::move(algorithm));
  return table;
}

TEST(PolicyReader, AsAsn1RefusesWhatNobodyWrites) {
  const FitPeriod open;
  const PolicyAlgorithm good{"x", {"1.2.3.4"}, {"urn:x"}, {{{}, open}}, "a"};
  ASSERT_TRUE(read_policy(write_policy(table_of(good))));
  const std::pair<const char*, std::function<void(PolicyTable&)>> refused[] = {
      {"object identifier is missing", [](auto& t) { t.algorithms[0].oids.clear(); }},
      {"evaluation is missing", [](auto& t) { t.algorithms[0].evaluations.clear(); }},
      {"text is too long", [](auto& t) { t.name = std::string(20'000, 'x'); }},
      {"text is not UTF-8", [](auto& t) { t.publisher = "\xFF"; }},
      {"list is too long",
       [](auto& t) { t.algorithms[0].evaluations.resize(300, t.algorithms[0].evaluations[0]); }},
      {"list is too long", [](auto& t) { t.algorithms.resize(5'000, t.algorithms[0]); }},
      {"parameter is too large",
       [](auto& t) {
         t.algorithms[0].evaluations[0].parameters.push_back({"m", 2'000'000'000, {}, true});
       }},
  };
  for (const auto& [what, spoil] : refused) {
    PolicyTable table = table_of(good);
    spoil(table);
    const auto read = read_policy(write_policy(table));
    ASSERT_FALSE(read) << what;
    EXPECT_THAT(to_string(read.error()), HasSubstr(what));
  }
}

TEST(PolicyReader, AsAsn1TakesStartsAndEndsAsTheyAreWritten) {
  const FitPeriod both{parse_time("2000-01-01"), parse_time("2010-01-01")};
  PolicyAlgorithm algorithm{"x", {"1.2.3.4"}, {}, {{{}, both}}, ""};
  algorithm.evaluations[0].parameters.push_back({"m", 1, 9, false});
  const auto read = read_policy(write_policy(table_of(algorithm)));
  ASSERT_TRUE(read) << to_string(read.error());
  const PolicyEvaluation& evaluation = read->table.algorithms[0].evaluations[0];
  EXPECT_EQ(evaluation.validity.start, both.start);
  EXPECT_EQ(evaluation.validity.end, both.end);
  EXPECT_FALSE(evaluation.parameters[0].understood);
  EXPECT_EQ(read->table.next_update, Time{86'400});
}

TEST(PolicyReader, AsAsn1OfAnotherVersionOrContentIsRefused) {
  const std::string good(as_text(file("tests/vectors/policy/example.der")));
  const auto wrapped = [](const char* type, const std::string& content) {
    DerWriter out;
    out.constructed(tag::sequence, [&] {
      out.oid(*oid_from_text(type));
      out.constructed(tag::context(0), [&] { out.raw(as_bytes(content)); });
    });
    return out.take();
  };
  EXPECT_TRUE(read_policy(wrapped("1.3.6.1.5.5.11.1.6", good)));
  EXPECT_FALSE(read_policy(wrapped("1.2.3.4", good)));
  EXPECT_FALSE(read_policy(wrapped("1.2.840.113549.1.7.2", good)));
  DerWriter newer;
  newer.constructed(tag::sequence, [&] { newer.integer(2); });
  EXPECT_EQ(read_policy(newer.view()).error().code, Errc::unsupported);
}

TEST(PolicyReader, SaysThatAnXmlSignatureIsThere) {
  const std::string signed_one = replaced(
      example(), "</SecuritySuitabilityPolicy>",
      "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></SecuritySuitabilityPolicy>");
  EXPECT_TRUE(read_policy(as_bytes(signed_one))->has_signature);
  EXPECT_FALSE(read_policy(as_bytes(example()))->has_signature);
}

struct PolicyCase {
  std::string name;
  std::string what;
  std::string by;
  std::string error;
};

const PolicyCase refused_policies[] = {
    // clang-format off
    {"document_type",      "<SecuritySuitabilityPolicy", "<!DOCTYPE a [<!ENTITY b 'c'>]><SecuritySuitabilityPolicy", "document type"},
    {"another_namespace",  "xml:ns:dssc",                "xml:ns:other",                                "no SecuritySuitabilityPolicy"},
    {"not_well_formed",    "</Usage>",                   "",                                            "not well-formed"},
    {"no_name",            "<PolicyName><Name>Evaluation of cryptographic algorithms</Name></PolicyName>", "",     "PolicyName is missing"},
    {"no_issue_date",      "<PolicyIssueDate>2009-01-01T00:00:00Z</PolicyIssueDate>", "",                         "PolicyIssueDate is missing"},
    {"name_twice",         "<Usage>",                    "<PolicyName><Name>b</Name></PolicyName><Usage>", "stands here twice"},
    {"no_oid",             "<ObjectIdentifier>1.3.14.3.2.26</ObjectIdentifier>", "",                     "ObjectIdentifier is missing"},
    {"no_such_oid",        "1.3.14.3.2.26",              "1.40.3",                                      "is no object identifier"},
    {"no_evaluation",      "<Evaluation><Validity><End>2008-06-30</End></Validity></Evaluation>", "",    "Evaluation is missing"},
    {"validity_twice",     "<Validity>",                 "<Validity/><Validity>",                       "stands here twice"},
    {"negative_parameter", "<Min>1024</Min>",            "<Min>-1024</Min>",                            "is no number"},
    {"parameter_of_words", "<Min>1024</Min>",            "<Min>1024 bits</Min>",                        "is no number"},
    {"nameless_parameter", "name=\"moduluslength\"",     "nam=\"moduluslength\"",                       "name is missing"},
    {"huge_parameter",     "<Min>1024</Min>",            "<Min>1000000001</Min>",                          "too large"},
    {"parameter_over_int", "<Min>1024</Min>",            "<Min>99999999999</Min>",                      "too large"},
    {"empty_parameter",    "<Min>1024</Min>",            "<Min/>",                                      "is no number"},
    {"february_30",        "<End>2008-06-30</End>",      "<End>2008-02-30</End>",                       "is no date that exists"},
    {"empty_name",         "<Name>Evaluation of cryptographic algorithms</Name>", "<Name> </Name>",     "is empty"},
    {"no_name_in_it",      "<Name>Evaluation of cryptographic algorithms</Name>", "",                   "Name is missing"},
    {"no_identifier",      "AlgorithmIdentifier>",       "x>",                                          "not well-formed"},
    {"long_text",          "Evaluation of cryptographic algorithms", std::string(70'000, 'x'),          "text is too long"},
    {"algorithm_twice",    "1.2.840.113549.1.1.1<",      "1.3.14.3.2.26<",                              "twice"},
    // clang-format on
};

class RefusedPolicy : public testing::TestWithParam<PolicyCase> {};

TEST_P(RefusedPolicy, SaysWhy) {
  const auto read = read_policy(as_bytes(replaced(example(), GetParam().what, GetParam().by)));
  ASSERT_FALSE(read);
  EXPECT_THAT(to_string(read.error()), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(PolicyReader, RefusedPolicy, testing::ValuesIn(refused_policies),
                         [](const auto& row) { return row.param.name; });

TEST(PolicyReader, RefusesEveryTruncationAndTrailingOctets) {
  Bytes der = file("tests/vectors/policy/example.der");
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(read_policy(ByteView(der).first(size))) << size;
  }
  der.push_back(0);
  EXPECT_FALSE(read_policy(der));
}

// As in ETSI's own machine-readable TS 119 312: SHA-224 with the identifier of ECDSA, SHA-384 with
// one that is cut short.
TEST(PolicyReader, HoldsNamesAgainstItsOwn) {
  const std::string evaluation = "<Evaluation><Validity/></Evaluation>";
  const auto sha224 = read_policy(as_bytes(
      replaced(example(), "<Name>SHA-1</Name><ObjectIdentifier>1.3.14.3.2.26</ObjectIdentifier>",
               "<Name>SHA224</Name><ObjectIdentifier>1.2.840.10045.4.3.1</ObjectIdentifier>"
               "<URI>http://www.w3.org/2001/04/xmldsig-more#sha224</URI>")));
  ASSERT_TRUE(sha224) << to_string(sha224.error());
  EXPECT_THAT(sha224->notes, ElementsAre(HasSubstr("'SHA224' was left out")));
  EXPECT_FALSE(AlgorithmPolicy(sha224->table).fitness_of(DigestAlgorithm::sha224).known);
  EXPECT_FALSE(AlgorithmPolicy(sha224->table).fitness_of_oid("1.2.840.10045.4.3.1").known);

  const std::string sha384 =
      "<Name>SHA384</Name>"
      "<ObjectIdentifier>2.16.840.1.101.3.4.2</ObjectIdentifier>";
  const auto by_uri = read_policy(as_bytes(
      policy_xml(sha384 + "<URI>http://www.w3.org/2001/04/xmldsig-more#sha384</URI>", evaluation)));
  ASSERT_TRUE(by_uri) << to_string(by_uri.error());
  EXPECT_THAT(by_uri->notes, ElementsAre(HasSubstr("was taken for sha384 by its URI")));
  EXPECT_TRUE(AlgorithmPolicy(by_uri->table).fitness_of(DigestAlgorithm::sha384).known);
  const auto by_name = read_policy(as_bytes(policy_xml(sha384, evaluation)));
  EXPECT_THAT(by_name->notes, ElementsAre(HasSubstr("says nothing about sha384")));
  EXPECT_FALSE(AlgorithmPolicy(by_name->table).fitness_of(DigestAlgorithm::sha384).known);
}

// As in ETSI's machine-readable TS 119 312 V1.5.1, for what it recommends.
TEST(PolicyReader, TakesAnEvaluationWithoutValidityToHaveNoEndAndSaysSo) {
  const auto read =
      read_policy(as_bytes(replaced(example(), "<Validity><End>2008-06-30</End></Validity>", "")));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("has no Validity")));
  const AlgorithmPolicy policy(read->table);
  EXPECT_TRUE(policy.fitness_of(DigestAlgorithm::sha1).known);
  EXPECT_FALSE(policy.end_of(DigestAlgorithm::sha1));
}

TEST(PolicyReader, SaysWhereAnEvaluationStartsAfterItsEnd) {
  const auto read = read_policy(
      as_bytes(replaced(example(), "<Validity><End>2008-06-30</End></Validity>",
                        "<Validity><Start>2009-01-01</Start><End>2008-06-30</End></Validity>")));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("is never fit by an evaluation that starts")));
}

TEST(PolicyReader, LeavesOutAnAlgorithmThatIsNamedByAUuid) {
  const auto read =
      read_policy(as_bytes(replaced(example(), "1.3.14.3.2.26", "2.25.282762102668309421295128")));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->table.algorithms.size(), 2u);
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("'SHA-1' was left out")));
}

TEST(PolicyReader, AConstraintOfAnotherKindIsNeverMet) {
  const std::string strange =
      "<Evaluation><Parameter name='moduluslength'><Min>1</Min><o:Other xmlns:o='urn:x'/>"
      "</Parameter><Validity/></Evaluation>";
  const auto read = read_policy(as_bytes(policy_xml(
      "<Name>RSA</Name><ObjectIdentifier>1.2.840.113549.1.1.1</ObjectIdentifier>", strange)));
  ASSERT_TRUE(read) << to_string(read.error());
  const SignatureAlgorithm rsa{SignatureScheme::rsa_pkcs1, 4096, 0, ""};
  EXPECT_TRUE(AlgorithmPolicy(read->table).fitness_of(rsa).periods.empty());
  // Nor is it after it was written in the other form.
  const auto again = read_policy(write_policy(read->table));
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_TRUE(AlgorithmPolicy(again->table).fitness_of(rsa).periods.empty());
}

TEST(PolicyReader, NotesALongerKeyThatEndsEarlier) {
  const auto read = read_policy(as_bytes(replaced(example(), "2014-12-31", "2005-12-31")));
  ASSERT_TRUE(read);
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("'RSA' ends earlier with a moduluslength of "
                                                 "2048 than of 1024")));
}

}  // namespace
}  // namespace perdura::verifier
