#include "archive/object_names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "archive/content_form.hpp"
#include "archive/keyspace.hpp"
#include "archive/prepare.hpp"
#include "archive/put_ahead.hpp"
#include "archive/records.hpp"
#include "tests/archive/archive_fixture.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using Fault = MemoryStore::Fault;
using Call = MemoryStore::Call;

class ObjectNamesTest : public ArchiveTest {
 protected:
  // A record of documents that are small each and too many to wait in memory until it is whole.
  static RecordInput many_documents(unsigned count, unsigned seed, std::string key = "") {
    RecordInput input = record("0", noise(900'000, seed), std::move(key));
    for (unsigned i = 1; i < count; ++i) {
      input.documents.push_back(document(std::to_string(i), noise(900'000, seed + 1000 * i)));
    }
    return input;
  }

  // Packs and large contents that are there, by the token in their names.
  std::set<std::string> tokens_stored() const {
    std::set<std::string> tokens;
    for (const std::string& object : store.objects()) {
      const std::size_t slash = object.find('/');
      if (object.starts_with("pack/") || object.starts_with("large/")) {
        tokens.insert(object.substr(slash + 1, 32));
      }
    }
    return tokens;
  }
  // The same of all that records refer to.
  std::set<std::string> tokens_referred_to() const {
    std::set<std::string> tokens;
    const auto take = [&](const ContentReference& reference) {
      if (reference.location)
        tokens.insert(verifier::to_hex(*token_of(reference.location->object)));
    };
    const auto visit = [&](std::uint64_t, ByteView value) -> Result<bool> {
      const auto row = decode_deposit_row(value);
      EXPECT_TRUE(row);
      take(row->statement);
      for (const ContentReference& document : row->documents) take(document);
      return true;
    };
    const Journal& journal = archive->journal();
    EXPECT_TRUE(journal.scan(keys::deposit_prefix, 0, journal.head().size, visit));
    return tokens;
  }
  void expect_nothing_abandoned() {
    store.power_cut();
    open();
    EXPECT_EQ(tokens_stored(), tokens_referred_to());
    EXPECT_EQ(names_reserved(), 0u);
    expect_all_well("after opening again");
    ASSERT_TRUE(deposit(record("after", noise(2 << 20, 8))));
    EXPECT_EQ(tokens_stored(), tokens_referred_to());
  }
  std::size_t names_reserved() const {
    return store.scan(keys::archive_partition, keys::object_name_prefix, "", 1000)->size();
  }
};

TEST_F(ObjectNamesTest, AnArchiveThatIsClosedReservesNothing) {
  ASSERT_TRUE(deposit(record("a", noise(3 << 20, 1), "key")));
  ASSERT_TRUE(deposit(record("b", noise(3 << 20, 2))));
  EXPECT_GT(names_reserved(), 0u);
  archive.reset();
  EXPECT_EQ(names_reserved(), 0u);
}

TEST_F(ObjectNamesTest, ARecordThatIsHereAlreadyLeavesNoSecondObjects) {
  ASSERT_TRUE(deposit(record("a", noise(3 << 20, 1), "key")));
  const auto before = store.objects();
  ASSERT_TRUE(deposit(record("a", noise(3 << 20, 1), "key")));
  EXPECT_EQ(store.objects(), before) << "the same deposit sent again";
  ASSERT_TRUE(deposit(record("b", noise(3 << 20, 1))));
  EXPECT_EQ(store.objects().size(), before.size() + 1) << "a pack for the statement";
}

TEST_F(ObjectNamesTest, ARefusedRecordLeavesNoObjects) {
  RecordInput input = record("a", noise(3 << 20, 1));
  input.documents.push_back({"b", "", []() -> Result<Source> {
                               return Error{Errc::not_found, "is not there", "b", ""};
                             }});
  const auto before = store.objects();
  EXPECT_FALSE(deposit(std::move(input)));
  EXPECT_EQ(store.objects(), before);
}

TEST_F(ObjectNamesTest, ARecordOfManyDocumentsIsPutOnTheWayAndReferredTo) {
  const auto receipt = deposit(many_documents(30, 1));
  ASSERT_TRUE(receipt);
  EXPECT_GT(tokens_stored().size(), 7u) << "packs of at most 4 MiB";
  EXPECT_EQ(tokens_stored(), tokens_referred_to());
  expect_all_well("after a record of many documents");
  archive.reset();
  EXPECT_EQ(names_reserved(), 0u);
}

TEST_F(ObjectNamesTest, ARecordOfManyDocumentsWaitsInLittleMemory) {
  Preparer preparer(*archive, [](const NewDictionary&) -> Result<Ok> { return Ok{}; });
  const auto prepared = preparer.prepare(many_documents(40, 1));
  ASSERT_TRUE(prepared);
  std::size_t taken = 0;
  for (const SealedContent& content : prepared->documents) taken += content.octets.capacity();
  EXPECT_LE(taken, PutAhead::waiting_max);
  EXPECT_LE(prepared->footprint(), PutAhead::waiting_max + (64u << 10));
}

TEST_F(ObjectNamesTest, ARecordOfManyDocumentsThatAreHereAlreadyLeavesNoSecondObjects) {
  ASSERT_TRUE(deposit(many_documents(30, 1, "key")));
  const auto before = store.objects();
  ASSERT_TRUE(deposit(many_documents(30, 1, "key")));
  EXPECT_EQ(store.objects(), before) << "the same deposit sent again";
  ASSERT_TRUE(deposit(many_documents(30, 1)));
  EXPECT_EQ(store.objects().size(), before.size() + 1) << "a pack for the statement";
  EXPECT_FALSE(deposit(many_documents(30, 2, "key"))) << "the key of another deposit";
  EXPECT_EQ(store.objects().size(), before.size() + 1);
  std::vector<RecordInput> at_once;
  for (int i = 0; i < 2; ++i) at_once.push_back(many_documents(30, 3));
  for (const auto& receipt : deposit(std::move(at_once))) EXPECT_TRUE(receipt);
  EXPECT_EQ(tokens_stored(), tokens_referred_to()) << "two at once";
  RecordInput one_document = record("0", noise(900'000, 4));
  for (unsigned i = 1; i < 30; ++i) one_document.documents.push_back(one_document.documents[0]);
  const auto receipt = deposit(std::move(one_document));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(tokens_stored(), tokens_referred_to()) << "the same document 30 times";
  expect_all_well("after all of them");
}

TEST_F(ObjectNamesTest, ARefusedRecordOfManyDocumentsLeavesNoObjects) {
  RecordInput input = many_documents(30, 1);
  input.documents.push_back({"b", "", []() -> Result<Source> {
                               return Error{Errc::not_found, "is not there", "b", ""};
                             }});
  const auto before = store.objects();
  EXPECT_FALSE(deposit(std::move(input)));
  EXPECT_EQ(store.objects(), before);
}

TEST_F(ObjectNamesTest, ManyDepositsReserveNoMoreThanTheySettle) {
  for (unsigned i = 0; i < 300; ++i) ASSERT_TRUE(deposit(record(std::to_string(i), "x")));
  EXPECT_LE(names_reserved(), 200u);
}

// A process that dies at the n-th call of a kind: nothing is written after it.
struct Death {
  Call call;
  unsigned nth;
  Fault fault;
};

// While records of large documents, and of many small ones, are deposited.
class DeathOfADeposit : public ObjectNamesTest, public testing::WithParamInterface<Death> {};

TEST_P(DeathOfADeposit, LeavesNoObjectThatNothingRefersTo) {
  ASSERT_TRUE(deposit(record("before", noise(2 << 20, 9))));
  const auto [call, nth, fault] = GetParam();
  store.inject(call, nth, fault);
  for (unsigned n = 1; n <= 100; ++n) store.inject(Call::erase, n, Fault::not_done);
  for (unsigned i = 0; i < 3; ++i) {
    if (!deposit(record(std::to_string(i), noise(18 << 20, i)))) break;
  }
  expect_nothing_abandoned();
}

TEST_P(DeathOfADeposit, LeavesNoPackOfARecordOfManyDocuments) {
  ASSERT_TRUE(deposit(record("before", noise(2 << 20, 9))));
  const auto [call, nth, fault] = GetParam();
  store.inject(call, nth, fault);
  for (unsigned n = 1; n <= 100; ++n) store.inject(Call::erase, n, Fault::not_done);
  for (unsigned i = 0; i < 3; ++i) {
    if (!deposit(many_documents(15, i))) break;
  }
  expect_nothing_abandoned();
}

// clang-format off
constexpr Death deaths[] = {
    {Call::commit, 1, Fault::not_done},
    {Call::commit, 1, Fault::done},
    {Call::put,    1, Fault::not_done},
    {Call::put,    1, Fault::done},
    {Call::put,    2, Fault::done},
    {Call::put,    3, Fault::done},
    {Call::put,    4, Fault::not_done},
    {Call::put,    4, Fault::done},
    {Call::put,    5, Fault::done},
    {Call::put,    6, Fault::done},
    {Call::put,    8, Fault::not_done},
    {Call::commit, 2, Fault::not_done},
    {Call::commit, 2, Fault::done},
    {Call::commit, 3, Fault::not_done},
};
// clang-format on
INSTANTIATE_TEST_SUITE_P(, DeathOfADeposit, testing::ValuesIn(deaths));

TEST_F(ObjectNamesTest, AnErrorWhileErasingIsSaidAndRepeatedAtTheNextOpening) {
  store.inject(Call::put, 2, Fault::done);
  for (unsigned n = 1; n <= 3; ++n) store.inject(Call::erase, n, Fault::not_done);
  EXPECT_FALSE(deposit(record("a", noise(18 << 20, 1))));
  EXPECT_FALSE(tokens_stored().empty());
  store.power_cut();
  open();
  EXPECT_EQ(tokens_stored(), tokens_referred_to());
}

}  // namespace
}  // namespace perdura::archive
