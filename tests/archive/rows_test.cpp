// The rows of formats/rows.md, octet by octet.
#include <gtest/gtest.h>

#include "archive/batch.hpp"
#include "archive/deposit_row.hpp"

namespace perdura::archive {
namespace {

std::string repeated(std::string_view hex, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += hex;
  return out;
}

Digest digest(std::uint8_t octet, std::size_t size) { return Digest(Bytes(size, octet)); }

DepositRow example_row() {
  DepositRow row;
  row.record_number = 5;
  row.receipt_size = 6;
  row.deposit_time = Time{1'800'000'000};
  row.depositor.fill(0x0d);
  row.group_sha512 = digest(5, 64);
  row.statement = {digest(1, 32), 300,
                   ContentLocation{"pack/" + repeated("40", 16), 17, 120, 300, Bytes(40, 4)}};
  row.documents = {{digest(2, 32), 9, std::nullopt}};
  return row;
}

const std::string example_hex =
    "01000506"
    "80c8ceb40d" +
    repeated("0d", 16) + repeated("05", 64) + repeated("01", 32) +
    "ac02"
    "3e0101" +
    repeated("40", 16) + repeated("04", 40) +
    "1178ac02"
    "01" +
    repeated("02", 32) + "0900";

TEST(Rows, OfADepositAreAsWrittenDown) {
  EXPECT_EQ(verifier::to_hex(encode(example_row())), example_hex);
  const auto back = decode_deposit_row(*verifier::from_hex(example_hex));
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), encode(example_row()));
}

TEST(Rows, WithEveryFieldReadBackAsTheyWereWritten) {
  DepositRow row = example_row();
  row.event_time = Time{-86'400};
  row.patient.emplace().fill(1);
  row.record_type.emplace().fill(2);
  row.idempotency.emplace().fill(3);
  const auto back = decode_deposit_row(encode(row));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->event_time, row.event_time);
  EXPECT_EQ(back->patient, row.patient);
  EXPECT_EQ(back->record_type, row.record_type);
  EXPECT_EQ(back->idempotency, row.idempotency);
  EXPECT_EQ(encode(*back), encode(row));
}

Batch example_batch() {
  return {.number = 2,
          .entry = 300,
          .first = 7,
          .end = 299,
          .first_record = 7,
          .records = 290,
          .checkpoint = "text",
          .tracks = {{"local", verifier::DigestAlgorithm::sha256, digest(9, 32), Bytes(3, 8)}}};
}

TEST(Rows, OfABatchAreAsWrittenDown) {
  EXPECT_EQ(verifier::to_hex(encode(example_batch())),
            "0102ac0207ab0207a202"
            "0474657874"
            "01"
            "056c6f63616c"
            "067368613235"
            "3620" +
                repeated("09", 32) + "03080808");
}

// One row a case: which octet is changed to what, and the error.
TEST(Rows, ThatAreDamagedAreRefused) {
  const Bytes deposit = encode(example_row());
  for (std::size_t size = 1; size < deposit.size(); ++size) {
    EXPECT_FALSE(decode_deposit_row(ByteView(deposit).first(size))) << size;
  }
  const Bytes batch = encode(example_batch());
  for (std::size_t size = 1; size < batch.size(); ++size) {
    EXPECT_FALSE(decode_batch(ByteView(batch).first(size))) << size;
  }
  Bytes longer = deposit;
  longer.push_back(0);
  EXPECT_EQ(decode_deposit_row(longer).error().code, Errc::malformed);
  Bytes newer = deposit;
  newer[0] = 2;
  EXPECT_EQ(decode_deposit_row(newer).error().code, Errc::unsupported);
  newer = batch;
  newer[0] = 2;
  EXPECT_EQ(decode_batch(newer).error().code, Errc::unsupported);
  Bytes unknown_hash = batch;
  unknown_hash[24] = 'x';
  EXPECT_EQ(decode_batch(unknown_hash).error().code, Errc::malformed);
}

}  // namespace
}  // namespace perdura::archive
