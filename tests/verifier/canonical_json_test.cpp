// Members of JSON objects, read with checks: each refusal says which member and why.
#include "verifier/canonical_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace perdura::verifier {
namespace {

struct Member {
  const char* name;
  const char* json;
  void (*read)(JsonMembers&);
  const char* error;
};

void a_text(JsonMembers& in) { in.text("a"); }
void an_optional_text(JsonMembers& in) { in.optional_text("a"); }
void an_integer(JsonMembers& in) { in.integer("a", 7); }
void a_boolean(JsonMembers& in) { in.boolean("a"); }
void a_time(JsonMembers& in) { in.time("a"); }
void a_digest(JsonMembers& in) { in.digest("a", DigestAlgorithm::sha256); }
void any_base64(JsonMembers& in) { in.base64("a", std::nullopt); }
void two_octets(JsonMembers& in) { in.base64("a", 2); }
void an_array(JsonMembers& in) { in.array("a", 2); }
void a_kind(JsonMembers& in) { in.kind("thing", "1"); }
void two_of_them(JsonMembers& in) {
  in.text("a");
  in.text("b");
}

const Member members[] = {
    // clang-format off
    {"text",                 R"({"a":"x"})",                      a_text,           ""},
    {"text_missing",         R"({"b":"x"})",                      a_text,           "x: a: is missing"},
    {"text_is_a_number",     R"({"a":1})",                        a_text,           "x: a: is not a string"},
    {"one_member_too_many",  R"({"a":"x","b":1})",                a_text,           "x: has members"},
    {"optional_left_out",    R"({})",                             an_optional_text, ""},
    {"optional_and_empty",   R"({"a":""})",                       an_optional_text, "x: a: is empty"},
    {"integer",              R"({"a":7})",                        an_integer,       ""},
    {"integer_too_large",    R"({"a":8})",                        an_integer,       "x: a: is not an integer from 0 to 7"},
    {"integer_negative",     R"({"a":-1})",                       an_integer,       "x: a: is not an integer"},
    {"integer_is_a_text",    R"({"a":"7"})",                      an_integer,       "x: a: is not an integer"},
    {"boolean",              R"({"a":false})",                    a_boolean,        ""},
    {"boolean_missing",      R"({})",                             a_boolean,        "x: a: is missing"},
    {"boolean_is_a_text",    R"({"a":"true"})",                   a_boolean,        "x: a: is neither true nor false"},
    {"time",                 R"({"a":"2041-06-01T00:00:00Z"})",   a_time,           ""},
    {"time_in_another_form", R"({"a":"2041-06-01T00:00:00z"})",   a_time,           "x: a: is not a time"},
    {"no_time",              R"({"a":"today"})",                  a_time,           "x: a: is not a time"},
    {"digest_too_short",     R"({"a":"00"})",                     a_digest,         "x: a: is not 64"},
    {"digest_is_no_hex",     R"({"a":"xy"})",                     a_digest,         "x: a: is not 64"},
    {"base64",               R"({"a":"AAA="})",                   any_base64,       ""},
    {"no_base64",            R"({"a":"*"})",                      any_base64,       "x: a: is not base64"},
    {"base64_of_another_size", R"({"a":"AAAA"})",                 two_octets,       "x: a: is not base64 of 2 octets"},
    {"array",                R"({"a":[1,2]})",                    an_array,         ""},
    {"array_missing",        R"({})",                             an_array,         "x: a: is missing"},
    {"array_is_an_object",   R"({"a":{}})",                       an_array,         "x: a: is not an array"},
    {"array_too_long",       R"({"a":[1,2,3]})",                  an_array,         "x: a: has more than 2 elements"},
    {"kind",                 R"({"perdura":"thing/1"})",          a_kind,           ""},
    {"newer_kind",           R"({"perdura":"thing/2"})",          a_kind,           "x: perdura: is version 2"},
    {"other_kind",           R"({"perdura":"another/1"})",        a_kind,           "x: perdura: is not \"thing/1\""},
    {"kind_is_a_number",     R"({"perdura":1})",                  a_kind,           "x: perdura: is not a string"},
    {"the_first_error",      R"({"c":1})",                        two_of_them,      "x: a: is missing"},
    {"no_object",            R"([])",                             a_text,           "x: is not an object"},
    {"no_object_for_an_optional", R"("a")",                       an_optional_text, "x: is not an object"},
    // clang-format on
};
class JsonMember : public testing::TestWithParam<Member> {};
TEST_P(JsonMember, IsReadOrRefusedForAReason) {
  const auto value = boost::json::parse(GetParam().json);
  JsonMembers in(value, "x");
  GetParam().read(in);
  in.end();
  const std::string error = in.error() ? to_string(*in.error()) : "";
  EXPECT_EQ(error.substr(0, std::string(GetParam().error).size()), GetParam().error) << error;
  EXPECT_EQ(error.empty(), std::string(GetParam().error).empty()) << error;
}
INSTANTIATE_TEST_SUITE_P(, JsonMember, testing::ValuesIn(members),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CanonicalJson, WritesEachKindOfValueAndEachEscape) {
  const char* text =
      R"([null,true,false,-1,18446744073709551615,1.5,"\b\t\n\f\r\"\\\u0001",[],{}])";
  EXPECT_EQ(canonical_json(boost::json::parse(text)),
            R"([null,true,false,-1,18446744073709552000,1.5,"\b\t\n\f\r\"\\\u0001",[],{}])");
  EXPECT_EQ(canonical_json(
                boost::json::parse(R"({"ab":1,"a":2,"":3,"\ud83d\ude01":4,"\ud83d\ude00":5})")),
            "{\"\":3,\"a\":2,\"ab\":1,\"\U0001F600\":5,\"\U0001F601\":4}");
}

}  // namespace
}  // namespace perdura::verifier
