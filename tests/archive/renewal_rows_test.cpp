// The rows and objects of renewals, octet for octet (archive/formats/renewal.md).
#include <gtest/gtest.h>

#include "archive/renewal.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {
namespace {

using verifier::hash;
using verifier::Hasher;

Renewal sample() {
  Renewal renewal;
  renewal.entry = 5;
  renewal.kind = RenewalKind::hash_tree;
  renewal.track = "local";
  renewal.algorithm = DigestAlgorithm::sha512;
  renewal.id = std::string(32, 'a');
  renewal.batches = 2;
  renewal.batch_list = hash(DigestAlgorithm::sha256, encode_batch_list({0, 1}));
  renewal.root = hash(DigestAlgorithm::sha512, {});
  renewal.from_digests = true;
  renewal.set_aside = {3, 700};
  renewal.token = {0x30, 0x00};
  return renewal;
}

TEST(RenewalRow, ComesBackAsItWasWritten) {
  const auto read = decode_renewal(encode(sample()));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(encode(*read), encode(sample()));
  EXPECT_EQ(read->set_aside, sample().set_aside);
  EXPECT_EQ(read->token, sample().token);
  EXPECT_TRUE(read->from_digests);
}

TEST(RenewalRow, StartsWithVersionEntryKindTrackAndHashFunction) {
  const Bytes row = encode(sample());
  EXPECT_EQ(verifier::to_hex(ByteView(row).first(16)), "010502056c6f63616c06736861353132");
}

TEST(RenewalRow, RefusesWhatIsCutShortLongerNewerOrOfAnUnknownKind) {
  const Bytes row = encode(sample());
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_FALSE(decode_renewal(ByteView(row).first(size))) << size;
  }
  Bytes longer = row;
  longer.push_back(0);
  EXPECT_FALSE(decode_renewal(longer));
  Bytes newer = row;
  newer[0] = 2;
  ASSERT_FALSE(decode_renewal(newer));
  EXPECT_EQ(decode_renewal(newer).error().code, Errc::unsupported);
  Bytes unknown = row;
  unknown[2] = 3;
  EXPECT_FALSE(decode_renewal(unknown));
}

TEST(BatchList, HasEightOctetsABatchAndAscends) {
  EXPECT_EQ(verifier::to_hex(encode_batch_list({1, 258})), "00000000000000010000000000000102");
  const auto read = decode_batch_list(encode_batch_list({1, 258}));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector<std::uint64_t>{1, 258}));
  EXPECT_FALSE(decode_batch_list(encode_batch_list({2, 1})));
  EXPECT_FALSE(decode_batch_list(encode_batch_list({2, 2})));
  EXPECT_FALSE(decode_batch_list(ByteView(encode_batch_list({1})).first(7)));
}

TEST(MembersPage, HoldsEachLeafsValuesAndWhatWasSetAside) {
  const Digest one = hash(DigestAlgorithm::sha256, verifier::as_bytes("1"));
  const Digest two = hash(DigestAlgorithm::sha256, verifier::as_bytes("2"));
  const std::vector<RenewedMembers> page{{one}, {}, {two, one}};
  const Bytes octets = encode_members_page(page);
  EXPECT_EQ(octets.size(), 1u + 32 + 1 + 1 + 64);
  const auto read = decode_members_page(octets, DigestAlgorithm::sha256);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, page);
  EXPECT_FALSE(
      decode_members_page(ByteView(octets).first(octets.size() - 1), DigestAlgorithm::sha256));
}

TEST(RenewedGroup, IsTheGroupHashOrTheHashOfThePosition) {
  Hasher hasher(DigestAlgorithm::sha256);
  const Digest one = hash(DigestAlgorithm::sha256, verifier::as_bytes("1"));
  const Digest two = hash(DigestAlgorithm::sha256, verifier::as_bytes("2"));
  EXPECT_EQ(renewed_group(hasher, {one}, 7), one);
  // printf '1' and '2' hashed, the lesser first
  EXPECT_EQ(renewed_group(hasher, {two, one}, 7).hex(),
            "4295f72eeb1e3507b8461e240e3b8d18c1e7bd2f1122b11fc9ec40a65894031a");
  // printf '\0\0\0\0\0\0\0\7' | sha256sum
  EXPECT_EQ(renewed_group(hasher, {}, 7).hex(),
            hash(DigestAlgorithm::sha256, Bytes{0, 0, 0, 0, 0, 0, 0, 7}).hex());
}

}  // namespace
}  // namespace perdura::archive
