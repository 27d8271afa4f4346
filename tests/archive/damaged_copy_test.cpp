// A stored copy that is damaged, and what a later deposit of the same document makes of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "archive/content_form.hpp"
#include "archive/put_ahead.hpp"
#include "tests/archive/archive_fixture.hpp"

namespace perdura::archive {
namespace {

using Fault = MemoryStore::Fault;
using Call = MemoryStore::Call;

class DamagedCopy : public ArchiveTest, public testing::WithParamInterface<std::size_t> {
 protected:
  // Does not shrink: the last octets are well behind the first.
  std::string document() const { return noise(GetParam(), 1); }
  void damage(const verifier::Receipt& receipt) {
    const auto index = find_record(*archive, receipt.record);
    ASSERT_TRUE(index);
    const auto row = deposit_row(archive->journal(), *index);
    ASSERT_TRUE(row);
    const ContentLocation& at = *row->documents[0].location;
    const std::size_t near_the_end = GetParam() - GetParam() / 8;
    is_large(at) ? store.flip_bit(at.object + "/00000000", near_the_end, 3)
                 : store.flip_bit(at.object, at.offset + near_the_end, 3);
  }
  std::size_t large_objects() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        store.objects(), [](const std::string& name) { return name.starts_with("large/"); }));
  }
};
INSTANTIATE_TEST_SUITE_P(OfSize, DamagedCopy, testing::Values(5'000, 3'000'000));

TEST_P(DamagedCopy, IsNotWhatALaterDepositReliesOn) {
  const auto first = deposit(record("a.bin", document()));
  ASSERT_TRUE(first);
  damage(*first);
  EXPECT_FALSE(problems().empty());
  const auto second = deposit(record("b.bin", document()));
  ASSERT_TRUE(second);
  EXPECT_EQ(read_back(*second), document());
  EXPECT_EQ(read_back(*first), document()) << "brought back by the later one";
  expect_all_well("after the document came again");
  const auto contents = archive->journal().head().contents;
  ASSERT_TRUE(deposit(record("c.bin", document())));
  EXPECT_EQ(archive->journal().head().contents, contents + 1) << "a whole copy is not stored again";
}

TEST_P(DamagedCopy, IsReplacedWhereTheSameDepositIsSentAgain) {
  const auto first = deposit(record("a.bin", document(), "key"));
  const auto other = deposit(record("b.bin", document()));  // relies on the first one's copy
  ASSERT_TRUE(first && other);
  const std::size_t large_ones = large_objects();
  damage(*first);
  const auto again = deposit(record("a.bin", document(), "key"));
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(write_receipt(*again), write_receipt(*first));
  store.power_cut();
  open();
  EXPECT_EQ(read_back(*first), document());
  EXPECT_EQ(read_back(*other), document());
  expect_all_well("after the deposit was sent again");
  EXPECT_EQ(archive->journal().head().records, 2u);
  EXPECT_EQ(large_objects(), large_ones) << "the damaged one is gone";
}

TEST_P(DamagedCopy, IsReplacedByOneOfARecordOfManyDocuments) {
  const auto many = [this] {
    RecordInput input = record("a.bin", document(), "key");
    for (unsigned i = 0; i < 12; ++i) {
      input.documents.push_back(ArchiveTest::document(std::to_string(i), noise(1'000'000, i + 7)));
    }
    input.documents.push_back(ArchiveTest::document("again", document()));
    return input;
  };
  const auto first = deposit(many());
  ASSERT_TRUE(first);
  damage(*first);
  ASSERT_TRUE(deposit(many()));
  open();
  EXPECT_EQ(read_back(*first), document());
  expect_all_well("after the deposit was sent again");
}

TEST_P(DamagedCopy, IsReplacedOrLeftWhereverTheStoreFails) {
  const auto first = deposit(record("a.bin", document(), "key"));
  ASSERT_TRUE(first);
  for (const auto& [call, fault] : {std::pair(Call::put, Fault::not_done),
                                    {Call::put, Fault::done},
                                    {Call::commit, Fault::not_done},
                                    {Call::commit, Fault::done}}) {
    for (unsigned nth = 1; nth <= 4; ++nth) {
      damage(*first);
      store.inject(call, nth, fault);
      static_cast<void>(deposit(record("a.bin", document(), "key")));
      store.power_cut();
      open();
      const auto again = deposit(record("a.bin", document(), "key"));
      ASSERT_TRUE(again) << to_string(again.error());
      EXPECT_EQ(read_back(*first), document());
      open();
      EXPECT_EQ(read_back(*first), document());
      expect_all_well("after a fault");
    }
  }
}

TEST_F(ArchiveTest, StoresADamagedDocumentOfARecordOfManyAnew) {
  const auto first = deposit(record("a.txt", std::string(5000, 'a')));
  ASSERT_TRUE(first);
  const auto row = deposit_row(archive->journal(), *find_record(*archive, first->record));
  ASSERT_TRUE(row);
  const ContentLocation& at = *row->documents[0].location;
  store.flip_bit(at.object, at.offset + at.stored_length / 2, 3);
  RecordInput many = record("a.txt", std::string(5000, 'a'));
  for (std::size_t i = 0; i < PutAhead::waiting_max / 1'000'000 + 2; ++i) {
    many.documents.push_back(
        document(std::to_string(i), noise(1'000'000, static_cast<unsigned>(i))));
  }
  const auto second = deposit(std::move(many));
  ASSERT_TRUE(second);
  EXPECT_EQ(read_back(*second), std::string(5000, 'a'));
  expect_all_well("after the document came among many");
}

}  // namespace
}  // namespace perdura::archive
