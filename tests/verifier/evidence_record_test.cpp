// The form of evidence records: what is read, what is written, what is refused and where.
#include "verifier/evidence_record.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/octets.hpp"
#include "verifier/evidence_record_writer.hpp"

namespace perdura::verifier {
namespace {

using test::hex;

struct RecordCase {
  std::string name;
  std::string der;
  std::string what;
  std::string where;
};

const RecordCase malformed_records[] = {
    // clang-format off
    {"empty_input",              "",                                                    "element is cut short",                           "offset 0"},
    {"a_set",                    "31 07 02 01 01 30 00 30 00",                          "expected element 30, found 31",                  "offset 0"},
    {"indefinite_length",        "30 80 02 01 01 00 00",                                "length form is not DER",                         "offset 0"},
    {"version_2",                "30 07 02 01 02 30 00 30 00",                          "version 2 of an evidence record is not known",   "offset 5"},
    {"version_0",                "30 07 02 01 00 30 00 30 00",                          "version 0 of an evidence record is not known",   "offset 5"},
    {"no_chain",                 "30 07 02 01 01 30 00 30 00",                          "sequence has no chain",                          "offset 9"},
    {"empty_chain",              "30 09 02 01 01 30 00 30 02 30 00",                    "chain has no archive time-stamp",                "offset 11"},
    {"no_token",                 "30 0B 02 01 01 30 00 30 04 30 02 30 00",              "element is cut short",                           "offset 13"},
    {"empty_tree",               "30 0F 02 01 01 30 00 30 08 30 06 30 04 A2 00 30 00",  "reduced hash tree is empty",                     "offset 15"},
    {"empty_list",               "30 11 02 01 01 30 00 30 0A 30 08 30 06 A2 02 30 00 30 00", "list of hash values is empty",              "offset 17"},
    {"hash_value_too_long",      "30 54 02 01 01 30 00 30 4D 30 4B 30 49 A2 45 30 43 04 41 "
                                 "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 30 00", "hash value is over 64 octets", "offset 84"},
    {"empty_crypto_infos",       "30 0D 02 01 01 30 00 A0 00 30 04 30 02 30 00",        "list of attributes is empty",                    "offset 9"},
    {"parameters_of_a_hash",     "30 0F 02 01 01 30 08 30 06 06 01 2A 02 01 01 30 00",  "expected element 05, found 02",                  "offset 12"},
    {"trailing_octet",           "30 0D 02 01 01 30 00 30 06 30 04 30 02 30 00 00",     "octets follow that do not belong here",          "offset 15"},
    {"octets_after_the_token",   "30 0F 02 01 01 30 00 30 08 30 06 30 04 30 00 05 00",  "octets follow that do not belong here",          "offset 15"},
    // clang-format on
};

class MalformedEvidenceRecord : public testing::TestWithParam<RecordCase> {};

TEST_P(MalformedEvidenceRecord, IsRefusedAtItsFirstBadOctet) {
  const Bytes der = hex(GetParam().der);
  const auto record = parse_evidence_record(der);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().what, GetParam().what);
  EXPECT_EQ(record.error().where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(, MalformedEvidenceRecord, testing::ValuesIn(malformed_records),
                         [](const auto& row) { return row.param.name; });

TEST(EvidenceRecord, ReadsTheSmallestOne) {
  const Bytes der = hex("30 0D 02 01 01 30 00 30 06 30 04 30 02 30 00");
  const auto record = parse_evidence_record(der);
  ASSERT_TRUE(record) << record.error().what;
  ASSERT_EQ(record->chains.size(), 1u);
  const ArchiveTimeStamp& ats = record->chains[0].archive_timestamps.at(0);
  EXPECT_FALSE(ats.digest_algorithm);
  EXPECT_FALSE(ats.reduced_hashtree);
  EXPECT_EQ(to_hex(ats.time_stamp), "3000");
  EXPECT_EQ(ats.time_stamp.data(), der.data() + 13);
}

TEST(EvidenceRecord, LetsATokenBeBer) {
  const Bytes der = hex("30 11 02 01 01 30 00 30 0A 30 08 30 06 30 80 05 00 00 00");
  const auto record = parse_evidence_record(der);
  ASSERT_TRUE(record) << record.error().what << record.error().where;
  EXPECT_EQ(to_hex(record->chains[0].archive_timestamps[0].time_stamp), "308005000000");
}

TEST(EvidenceRecord, StopsAtAThousandTimeStamps) {
  const std::vector<Bytes> stamps(1001, hex("30 02 30 00"));
  const auto record = parse_evidence_record(write_evidence_record({}, {stamps}));
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, Errc::too_large);
}

TEST(EvidenceRecordWriter, WritesTheStrictProfile) {
  const Digest low = Digest(Bytes(32, 0x01));
  const Digest high = Digest(Bytes(32, 0xF0));
  const Bytes token = hex("30 00");
  const DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
  const Bytes ats = write_archive_timestamp(DigestAlgorithm::sha256, {{high, low}, {high}}, token);
  const Bytes octets = write_evidence_record(algorithms, {{ats}});
  const std::string oid = "0609608648016503040201";
  const auto record = parse_evidence_record(octets);
  ASSERT_TRUE(record) << record.error().what;
  EXPECT_FALSE(record->crypto_infos);
  EXPECT_FALSE(record->encryption_info);
  ASSERT_EQ(record->digest_algorithms.size(), 1u);
  EXPECT_EQ(to_hex(record->digest_algorithms[0]), "608648016503040201");
  const ArchiveTimeStamp& first = record->chains.at(0).archive_timestamps.at(0);
  EXPECT_TRUE(equal(first.encoding, ats));
  ASSERT_TRUE(first.digest_algorithm);
  ASSERT_EQ(first.reduced_hashtree->size(), 2u);
  EXPECT_TRUE(equal(*(*first.reduced_hashtree)[0].begin(), low));  // sorted
  EXPECT_EQ((*first.reduced_hashtree)[0].size(), 2u);
  EXPECT_EQ(to_hex(ByteView(ats).first(17)),
            "307b"
            "a00b" +
                oid + "a26a");
  EXPECT_TRUE(equal(record->archive_timestamp_sequence, write_archive_timestamp_sequence({{ats}})));
  const auto needed = digest_algorithms(*record);
  ASSERT_TRUE(needed);
  EXPECT_EQ(*needed, std::vector{DigestAlgorithm::sha256});
}

TEST(EvidenceRecord, NamesAHashFunctionThatIsNotKnown) {
  const Bytes der = hex("30 13 02 01 01 30 00 30 0C 30 0A 30 08 A0 04 06 02 2A 03 30 00");
  const auto record = parse_evidence_record(der);
  ASSERT_TRUE(record) << record.error().what << record.error().where;
  const auto needed = digest_algorithms(*record);
  ASSERT_FALSE(needed);
  EXPECT_EQ(needed.error().code, Errc::unsupported);
  EXPECT_NE(needed.error().what.find("1.2.3"), std::string::npos);
}

TEST(EvidenceRecord, KeepsHintsAttributesAndWhatWasEncrypted) {
  const std::string oid = "06022A03";
  const std::string attribute = "3008" + oid + "31020500";
  const auto record = [&](const std::string& infos, const std::string& attributes) {
    const std::string stamp = attributes + "3000";
    const std::string size = to_hex(Bytes{static_cast<std::uint8_t>(stamp.size() / 2)});
    const std::string chains_size = to_hex(Bytes{static_cast<std::uint8_t>(stamp.size() / 2 + 2)});
    const std::string all_size = to_hex(Bytes{static_cast<std::uint8_t>(stamp.size() / 2 + 4)});
    const std::string body =
        "0201013000" + infos + "30" + all_size + "30" + chains_size + "30" + size + stamp;
    return *from_hex("30" + to_hex(Bytes{static_cast<std::uint8_t>(body.size() / 2)}) + body);
  };
  const Bytes good = record("A00A" + attribute + "A106" + oid + "0500", "A10A" + attribute);
  const auto read = parse_evidence_record(good);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(to_hex(*read->crypto_infos),
            "a00a3008"
            "06022a03"
            "31020500");
  EXPECT_EQ(to_hex(*read->encryption_info), "a10606022a030500");
  EXPECT_TRUE(read->chains[0].archive_timestamps[0].attributes);
  EXPECT_FALSE(parse_evidence_record(record("A000", "")));
  EXPECT_FALSE(parse_evidence_record(record("", "A100")));
  EXPECT_FALSE(parse_evidence_record(record("A104" + oid, "")));
}

}  // namespace
}  // namespace perdura::verifier
