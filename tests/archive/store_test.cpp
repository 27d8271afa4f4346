// The same questions to every Store: what one promises, all keep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "archive/memory_store.hpp"
#include "archive/rocks_store.hpp"
#include "tests/archive/octets.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bytes pattern(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return out;
}

struct Kind {
  const char* name;
  std::unique_ptr<Store> (*make)(const std::filesystem::path& folder);
};

constexpr Kind kinds[] = {
    {"memory",
     [](const std::filesystem::path&) -> std::unique_ptr<Store> {
       return std::make_unique<MemoryStore>();
     }},
    {"rocks",
     [](const std::filesystem::path& folder) {
       return *open_rocks_store(folder / "store", OpenMode::create);
     }},
};

class AnyStore : public testing::TestWithParam<Kind> {
 protected:
  Result<Ok> put(const std::string& name, Bytes value) {
    return store->put({{name, std::move(value)}});
  }
  Result<Ok> set(const std::string& partition, const std::string& key, std::string_view value) {
    return store->commit({partition, {}, {{key, octets(value)}}});
  }
  std::optional<std::string> get(const std::string& partition, const std::string& key) {
    const auto value = store->get(partition, key);
    if (!*value) return std::nullopt;
    return std::string(verifier::as_text(**value));
  }
  std::vector<std::string> keys(const std::string& partition, const std::string& prefix,
                                const std::string& after = "", std::size_t limit = 1000) {
    std::vector<std::string> out;
    const auto rows = store->scan(partition, prefix, after, limit);
    for (const Row& row : *rows) out.push_back(row.key);
    return out;
  }
  static Errc code(const Result<Ok>& result) { return result.error().code; }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = GetParam().make(folder.path());
};

TEST_P(AnyStore, AnObjectIsReadByRange) {
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 4u << 20, 16u << 20}) {
    const Bytes value = pattern(size);
    const std::string name = "object/" + std::to_string(size);
    ASSERT_TRUE(put(name, value));
    EXPECT_EQ(*store->read(name, 0, size), value);
    EXPECT_EQ(*store->read(name, 0, ~std::uint64_t{0}), value);
    EXPECT_THAT(*store->read(name, size, 10), IsEmpty());
    EXPECT_THAT(*store->read(name, std::uint64_t{1} << 60, 10), IsEmpty());
    const std::size_t from = std::min<std::size_t>(size, 65000);
    const std::size_t count = std::min<std::size_t>(size - from, 2000);
    EXPECT_TRUE(
        verifier::equal(*store->read(name, from, 2000), ByteView(value).subspan(from, count)));
    EXPECT_THAT(*store->read(name, 0, 0), IsEmpty());
  }
}

TEST_P(AnyStore, AnObjectThatIsNotThereIsNotFound) {
  EXPECT_EQ(store->read("nothing", 0, 10).error().code, Errc::not_found);
}

TEST_P(AnyStore, PuttingTheSameObjectAgainIsWell) {
  ASSERT_TRUE(put("a", octets("one")));
  EXPECT_TRUE(put("a", octets("one")));
  EXPECT_TRUE(store->put({{"b", octets("two")}, {"a", octets("one")}, {"b", octets("two")}}));
  EXPECT_EQ(*store->read("b", 0, 10), octets("two"));
}

TEST_P(AnyStore, PuttingOtherOctetsUnderANameIsAConflict) {
  ASSERT_TRUE(put("a", octets("one")));
  EXPECT_EQ(code(put("a", octets("two"))), Errc::conflict);
  EXPECT_EQ(code(put("a", octets("longer"))), Errc::conflict);
  EXPECT_EQ(code(store->put({{"b", octets("1")}, {"b", octets("2")}})), Errc::conflict);
  EXPECT_EQ(*store->read("a", 0, 10), octets("one"));
}

TEST_P(AnyStore, AnErasedObjectIsGone) {
  ASSERT_TRUE(put("a", pattern(200'000)));
  ASSERT_TRUE(put("ab", octets("neighbour")));
  ASSERT_TRUE(store->erase("a"));
  EXPECT_EQ(store->read("a", 0, 10).error().code, Errc::not_found);
  EXPECT_TRUE(store->erase("a")) << "twice is no error";
  EXPECT_EQ(*store->read("ab", 0, 10), octets("neighbour"));
  EXPECT_TRUE(put("a", octets("other octets now")));
}

TEST_P(AnyStore, AnObjectOver16MebibytesOrWithoutAnAsciiNameIsRefused) {
  EXPECT_EQ(code(put("a", Bytes((16u << 20) + 1))), Errc::too_large);
  EXPECT_EQ(code(put("", {})), Errc::misuse);
  EXPECT_EQ(code(put("two words", {})), Errc::misuse);
  EXPECT_EQ(code(put(std::string(201, 'a'), {})), Errc::misuse);
  EXPECT_TRUE(put(std::string(200, 'a'), {}));
}

TEST_P(AnyStore, ACommitIsAllOrNothing) {
  ASSERT_TRUE(set("p", "there", "1"));
  const Commit refused{"p", {{"there", std::nullopt}}, {{"new", octets("x")}}};
  EXPECT_EQ(code(store->commit(refused)), Errc::conflict);
  EXPECT_EQ(get("p", "new"), std::nullopt);
  const Commit applied{"p",
                       {{"absent", std::nullopt}, {"there", octets("1")}},
                       {{"new", octets("x")}, {"there", std::nullopt}}};
  EXPECT_TRUE(store->commit(applied));
  EXPECT_EQ(get("p", "new"), "x");
  EXPECT_EQ(get("p", "there"), std::nullopt);
  EXPECT_EQ(code(store->commit(applied)), Errc::conflict);
}

TEST_P(AnyStore, AnEmptyValueIsAValue) {
  ASSERT_TRUE(set("p", "k", ""));
  EXPECT_EQ(get("p", "k"), "");
  EXPECT_EQ(code(store->commit({"p", {{"k", std::nullopt}}, {}})), Errc::conflict);
  EXPECT_TRUE(store->commit({"p", {{"k", Bytes()}}, {}}));
}

TEST_P(AnyStore, TheLastWriteOfAKeyInACommitCounts) {
  ASSERT_TRUE(
      store->commit({"p", {}, {{"k", octets("1")}, {"k", std::nullopt}, {"k", octets("2")}}}));
  EXPECT_EQ(get("p", "k"), "2");
}

TEST_P(AnyStore, KeysOfAnyOctetsAreInOrder) {
  const std::vector<std::string> all = {std::string("\0", 1),
                                        std::string("\0\0", 2),
                                        std::string("\0\1", 2),
                                        "a",
                                        std::string("a\0", 2),
                                        "ab",
                                        "b",
                                        "\x7F",
                                        "\x80",
                                        "\xFF",
                                        "\xFF\xFF"};
  std::vector<Write> writes;
  for (auto key = all.rbegin(); key != all.rend(); ++key) writes.push_back({*key, octets("v")});
  ASSERT_TRUE(store->commit({"p", {}, writes}));
  EXPECT_EQ(keys("p", ""), all);
  EXPECT_THAT(keys("p", "a"), ElementsAre("a", std::string("a\0", 2), "ab"));
  EXPECT_THAT(keys("p", "\xFF"), ElementsAre("\xFF", "\xFF\xFF"));
}

TEST_P(AnyStore, AScanIsPaged) {
  for (const char* key : {"a1", "a2", "a3", "a4", "b1"}) ASSERT_TRUE(set("p", key, "v"));
  EXPECT_THAT(keys("p", "a", "", 2), ElementsAre("a1", "a2"));
  EXPECT_THAT(keys("p", "a", "a2", 2), ElementsAre("a3", "a4"));
  EXPECT_THAT(keys("p", "a", "a4", 2), IsEmpty());
  EXPECT_THAT(keys("p", "b", "a4", 2), ElementsAre("b1")) << "after is before the prefix";
  EXPECT_THAT(keys("p", "a", "", 0), IsEmpty());
  EXPECT_THAT(keys("p", "a", "b"), IsEmpty());
}

TEST_P(AnyStore, PartitionsDoNotMix) {
  const std::string zero("p\0", 2);
  ASSERT_TRUE(set("p", "k", "1"));
  ASSERT_TRUE(set("pp", "k", "2"));
  ASSERT_TRUE(set(zero, "k", "3"));
  ASSERT_TRUE(set("\xFF", "k", "4"));
  EXPECT_EQ(get("p", "k"), "1");
  EXPECT_EQ(get(zero, "k"), "3");
  EXPECT_EQ(get("p", "pk"), std::nullopt);
  EXPECT_EQ(keys("p", "").size(), 1u);
  EXPECT_EQ(keys("\xFF", "").size(), 1u);
  EXPECT_THAT(keys("other", ""), IsEmpty());
}

TEST_P(AnyStore, LimitsOfACommitAreKept) {
  EXPECT_EQ(code(store->commit({"p", {}, {{"k", Bytes((4u << 20) + 1)}}})), Errc::too_large);
  EXPECT_EQ(code(store->commit({"", {}, {}})), Errc::misuse);
  EXPECT_EQ(code(set("p", "", "v")), Errc::misuse);
  EXPECT_EQ(code(set("p", std::string(201, 'k'), "v")), Errc::misuse);
  EXPECT_TRUE(set(std::string(200, 'p'), std::string(200, 'k'), "v"));
}

TEST_P(AnyStore, DerivedCommitsAreAppliedAndCarryNoConditions) {
  EXPECT_TRUE(
      store->commit_derived({{"p", {}, {{"a", octets("1")}}}, {"q", {}, {{"b", octets("2")}}}}));
  EXPECT_EQ(get("p", "a"), "1");
  EXPECT_EQ(get("q", "b"), "2");
  EXPECT_EQ(code(store->commit_derived({{"p", {{"a", std::nullopt}}, {}}})), Errc::misuse);
  EXPECT_TRUE(store->commit_derived({}));
}

TEST_P(AnyStore, OneOfManyThatWantTheSameKeyGetsIt) {
  for (int round = 0; round < 20; ++round) {
    const std::string key = "round" + std::to_string(round);
    std::atomic<int> winners{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const Commit commit{"p", {{key, std::nullopt}}, {{key, Bytes{std::uint8_t(i)}}}};
        if (store->commit(commit)) ++winners;
      });
    }
    threads.clear();
    EXPECT_EQ(winners, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(, AnyStore, testing::ValuesIn(kinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace perdura::archive
