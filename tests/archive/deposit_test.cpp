#include "archive/deposit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/commit_group.hpp"
#include "archive/keep_dictionary.hpp"
#include "archive/receipts.hpp"
#include "archive/records.hpp"
#include "tests/archive/archive_fixture.hpp"

namespace perdura::archive {
namespace {

using verifier::NoteVerifier;
using verifier::Verdict;
using Fault = MemoryStore::Fault;
using Call = MemoryStore::Call;

class Deposit : public ArchiveTest {};

TEST_F(Deposit, GivesBackEveryOctetOfASmallAndOfALargeDocument) {
  std::string large(5'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i * 31 >> 3);
  const auto small = deposit(record("a.txt", "hello"));
  const auto big = deposit(record("b.bin", large));
  const auto empty = deposit(record("empty", ""));
  ASSERT_TRUE(small && big && empty);
  EXPECT_EQ(read_back(*small), "hello");
  EXPECT_EQ(read_back(*big), large);
  EXPECT_EQ(read_back(*empty), "");
  expect_all_well("after three deposits");
}

TEST_F(Deposit, GivesAReceiptThatTheVerifierAccepts) {
  const auto receipt = deposit(record("a.txt", "hello"));
  ASSERT_TRUE(receipt);
  const auto log = NoteVerifier::from_vkey(archive->journal().key().vkey());
  ASSERT_TRUE(log);
  EXPECT_EQ(verifier::judge_receipt(*receipt, &*log).verdict(), Verdict::passed);
}

TEST_F(Deposit, GivesTheSameReceiptAgainOctetForOctet) {
  const auto first = deposit(record("a.txt", "one", "key 1"));
  ASSERT_TRUE(first);
  ASSERT_TRUE(deposit(record("b.txt", "two")));
  const auto again = deposit(record("a.txt", "one", "key 1"));
  ASSERT_TRUE(again);
  EXPECT_EQ(write_receipt(*again), write_receipt(*first));
  open();
  const auto later = deposit(record("a.txt", "one", "key 1"));
  ASSERT_TRUE(later);
  EXPECT_EQ(write_receipt(*later), write_receipt(*first));
  EXPECT_EQ(archive->journal().head().records, 2u);
}

TEST_F(Deposit, GivesOneReceiptForOneKeyWithinOneGroup) {
  std::vector<RecordInput> twice;
  for (int i = 0; i < 20; ++i) twice.push_back(record("a.txt", "one", "key 1"));
  const auto receipts = deposit(std::move(twice));
  for (const auto& receipt : receipts) {
    ASSERT_TRUE(receipt);
    EXPECT_EQ(write_receipt(*receipt), write_receipt(*receipts[0]));
  }
  EXPECT_EQ(archive->journal().head().records, 1u);
}

TEST_F(Deposit, RefusesAKeyThatWasUsedForAnotherDeposit) {
  const auto of_patient = [](std::string content, std::string patient) {
    RecordInput input = record("a.txt", std::move(content), "key 1");
    input.metadata.patient = {std::move(patient), ""};
    return input;
  };
  const auto refused = [&](std::vector<RecordInput> records) {
    const auto receipts = deposit(std::move(records));
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      ASSERT_FALSE(receipts[i]) << i;
      EXPECT_EQ(receipts[i].error().code, verifier::Errc::conflict);
      EXPECT_THAT(receipts[i].error().what, testing::HasSubstr("idempotency key"));
    }
  };
  const auto others = [&] {
    std::vector<RecordInput> inputs;
    inputs.push_back(of_patient("two", "4711"));
    inputs.push_back(of_patient(std::string(3'000'000, 'y'), "4711"));
    inputs.push_back(of_patient("one", "4712"));
    inputs.push_back(of_patient("one", "4711"));
    inputs.back().documents.push_back(document("b.txt", "two"));
    return inputs;
  };
  // Within one group: whichever comes first has the key.
  const auto receipts = deposit(others());
  EXPECT_EQ(std::ranges::count_if(receipts, [](const auto& one) { return bool(one); }), 1);
  open();
  ASSERT_TRUE(deposit(record("c.txt", "one")));
  const std::size_t objects = store.objects().size();
  std::vector<RecordInput> again;
  again.push_back(of_patient("three", "4711"));
  again.push_back(of_patient(std::string(3'000'000, 'z'), "4711"));
  refused(std::move(again));
  EXPECT_EQ(archive->journal().head().records, 2u);
  EXPECT_EQ(store.objects().size(), objects);
  expect_all_well("after the refusals");
}

TEST_F(Deposit, FindsWhatADeadProcessDidNotIndexWhenReadingOnly) {
  std::vector<std::string> ids;
  for (const char* content : {"one", "two"}) {
    RecordInput input = record("a.txt", content);
    input.metadata.patient = {"4711", ""};
    const auto receipt = deposit(std::move(input));
    ASSERT_TRUE(receipt);
    ids.push_back(receipt->record);
  }
  store.power_cut();
  open(OpenMode::read_only);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = find_record(*archive, ids[i].substr(0, 12));
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_EQ(*found, i);
  }
  Selection of_patient;
  of_patient.patient = "4711";
  std::vector<std::uint64_t> visited;
  EXPECT_TRUE(for_each_record(*archive, of_patient, [&](std::uint64_t index, const DepositRow&) {
    visited.push_back(index);
    return Result<bool>(true);
  }));
  EXPECT_EQ(visited, (std::vector<std::uint64_t>{0, 1}));
}

TEST_F(Deposit, StoresTheSameDocumentOnce) {
  const std::string large(3'000'000, 'y');
  for (const std::string& content : {std::string("same"), large}) {
    const auto first = deposit(record("a", content));
    const std::uint64_t contents = archive->journal().head().contents;
    const std::size_t objects = store.objects().size();
    const auto second = deposit(record("b", content));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(archive->journal().head().contents, contents + 1);  // the statement alone
    EXPECT_EQ(store.objects().size(), objects + 1);               // the pack that it lies in
    EXPECT_EQ(read_back(*second), content);
  }
}

TEST_F(Deposit, KeepsSeveralDocumentsInOneRecord) {
  RecordInput input = record("a.txt", "one");
  input.documents.push_back(document("b.txt", "two"));
  input.documents.push_back(document("c.txt", "one"));
  const auto receipt = deposit(std::move(input));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(read_back(*receipt, 1), "two");
  EXPECT_EQ(read_back(*receipt, 2), "one");
  EXPECT_EQ(archive->journal().head().contents, 3u);
}

TEST_F(Deposit, RefusesARecordOfMoreDocumentsThanAStatementHoldsBeforeItReadsAny) {
  RecordInput input = record("0", "x");
  bool opened = false;
  input.documents[0].open = [&]() -> Result<Source> {
    opened = true;
    return Error{Errc::io, "", "", ""};
  };
  input.documents.resize(10'000, input.documents[0]);
  const auto refused = deposit(std::move(input));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, verifier::Errc::too_large);
  EXPECT_FALSE(opened);
}

TEST_F(Deposit, CommitsSeveralRecordsOfTheMostDocumentsThatThereCanBe) {
  Preparer preparer(*archive, [](const NewDictionary&) -> Result<Ok> { return Ok{}; });
  std::vector<PreparedRecord> records;
  for (int i = 0; i < 5; ++i) {
    RecordInput input = record("0", std::to_string(i));
    for (int k = 1; k < 9'999; ++k) {
      input.documents.push_back(document("x", std::to_string(i) + "." + std::to_string(k)));
    }
    auto prepared = preparer.prepare(input);
    ASSERT_TRUE(prepared) << to_string(prepared.error());
    records.push_back(*std::move(prepared));
  }
  for (const auto& receipt : commit_group(*archive, std::move(records)).receipts) {
    EXPECT_TRUE(receipt) << to_string(receipt.error());
  }
}

TEST_F(Deposit, KeepsEveryDictionaryOfAMediaType) {
  std::vector<Digest> addresses;
  for (const std::string_view tail : {"one", "two"}) {
    // Any octets behind zstd's magic number and an identifier are a dictionary's content.
    Bytes bytes{0x37, 0xA4, 0x30, 0xEC, 1, 2, 3, 4};
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    addresses.push_back(verifier::hash(DigestAlgorithm::sha256, bytes));
    const auto kept = keep_dictionary(*archive, {"text/x-test", bytes});
    ASSERT_TRUE(kept) << to_string(kept.error());
  }
  open();
  for (const Digest& address : addresses) {
    DictionaryId id{};
    std::ranges::copy(address.view().first(id.size()), id.begin());
    EXPECT_NE(archive->dictionaries().find(id), nullptr);
  }
  EXPECT_EQ(archive->dictionaries().current("text/x-test")->address(), addresses.back());
}

TEST_F(Deposit, RefusesOneRecordAndTakesTheOthers) {
  std::vector<RecordInput> records;
  records.push_back(record("a", "one"));
  records.push_back(record("bad\x01name", "two"));
  records.push_back(record("c", "three"));
  std::size_t stored = 0;
  for (const auto& receipt : deposit(std::move(records))) {
    if (receipt) {
      ++stored;
    } else {
      EXPECT_EQ(receipt.error().code, Errc::misuse);
    }
  }
  EXPECT_EQ(stored, 2u);
  expect_all_well("after one refusal");
}

TEST_F(Deposit, FindsRecordsByPatientTypeDepositorAndTime) {
  RecordInput input = record("a", "one");
  input.metadata.patient = {"4711", "urn:a"};
  input.metadata.record_type = "discharge";
  input.metadata.event_time = verifier::parse_time("2041-06-01");
  ASSERT_TRUE(deposit(std::move(input)));
  ASSERT_TRUE(deposit(record("b", "two")));
  const auto count = [&](const Selection& selection) {
    std::size_t found = 0;
    EXPECT_TRUE(for_each_record(*archive, selection, [&](std::uint64_t, const DepositRow&) {
      ++found;
      return Result<bool>(true);
    }));
    return found;
  };
  Selection by;
  EXPECT_EQ(count(by), 2u);
  by.patient = "4711";
  EXPECT_EQ(count(by), 1u);
  by.patient_issuer = "urn:b";
  EXPECT_EQ(count(by), 0u);
  by = {};
  by.record_type = "discharge";
  EXPECT_EQ(count(by), 1u);
  by = {};
  by.depositor = "tester";
  EXPECT_EQ(count(by), 2u);
  by.from = verifier::parse_time("2041-01-01");
  EXPECT_EQ(count(by), 1u);
  by.to = verifier::parse_time("2041-06-01");
  EXPECT_EQ(count(by), 0u);
}

TEST_F(Deposit, StopsVisitingWhereTheVisitorSaysAndHandsItsErrorOn) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(deposit(record("a", "content " + std::to_string(i))));
  std::size_t seen = 0;
  EXPECT_TRUE(for_each_record(
      *archive, {}, [&](std::uint64_t, const DepositRow&) { return Result<bool>(++seen < 2); }));
  EXPECT_EQ(seen, 2u);
  const auto failed = for_each_record(*archive, {}, [](std::uint64_t, const DepositRow&) {
    return Result<bool>(Error{Errc::io, "enough", "", ""});
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "enough");
}

TEST_F(Deposit, CrossesATileOfTheJournal) {
  std::vector<RecordInput> records;
  for (int i = 0; i < 300; ++i) records.push_back(record("a", "content " + std::to_string(i)));
  for (const auto& receipt : deposit(std::move(records))) ASSERT_TRUE(receipt);
  open();
  ASSERT_TRUE(deposit(record("z", "after")));
  expect_all_well("after a full tile");
}

// A call of the store that fails at the n-th time, in one of three ways.
struct StoreFault {
  const char* name;
  Call call;
  unsigned nth;
  Fault fault;
};

class DepositFault : public Deposit, public testing::WithParamInterface<StoreFault> {};

TEST_P(DepositFault, LosesNothingAcknowledgedAndStoresNothingTwice) {
  ASSERT_TRUE(deposit(record("before", "before")));
  const auto [name, call, nth, fault] = GetParam();
  store.inject(call, nth, fault);
  std::vector<std::string> acknowledged;
  const auto deposit_keyed = [&](int i) {
    return deposit(record("n" + std::to_string(i), "content " + std::to_string(i),
                          "key " + std::to_string(i)));
  };
  for (int i = 0; i < 4; ++i) {
    if (const auto receipt = deposit_keyed(i)) acknowledged.push_back(receipt->record);
  }
  store.power_cut();
  open();
  expect_all_well(name);
  for (const std::string& record : acknowledged) EXPECT_TRUE(find_record(*archive, record));
  // The depositor tries all of them again, and has each of them once.
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(deposit_keyed(i));
  EXPECT_EQ(archive->journal().head().records, 5u);
  expect_all_well(name);
}

// clang-format off
constexpr StoreFault store_faults[] = {
    {"put_not_done",              Call::put,            1, Fault::not_done},
    {"put_result_lost",           Call::put,            1, Fault::done},
    {"put_partly",                Call::put,            2, Fault::partly},
    {"commit_not_done",           Call::commit,         1, Fault::not_done},
    {"commit_result_lost",        Call::commit,         1, Fault::done},
    {"second_commit_not_done",    Call::commit,         2, Fault::not_done},
    {"second_commit_result_lost", Call::commit,         2, Fault::done},
    {"derived_not_done",          Call::commit_derived, 1, Fault::not_done},
    {"derived_result_lost",       Call::commit_derived, 1, Fault::done},
    {"derived_partly",            Call::commit_derived, 2, Fault::partly},
    {"get_fails",                 Call::get,            2, Fault::not_done},
};
// clang-format on
INSTANTIATE_TEST_SUITE_P(, DepositFault, testing::ValuesIn(store_faults),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(Deposit, StopsWhenTheArchiveFailsAndReadsNoMore) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{2} << 20}) {
    ASSERT_TRUE(deposit(record("before", "before " + std::to_string(size))));
    store.refuse_writes(true);
    std::atomic<unsigned> opened = 0;
    unsigned unavailable = 0;
    std::mutex mutex;
    Deposits deposits(*archive, 2);
    for (int i = 0; i < 3000; ++i) {
      RecordInput input = record("a", std::to_string(i) + std::string(size, 'x'));
      input.documents[0].open = [&opened, open = input.documents[0].open] {
        ++opened;
        return open();
      };
      deposits.deposit(std::move(input), [&](const Result<verifier::Receipt>& receipt) {
        const std::lock_guard lock(mutex);
        if (!receipt && receipt.error().code == verifier::Errc::unavailable) ++unavailable;
      });
    }
    const auto finished = deposits.finish();
    EXPECT_TRUE(deposits.stopped());
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, verifier::Errc::io);
    EXPECT_EQ(unavailable, 3000u);
    EXPECT_LT(opened, 2500u);
    store.refuse_writes(false);
    open();
  }
  expect_all_well("after the failures");
}

TEST_F(Deposit, GoesOnAfterAFileThatCantBeReadToItsEnd) {
  std::vector<RecordInput> inputs;
  for (int i = 0; i < 50; ++i) inputs.push_back(record("a", std::to_string(i)));
  inputs[10].documents[0].open = []() -> Result<Source> {
    return Source([](std::span<std::uint8_t>) -> Result<std::size_t> {
      return Error{verifier::Errc::io, "input/output error", "a", ""};
    });
  };
  const auto receipts = deposit(std::move(inputs));
  EXPECT_EQ(std::ranges::count_if(receipts, [](const auto& one) { return bool(one); }), 49);
}

TEST_F(Deposit, GoesOnAfterAFullDiskWasMended) {
  ASSERT_TRUE(deposit(record("before", "before")));
  store.refuse_writes(true);
  EXPECT_FALSE(deposit(record("a", "one")));
  store.refuse_writes(false);
  open();
  EXPECT_TRUE(deposit(record("a", "one")));
  expect_all_well("after a full disk");
}

TEST_F(Deposit, CheckNamesTheRecordWhoseStoredOctetsWereAltered) {
  const auto receipt = deposit(record("a.txt", std::string(5000, 'a')));
  ASSERT_TRUE(receipt);
  const auto index = find_record(*archive, receipt->record);
  ASSERT_TRUE(index);
  const auto row = deposit_row(archive->journal(), *index);
  ASSERT_TRUE(row);
  const ContentLocation& at = *row->documents[0].location;
  store.flip_bit(at.object, at.offset + at.stored_length / 2, 3);
  const auto found = problems();
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found[0].subject.find(receipt->record), std::string::npos);
  EXPECT_NE(found[0].what.find("a.txt"), std::string::npos);
}

}  // namespace
}  // namespace perdura::archive
