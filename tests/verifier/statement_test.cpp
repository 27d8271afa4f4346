#include "verifier/statement.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>

#include "vector_files.hpp"
#include "verifier/canonical_json.hpp"

namespace perdura::verifier {
namespace {

StatementDocument document_of(std::string name, std::string_view octets) {
  return {.name = std::move(name),
          .media_type = "text/plain",
          .length = octets.size(),
          .sha256 = hash(DigestAlgorithm::sha256, as_bytes(octets)),
          .sha512 = hash(DigestAlgorithm::sha512, as_bytes(octets)),
          .sha3_256 = std::nullopt};
}

Statement minimal() {
  Statement statement;
  statement.archive = "archive.example.org";
  statement.depositor = "his-interface";
  statement.deposit_time = Time{1'800'000'000};
  statement.documents = {document_of("hello.txt", "Hello\n")};
  statement.salt = Bytes(32, 0x5A);
  return statement;
}

Statement full() {
  Statement statement = minimal();
  statement.event_time = Time{1'799'990'000};
  statement.patient = Patient{"4711", "urn:oid:1.2.276.0.76.4.8"};
  statement.record_type = "discharge summary";
  statement.author = "Dr. J\u00E4ger \"ward 7\"";
  statement.source_system = "HIS";
  statement.language = "de";
  statement.retention_class = "30y";
  statement.sensitivity = 4;
  statement.related = {{"replaces", std::string(64, 'a')}};
  statement.documents.push_back(document_of("bef\u00FCnde/1.txt", ""));
  statement.documents.back().sha3_256 = hash(DigestAlgorithm::sha3_256, {});
  return statement;
}

TEST(Statement, IsWrittenAsTheVectorsSay) {
  tests::expect_vector("statement/minimal.json", write_statement(minimal()));
  tests::expect_vector("statement/full.json", write_statement(full()));
}

TEST(Statement, IsWhatItWasAfterWritingAndReading) {
  for (const Statement& statement : {minimal(), full()}) {
    const std::string json = write_statement(statement);
    const auto read = parse_statement(json);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(write_statement(*read), json);
  }
  const auto read = parse_statement(write_statement(full()));
  EXPECT_EQ(read->patient->id, "4711");
  EXPECT_EQ(read->related.at(0).relation, "replaces");
  EXPECT_EQ(read->sensitivity, 4);
  EXPECT_TRUE(read->documents.at(1).sha3_256);
}

TEST(Statement, IsCanonicalJson) {
  for (const Statement& statement : {minimal(), full()}) {
    const std::string json = write_statement(statement);
    EXPECT_EQ(canonical_json(boost::json::parse(json)), json);
  }
}

TEST(Statement, HasItsSha256AsIdentifier) {
  // sha256sum tests/vectors/statement/minimal.json
  EXPECT_EQ(record_id(tests::vector_text("statement/minimal.json")),
            "77a57b8516de73c6db4e493b8461d06a3620d53875c5b3151fedc98a68efef79");
  EXPECT_TRUE(is_record_id(std::string(64, 'f')));
  EXPECT_FALSE(is_record_id(std::string(64, 'F')));
  EXPECT_FALSE(is_record_id(std::string(63, 'f')));
}

struct StatementCase {
  const char* name;
  const char* find;  // in minimal.json
  const char* replace;
  const char* what;
};

// clang-format off
constexpr StatementCase refused_statements[] = {
    {"white_space",          "{\"archive\"",       "{ \"archive\"",                    "is not canonical JSON"},
    {"members_out_of_order", "\"salt\":",          "\"Salt\":",                        "is not canonical JSON"},
    {"another_kind",         "statement/1",        "receipt/1",                        "is not \"statement/1\""},
    {"another_version",      "statement/1",        "statement/2",                      "is version 2"},
    {"unknown_member",       "\"salt\":",          "\"retained\":1,\"salt\":",         "does not know"},
    {"member_missing",       "\"depositor\":\"his-interface\",", "",                   "is missing"},
    {"not_a_string",         "\"his-interface\"",  "7",                                "is not a string"},
    {"empty_text_stated",    "\"perdura\"",        "\"language\":\"\",\"perdura\"",    "is empty"},
    {"digest_in_upper_case", "\"sha256\":\"6",     "\"sha256\":\"A",                   "hex digits"},
    {"digest_too_short",     "\"sha512\":\"",      "\"sha512\":\"00",                  "hex digits"},
    {"length_negative",      "\"length\":6",       "\"length\":-6",                    "is not an integer"},
    {"length_fraction",      "\"length\":6",       "\"length\":6.5",                   "is not an integer"},
    {"length_too_large",     "\"length\":6",       "\"length\":9007199254740992",      "is not an integer"},
    {"sensitivity_zero",     "\"sensitivity\":3",  "\"sensitivity\":0",                "is not from 1 to 5"},
    {"sensitivity_six",      "\"sensitivity\":3",  "\"sensitivity\":6",                "is not an integer"},
    {"salt_too_short",       "\"salt\":\"WlpaW",   "\"salt\":\"Wlp",                   "is not base64 of 32"},
    {"control_character",    "his-interface",      "his\\u0007interface",              "control character"},
    {"time_with_offset",     "08:00:00Z",          "09:00:00+01:00",                   "is not a time"},
    {"trailing_octets",      "\"sensitivity\":3}", "\"sensitivity\":3}\\n",            "is not JSON"},
};
// clang-format on

class RefusedStatement : public testing::TestWithParam<StatementCase> {};

TEST_P(RefusedStatement, SaysWhy) {
  std::string json = tests::vector_text("statement/minimal.json");
  const std::size_t at = json.find(GetParam().find);
  ASSERT_NE(at, std::string::npos);
  json.replace(at, std::string_view(GetParam().find).size(), GetParam().replace);
  const auto statement = parse_statement(json);
  ASSERT_FALSE(statement);
  EXPECT_NE(to_string(statement.error()).find(GetParam().what), std::string::npos)
      << to_string(statement.error());
}
INSTANTIATE_TEST_SUITE_P(, RefusedStatement, testing::ValuesIn(refused_statements),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Statement, RefusesADoubledMember) {
  std::string json = write_statement(minimal());
  json.replace(0, 1, "{\"archive\":\"archive.example.org\",");
  EXPECT_FALSE(parse_statement(json));
}

TEST(Statement, RefusesEveryCutAndIsNeverReadInTwoForms) {
  const std::string json = write_statement(full());
  for (std::size_t size = 0; size < json.size(); ++size) {
    EXPECT_FALSE(parse_statement(std::string_view(json).substr(0, size)));
  }
  for (std::size_t at = 0; at < json.size(); ++at) {
    std::string other = json;
    other[at] = static_cast<char>(other[at] ^ 0x80);
    EXPECT_FALSE(parse_statement(other)) << at;  // no longer UTF-8
    other = json;
    other[at] = static_cast<char>(other[at] ^ 0x01);
    // Another text may do, but it is always the only form of what it says.
    const auto read = parse_statement(other);
    EXPECT_TRUE(!read || write_statement(*read) == other) << at;
  }
}

TEST(Statement, SaysWhatMayNotBeWritten) {
  const auto fault = [](const std::function<void(Statement&)>& spoil) {
    Statement statement = minimal();
    spoil(statement);
    const auto checked = check_statement(statement);
    return checked ? std::string() : to_string(checked.error());
  };
  EXPECT_EQ(fault([](Statement&) {}), "");
  EXPECT_NE(fault([](Statement& s) { s.documents.clear(); }), "");
  EXPECT_NE(fault([](Statement& s) { s.documents[0].name = ""; }), "");
  EXPECT_NE(fault([](Statement& s) { s.author = "a\nb"; }), "");
  EXPECT_NE(fault([](Statement& s) { s.author = "\xff"; }), "");
  EXPECT_NE(fault([](Statement& s) { s.author = std::string(1025, 'a'); }), "");
  EXPECT_NE(fault([](Statement& s) { s.sensitivity = 6; }), "");
  EXPECT_NE(fault([](Statement& s) { s.salt.pop_back(); }), "");
  EXPECT_NE(fault([](Statement& s) { s.related = {{"amends", "x"}}; }), "");
  for (const char* time :
       {"9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"}) {
    EXPECT_NE(fault([&](Statement& s) { s.event_time = parse_time(time); }), "") << time;
  }
}

TEST(CanonicalJson, WritesNumbersAsEcmascriptDoes) {
  // RFC 8785 appendix B.
  const std::pair<double, const char*> numbers[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {9007199254740992, "9007199254740992"},
      {295147905179352830000.0, "295147905179352830000"},
      {9.999999999999997e22, "9.999999999999997e+22"},
      {1e23, "1e+23"},
      {999999999999999700000.0, "999999999999999700000"},
      {1e21, "1e+21"},
      {9.999999999999997e-7, "9.999999999999997e-7"},
      {0.000001, "0.000001"},
      {333333333.33333329, "333333333.3333333"},
      {-0.0000033333333333333333, "-0.0000033333333333333333"},
      {1424953923781206.2, "1424953923781206.2"},
  };
  for (const auto& number : numbers) EXPECT_EQ(canonical_json(number.first), number.second);
}

TEST(CanonicalJson, RefusesWhatIsNotTheOneForm) {
  for (const char* text : {"{\"a\":1e999}", "{\"a\":1.0}", "{\"a\":1e2}", "{\"a\":-0}",
                           "{\"a\":01}", "{\"a\":9007199254740993}", "{\"a\":1,\"a\":1}",
                           "{\"b\":1,\"a\":1}", "{\"a\":\"\\u0041\"}", "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\xc0\x80\"}", "{}\n", "[]", "", "{", "{\"a\":[[[[[[]]]]]]}"}) {
    EXPECT_FALSE(parse_canonical_json(text, "text", {1000, 4})) << text;
  }
  EXPECT_TRUE(parse_canonical_json("{\"a\":[1,true,null,\"\u00E4\"]}", "text", {1000, 4}));
  EXPECT_FALSE(parse_canonical_json("{\"a\":[1,true,null]}", "text", {5, 4}));
}

TEST(CanonicalJson, SortsMembersByUtf16AndEscapesAsFewAsPossible) {
  // RFC 8785 section 3.2.3: the face is a surrogate pair, which sorts before U+FB33.
  const auto value = boost::json::parse(
      "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,"
      "\"\\u00f6\":7}");
  EXPECT_EQ(canonical_json(value),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,"
            "\"\U0001F600\":5,\"\uFB33\":3}");
  EXPECT_EQ(canonical_json(boost::json::parse("\"\\u002f\\u007f\\u001F\\\"\"")),
            "\"/\x7f\\u001f\\\"\"");
}

}  // namespace
}  // namespace perdura::verifier
