// DER: what is refused and where, what BER is let through, and what is written.
#include "verifier/der.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/octets.hpp"

namespace perdura::verifier {
namespace {

using test::hex;

struct DerCase {
  std::string name;
  std::string der;
  void (*read)(DerReader&);
  std::string what;
  std::string where;
};

void a_sequence(DerReader& in) { in.constructed(tag::sequence).end(); }
void an_integer(DerReader& in) { in.integer(); }
void a_small_integer(DerReader& in) { in.small_integer(); }
void an_oid(DerReader& in) { in.oid(); }
void a_boolean(DerReader& in) { in.boolean(); }
void a_null(DerReader& in) { in.null(); }
void a_bit_string(DerReader& in) { in.bit_string(); }
void a_time(DerReader& in) { in.time(); }
void anything(DerReader& in) { in.any(); }
void segments(DerReader& in) {
  Bytes storage;
  in.octet_string(storage);
}

const DerCase malformed_der[] = {
    // clang-format off
    {"empty_input",            "",                          a_sequence,      "element is cut short",                     "offset 0"},
    {"identifier_alone",       "30",                        a_sequence,      "element is cut short",                     "offset 0"},
    {"length_cut_short",       "30 82 01",                  a_sequence,      "element is cut short",                     "offset 0"},
    {"contents_cut_short",     "30 03 02 01",               a_sequence,      "element is cut short",                     "offset 0"},
    {"indefinite_length",      "30 80 02 01 01 00 00",      a_sequence,      "length form is not DER",                   "offset 0"},
    {"long_form_of_short",     "30 81 03 02 01 01",         a_sequence,      "length is not minimal",                    "offset 0"},
    {"length_with_zero",       "04 82 00 80",               anything,        "length is not minimal",                    "offset 0"},
    {"length_over_8_octets",   "04 89 01 00 00 00 00 00 00 00 00", anything, "length is not usable",                     "offset 0"},
    {"length_of_2_to_63",      "04 88 80 00 00 00 00 00 00 00", anything,    "element is cut short",                     "offset 0"},
    {"length_of_all_ones",     "04 88 FF FF FF FF FF FF FF FF", anything,    "element is cut short",                     "offset 0"},
    {"another_tag",            "31 00",                     a_sequence,      "expected element 30, found 31",            "offset 0"},
    {"octets_left",            "30 03 02 01 01",            a_sequence,      "octets follow that do not belong here",    "offset 2"},
    {"endless_high_tag",       "1F 81 82 83 84 85 00",      anything,        "element is cut short",                     "offset 0"},
    {"integer_without_octets", "02 00",                     an_integer,      "integer is not minimal",                   "offset 0"},
    {"integer_padded",         "02 02 00 7F",               an_integer,      "integer is not minimal",                   "offset 0"},
    {"integer_padded_minus",   "02 02 FF 80",               an_integer,      "integer is not minimal",                   "offset 0"},
    {"negative",               "02 01 FF",                  a_small_integer, "integer is negative or too large",         "offset 0"},
    {"over_2_to_63",           "02 09 00 80 00 00 00 00 00 00 00", a_small_integer, "integer is negative or too large",  "offset 0"},
    {"oid_without_octets",     "06 00",                     an_oid,          "object identifier is malformed",           "offset 0"},
    {"oid_unfinished",         "06 02 2A 86",               an_oid,          "object identifier is malformed",           "offset 0"},
    {"oid_padded",             "06 03 2A 80 01",            an_oid,          "object identifier is malformed",           "offset 0"},
    {"boolean_of_one",         "01 01 01",                  a_boolean,       "boolean is malformed",                     "offset 0"},
    {"boolean_of_two_octets",  "01 02 FF FF",               a_boolean,       "boolean is malformed",                     "offset 0"},
    {"null_with_contents",     "05 01 00",                  a_null,          "null is not empty",                        "offset 0"},
    {"unused_bits",            "03 02 01 80",               a_bit_string,    "bit string is empty or has unused bits",   "offset 0"},
    {"bit_string_without_octets", "03 00",                  a_bit_string,    "bit string is empty or has unused bits",   "offset 0"},
    {"boolean_without_octets", "01 00",                     a_boolean,       "boolean is malformed",                     "offset 0"},
    {"boolean_cut_short",      "01 01",                     a_boolean,       "element is cut short",                     "offset 0"},
    {"high_tag_cut_short",     "1F 81",                     anything,        "element is cut short",                     "offset 0"},
    {"time_in_february_30",    "18 0F 32 30 33 30 30 32 33 30 30 30 30 30 30 30 5A", a_time, "time is malformed",       "offset 0"},
    {"segments",               "24 03 04 01 41",            segments,        "expected element 04, found 24",            "offset 0"},
    // clang-format on
};

class MalformedDer : public testing::TestWithParam<DerCase> {};

TEST_P(MalformedDer, IsRefusedAtItsFirstBadOctet) {
  const Bytes octets = hex(GetParam().der);
  DerInput input(octets);
  DerReader in = input.reader();
  GetParam().read(in);
  ASSERT_TRUE(input.error());
  EXPECT_EQ(input.error()->what, GetParam().what);
  EXPECT_EQ(input.error()->where, GetParam().where);
  EXPECT_FALSE(in.more());
}

INSTANTIATE_TEST_SUITE_P(, MalformedDer, testing::ValuesIn(malformed_der),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(DerReader, KeepsTheFirstErrorAndYieldsNothingAfterIt) {
  const Bytes octets = hex("30 06 02 01 05 05 00 04");
  DerInput input(octets);
  DerReader in = input.reader();
  DerReader sequence = in.constructed(tag::sequence);
  EXPECT_EQ(sequence.small_integer(), 5u);
  sequence.null();
  EXPECT_TRUE(sequence.octet_string().empty());
  EXPECT_FALSE(sequence.more());
  EXPECT_EQ(sequence.small_integer(), 0u);
  in.end();
  ASSERT_TRUE(input.error());
  EXPECT_EQ(input.error()->where, "offset 7");
}

TEST(DerReader, ReadsViewsIntoItsInput) {
  const Bytes octets = hex("30 08 02 01 05 04 03 61 62 63");
  DerInput input(octets);
  DerReader sequence = input.reader().constructed(tag::sequence);
  EXPECT_EQ(sequence.encoding().data(), octets.data());
  EXPECT_EQ(sequence.small_integer(), 5u);
  const ByteView text = sequence.octet_string();
  EXPECT_EQ(text.data(), octets.data() + 7);
  EXPECT_EQ(as_text(text), "abc");
  sequence.end();
  EXPECT_FALSE(input.failed());
}

TEST(DerReader, ReadsBerWhereItIsAllowed) {
  const Bytes octets = hex("30 80 24 80 04 01 61 24 03 04 01 62 04 81 01 63 00 00 00 00");
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader sequence = in.constructed(tag::sequence);
  EXPECT_EQ(sequence.encoding().size(), octets.size());
  Bytes storage;
  EXPECT_EQ(as_text(sequence.octet_string(storage)), "abc");
  sequence.end();
  in.end();
  EXPECT_FALSE(input.error()) << input.error()->what;
}

TEST(DerReader, RefusesBerThatDoesNotEnd) {
  for (const std::string text : {"30 80", "30 80 00", "30 80 02 01 01", "30 80 30 80 00 00",
                                 "04 80 00 00", "30 80 04 05 00 00"}) {
    const Bytes octets = hex(text);
    DerInput input(octets, DerLimits(), EncodingRules::ber);
    input.reader().any();
    EXPECT_TRUE(input.failed()) << text;
  }
}

TEST(DerReader, StopsAtItsLimits) {
  Bytes nested;
  for (int i = 0; i < 100'000; ++i) nested.insert(nested.end(), {0x30, 0x80});
  DerInput deep(nested, DerLimits(), EncodingRules::ber);
  deep.reader().any();
  ASSERT_TRUE(deep.error());
  EXPECT_EQ(deep.error()->code, Errc::too_large);

  const Bytes many = hex("05 00 05 00 05 00 05 00");
  DerInput counted(many, {.elements = 3});
  DerReader in = counted.reader();
  while (in.more()) in.null();
  ASSERT_TRUE(counted.error());
  EXPECT_EQ(counted.error()->what, "more than 3 elements");

  DerInput large(many, {.size = 7});
  EXPECT_FALSE(large.reader().more());
  ASSERT_TRUE(large.error());
  EXPECT_EQ(large.error()->code, Errc::too_large);
}

TEST(DerWriter, WritesMinimalLengths) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 255u, 256u, 65535u, 65536u}) {
    DerWriter out;
    const Bytes contents(size, 0x61);
    out.constructed(tag::sequence, [&] { out.octet_string(contents); });
    const Bytes octets = out.take();
    DerInput input(octets);
    DerReader in = input.reader();
    DerReader sequence = in.constructed(tag::sequence);
    EXPECT_EQ(sequence.octet_string().size(), size);
    sequence.end();
    in.end();
    EXPECT_FALSE(input.failed()) << size;
    EXPECT_EQ(der_header(tag::octet_string, size).size(), sequence.contents().size() - size);
  }
}

TEST(DerWriter, WritesIntegers) {
  const std::pair<std::uint64_t, std::string> rows[] = {
      {0, "020100"},
      {127, "02017f"},
      {128, "02020080"},
      {256, "02020100"},
      {~std::uint64_t{0}, "020900ffffffffffffffff"}};
  for (const auto& row : rows) {
    DerWriter out;
    out.integer(row.first);
    EXPECT_EQ(to_hex(out.view()), row.second);
  }
}

TEST(OidText, IsDotted) {
  EXPECT_EQ(oid_text(hex("2A 86 48 86 F7 0D 01 09 10 01 04")), "1.2.840.113549.1.9.16.1.4");
  EXPECT_EQ(oid_text(hex("88 37")), "2.999");
  EXPECT_EQ(oid_text(hex("00")), "0.0");
  EXPECT_EQ(oid_text(hex("2A 86")), "2a86");
}

struct Dotted {
  const char* name;
  std::string text;
  const char* octets;  // "" when it is none
};
std::string arcs(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += ".1";
  return text;
}
const Dotted dotted[] = {
    // clang-format off
    {"sha256",               "2.16.840.1.101.3.4.2.1",  "60 86 48 01 65 03 04 02 01"},
    {"second_arc_over_39",   "2.999",                   "88 37"},
    {"zeros",                "0.0",                     "00"},
    {"of_56_bits",           "1.2.72057594037927935",   "2A FF FF FF FF FF FF FF 7F"},
    {"of_57_bits",           "1.2.72057594037927936",   ""},
    {"over_64_bits",         "1.2.18446744073709551616", ""},
    {"empty",                "",                        ""},
    {"one_arc",              "1",                       ""},
    {"first_arc_over_2",     "3.1",                     ""},
    {"second_arc_of_40",     "1.40",                    ""},
    {"leading_zero",         "1.02.3",                  ""},
    {"negative",             "1.-2",                    ""},
    {"point_at_the_end",     "1.2.",                    ""},
    {"point_at_the_start",   ".1.2",                    ""},
    {"two_points",           "1..2",                    ""},
    {"a_letter",             "1.2a.3",                  ""},
    {"space",                "1.2 .3",                  ""},
    {"of_1000_arcs",         "1.2" + arcs(1000),        ""},
    // clang-format on
};
class OidFromText : public testing::TestWithParam<Dotted> {};
TEST_P(OidFromText, IsTheOneEncodingOrNothing) {
  const auto oid = oid_from_text(GetParam().text);
  EXPECT_EQ(oid ? to_hex(*oid) : "", to_hex(hex(GetParam().octets)));
  EXPECT_EQ(oid ? oid_text(*oid) : GetParam().text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(, OidFromText, testing::ValuesIn(dotted),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OidText, HasNumbersOfAnySize) {
  // 2.25 and a UUID of 128 bits, as an OBJECT IDENTIFIER may be made without a registry.
  EXPECT_EQ(oid_text(hex("69 83 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 7F")),
            "2.25.340282366920938463463374607431768211455");
  EXPECT_EQ(oid_text(hex("69 81 80 80 80 80 80 80 80 80 00")), "2.25.9223372036854775808");
  // Too large an arc in the first place, or larger than anybody needs.
  EXPECT_EQ(oid_text(hex("81 80 80 80 80 80 80 80 80 80 00")), "8180808080808080808000");
  const std::string endless(2 * 70, 'F');
  EXPECT_EQ(oid_text(hex("69" + endless + "00")), to_hex(hex("69" + endless + "00")));
  EXPECT_EQ(oid_text(hex("2A 81 80 80 80 80 80 80 80 80 80")),
            "2a818080808080808080"
            "80");
}

}  // namespace
}  // namespace perdura::verifier
