// That the twin fails when it is told to. What it shares with other stores: store_test.cpp.
#include "archive/memory_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perdura::archive {
namespace {

using testing::ElementsAre;
using Call = MemoryStore::Call;
using Fault = MemoryStore::Fault;

class MemoryStoreTest : public testing::Test {
 protected:
  Commit set(const std::string& key, std::uint8_t value) {
    return {"p", {}, {{key, Bytes{value}}}};
  }
  std::optional<Bytes> get(const std::string& key) { return *store.get("p", key); }

  MemoryStore store;
};

TEST_F(MemoryStoreTest, TheNthCallFailsAndNoOther) {
  store.inject(Call::commit, 2, Fault::not_done);
  EXPECT_TRUE(store.commit(set("a", 1)));
  EXPECT_EQ(store.commit(set("b", 1)).error().code, Errc::io);
  EXPECT_TRUE(store.commit(set("c", 1)));
  EXPECT_EQ(get("b"), std::nullopt);
  EXPECT_EQ(store.calls(Call::commit), 3u);
}

TEST_F(MemoryStoreTest, ACommitWhoseResultWasLostIsThere) {
  store.inject(Call::commit, 1, Fault::done);
  EXPECT_EQ(store.commit(set("a", 1)).error().code, Errc::io);
  EXPECT_EQ(get("a"), Bytes{1});
}

TEST_F(MemoryStoreTest, APutCanStopHalfWay) {
  store.inject(Call::put, 1, Fault::partly);
  EXPECT_FALSE(store.put({{"a", {}}, {"b", {}}}));
  EXPECT_THAT(store.objects(), ElementsAre("a"));
}

TEST_F(MemoryStoreTest, EveryKindOfCallCanFail) {
  for (const Call call :
       {Call::put, Call::read, Call::erase, Call::commit_derived, Call::get, Call::scan}) {
    store.inject(call, 1, Fault::not_done);
  }
  EXPECT_FALSE(store.put({{"a", {}}}));
  EXPECT_FALSE(store.read("a", 0, 1));
  EXPECT_FALSE(store.erase("a"));
  EXPECT_FALSE(store.commit_derived({}));
  EXPECT_FALSE(store.get("p", "k"));
  EXPECT_FALSE(store.scan("p", "", "", 1));
  EXPECT_TRUE(store.put({{"a", {}}}));
}

TEST_F(MemoryStoreTest, APowerCutForgetsWhatWasDerivedSinceTheLastCommit) {
  ASSERT_TRUE(store.commit_derived({set("synced", 1)}));
  ASSERT_TRUE(store.commit(set("committed", 1)));
  ASSERT_TRUE(store.commit_derived({set("new", 1), set("committed", 2)}));
  ASSERT_TRUE(store.commit_derived({set("committed", 3)}));
  store.power_cut();
  EXPECT_EQ(get("synced"), Bytes{1});
  EXPECT_EQ(get("committed"), Bytes{1});
  EXPECT_EQ(get("new"), std::nullopt);
}

TEST_F(MemoryStoreTest, SomeOfItMaySurvive) {
  ASSERT_TRUE(store.commit_derived({set("k", 1), set("k", 2), set("k", 3)}));
  store.power_cut(2);
  EXPECT_EQ(get("k"), Bytes{2});
}

TEST_F(MemoryStoreTest, AFullDiskRefusesWritesUntilThereIsSpace) {
  store.refuse_writes(true);
  EXPECT_FALSE(store.commit(set("k", 1)));
  EXPECT_FALSE(store.put({{"a", {}}}));
  EXPECT_TRUE(store.get("p", "k"));
  store.refuse_writes(false);
  EXPECT_TRUE(store.commit(set("k", 1)));
}

}  // namespace
}  // namespace perdura::archive
