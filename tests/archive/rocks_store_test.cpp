// What only a store on disk can show: reopening, sharing, versions, damage, full disks.
#include "archive/rocks_store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "tests/archive/octets.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;
using verifier::as_bytes;

class RocksStoreTest : public testing::Test {
 protected:
  void SetUp() override { store = *open_rocks_store(place, OpenMode::create); }

  void reopen() {
    store.reset();
    auto opened = open_rocks_store(place, OpenMode::existing);
    ASSERT_TRUE(opened) << to_string(opened.error());
    store = *std::move(opened);
  }
  Error refused(OpenMode mode) {
    const auto opened = open_rocks_store(place, mode);
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
  std::filesystem::path segment(int number) const {
    return place / ("0000000" + std::to_string(number) + ".segment");
  }
  // All rows of a family as the closed store has them, in hex.
  std::vector<std::string> rows(std::size_t family) {
    std::vector<std::string> out;
    with_families([&](rocksdb::DB& db, const auto& handles) {
      const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator({}, handles[family]));
      for (row->SeekToFirst(); row->Valid(); row->Next()) {
        out.push_back(verifier::to_hex(as_bytes(row->key().ToStringView())) + " " +
                      verifier::to_hex(as_bytes(row->value().ToStringView())));
      }
    });
    return out;
  }
  using Families = std::vector<rocksdb::ColumnFamilyHandle*>;
  void with_database(const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& act) {
    with_families([&](rocksdb::DB& db, const Families& handles) { act(db, handles[0]); });
  }
  // Opens the closed store as another program would.
  void with_families(const std::function<void(rocksdb::DB&, const Families&)>& act) {
    store.reset();
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {"default", {}}, {"objects", {}}, {"index", {}}};
    ASSERT_TRUE(rocksdb::DB::Open({}, place.string(), families, &handles, &db).ok());
    act(*db, handles);
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }

  TemporaryFolder folder;
  std::filesystem::path place = folder.path() / "store";
  std::unique_ptr<Store> store;
};

// While it lives no file may grow beyond `size` octets: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(RocksStoreTest, EverythingIsThereAfterReopening) {
  const Bytes large(3 * mebi, 7);
  ASSERT_TRUE(store->put({{"small", octets("few")}}));
  ASSERT_TRUE(store->put({{"large", large}}));
  ASSERT_TRUE(store->commit({"p", {}, {{"k", octets("v")}}}));
  ASSERT_TRUE(store->commit_derived({{"p", {}, {{"d", octets("w")}}}}));
  reopen();
  EXPECT_EQ(*store->read("small", 0, 100), octets("few"));
  EXPECT_EQ(*store->read("large", 0, 4 * mebi), large);
  EXPECT_EQ(*store->get("p", "k"), octets("v"));
  EXPECT_EQ(*store->get("p", "d"), octets("w"));
}

TEST_F(RocksStoreTest, ReadingMostOfItOnceReadsTheSame) {
  std::vector<Object> objects;
  for (std::size_t i = 0; i < 9; ++i) {
    objects.push_back({"object/" + std::to_string(i), Bytes(i * mebi / 2 + i)});
    verifier::Bytes& value = objects.back().octets;
    for (std::size_t at = 0; at < value.size(); ++at) {
      value[at] = static_cast<std::uint8_t>(at / 4096 + i);
    }
  }
  ASSERT_TRUE(store->put(objects));
  ASSERT_TRUE(store->put({{"small", octets("few")}}));
  const auto reader = open_rocks_store(place, OpenMode::read_once);
  ASSERT_TRUE(reader) << to_string(reader.error());
  for (const Object& object : objects) {
    EXPECT_EQ(*(*reader)->read(object.name, 0, Store::object_size_max), object.octets);
    const auto end = (*reader)->read(object.name, object.octets.size() / 2, mebi);
    EXPECT_TRUE(std::equal(end->begin(), end->end(),
                           object.octets.begin() + static_cast<long>(object.octets.size() / 2)));
  }
  EXPECT_EQ(*(*reader)->read("small", 0, 100), octets("few"));
  EXPECT_EQ((*reader)->commit({"p", {}, {{"k", octets("v")}}}).error().code, Errc::conflict);
}

// The example of archive/formats/store.md.
TEST_F(RocksStoreTest, RowsLieAsTheFormatDocumentSays) {
  ASSERT_TRUE(store->put({{"small", octets("few")}}));
  ASSERT_TRUE(store->put({{"large/1", Bytes(70'000, 1)}, {"large/2", Bytes(5, 2)}}));
  ASSERT_TRUE(store->commit({"records", {}, {{"key", octets("value")}}}));
  EXPECT_THAT(rows(0), testing::ElementsAre("666f726d6174 31",
                                            "7365676d656e74732d656e64 000000010000000000013000"));
  EXPECT_THAT(rows(1), testing::ElementsAre("6c617267652f31 0100000001000000000000100000011170",
                                            "6c617267652f32 0100000001000000000001217000000005",
                                            "736d616c6c 00666577"));
  EXPECT_THAT(rows(2), testing::ElementsAre("077265636f7264736b6579 76616c7565"));
  std::ifstream file(segment(1), std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(all.substr(0, 9), "PERDSEGM\1");
  EXPECT_EQ(all.substr(4096, 70'000), std::string(70'000, '\1'));
  EXPECT_EQ(all.substr(74'096, 5), std::string(5, '\2'));
  EXPECT_EQ(all.size(), 0x13000u);
}

TEST_F(RocksStoreTest, SegmentsGrowOnAfterReopening) {
  for (int round = 0; round < 3; ++round) {
    const Bytes value(mebi + 5, static_cast<std::uint8_t>(round));
    ASSERT_TRUE(store->put({{"object/" + std::to_string(round), value}}));
    reopen();
  }
  EXPECT_FALSE(std::filesystem::exists(segment(2))) << "one segment is enough";
  for (int round = 0; round < 3; ++round) {
    const auto back = store->read("object/" + std::to_string(round), 0, 2 * mebi);
    EXPECT_EQ(*back, Bytes(mebi + 5, static_cast<std::uint8_t>(round)));
  }
  EXPECT_LT(std::filesystem::file_size(segment(1)), 4 * mebi) << "nothing is allocated for good";
}

TEST_F(RocksStoreTest, WhatWasNotCommittedIsCutOff) {
  ASSERT_TRUE(store->put({{"first", Bytes(mebi, 1)}}));
  store.reset();
  std::ofstream(segment(1), std::ios::app) << std::string(100'000, 'x');
  std::ofstream(segment(2)) << "made, but nothing of it committed";
  reopen();
  ASSERT_TRUE(store->put({{"second", Bytes(mebi, 2)}}));
  EXPECT_EQ(*store->read("first", 0, 2 * mebi), Bytes(mebi, 1));
  EXPECT_EQ(*store->read("second", 0, 2 * mebi), Bytes(mebi, 2));
}

TEST_F(RocksStoreTest, ASegmentThatIsCutShortIsDamage) {
  ASSERT_TRUE(store->put({{"object", Bytes(mebi, 1)}}));
  store.reset();
  std::filesystem::resize_file(segment(1), mebi / 2);
  EXPECT_THAT(to_string(refused(OpenMode::existing)), HasSubstr("cut short"));
  std::filesystem::remove(segment(1));
  EXPECT_THAT(to_string(refused(OpenMode::existing)), HasSubstr("missing"));
}

TEST_F(RocksStoreTest, WithoutTheFileThatNamesTheOthersIsDamage) {
  store.reset();
  std::filesystem::remove(place / "CURRENT");
  EXPECT_THAT(to_string(refused(OpenMode::existing)), HasSubstr("damaged"));
  EXPECT_THAT(to_string(refused(OpenMode::read_only)), HasSubstr("damaged"));
}

TEST_F(RocksStoreTest, AnErasedObjectLeavesNoOctetsBehind) {
  ASSERT_TRUE(store->put({{"a", Bytes(100'000, 'A')}, {"b", Bytes(100'000, 'B')}}));
  ASSERT_TRUE(store->erase("a"));
  EXPECT_EQ(*store->read("b", 0, mebi), Bytes(100'000, 'B'));
  store.reset();
  std::ifstream file(segment(1), std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(std::ranges::count(all, 'B'), 100'000);
  EXPECT_EQ(std::ranges::count(all, 'A'), 0);
}

TEST_F(RocksStoreTest, IsRefusedWhileThisProcessHasItOpen) {
  const Error error = refused(OpenMode::existing);
  EXPECT_EQ(error.code, Errc::busy);
  EXPECT_THAT(error.what, HasSubstr("another process has the store open"));
}

TEST_F(RocksStoreTest, IsRefusedWhileAnotherProcessHasItOpen) {
  store.reset();
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const int file = open((place / "LOCK").c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    const char done = fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (write(ready[1], &done, 1) == 1) pause();
    _exit(0);
  }
  char done = 0;
  ASSERT_EQ(read(ready[0], &done, 1), 1);
  EXPECT_EQ(done, 'y');
  const Error error = refused(OpenMode::existing);
  EXPECT_EQ(error.code, Errc::busy);
  EXPECT_THAT(error.hint, HasSubstr("perdura"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  reopen();
}

// Cuts the file of the closed store whose name ends so to a part of its length.
void cut(const std::filesystem::path& folder, const std::string& ending, double part) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(ending) && !name.ends_with(ending)) continue;
    const auto size = static_cast<double>(entry.file_size());
    std::filesystem::resize_file(entry.path(), static_cast<std::uintmax_t>(size * part));
  }
}

TEST_F(RocksStoreTest, LosingTheEndOfItsLogIsNoticedAndMakesNothingWorse) {
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(store->commit({"p", {}, {{key, octets("value")}}}));
  }
  store.reset();
  const std::filesystem::path whole = folder.path() / "whole";
  std::filesystem::copy(place, whole);
  for (const auto& [file, part] : std::vector<std::pair<std::string, double>>{
           {".log", 0}, {".log", 0.5}, {".log", 0.99}, {"MANIFEST", 0.99}}) {
    cut(place, file, part);
    for (const OpenMode mode : {OpenMode::existing, OpenMode::read_only}) {
      EXPECT_THAT(refused(mode).what, HasSubstr("damaged")) << file << part;
    }
    // What was damaged is brought back alone: nothing else has changed.
    for (const auto& entry : std::filesystem::directory_iterator(whole)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(file) && !name.ends_with(file)) continue;
      std::filesystem::copy_file(entry.path(), place / name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    const auto opened = open_rocks_store(place, OpenMode::read_only);
    ASSERT_TRUE(opened) << file << part << to_string(opened.error());
    EXPECT_EQ((*opened)->get("p", "c")->value(), octets("value"));
  }
}

TEST_F(RocksStoreTest, GoesOnWithWhatIsLeftWhenToldTo) {
  ASSERT_TRUE(store->commit({"p", {}, {{"a", octets("value")}}}));
  reopen();
  ASSERT_TRUE(store->commit({"p", {}, {{"b", octets("value")}}}));
  store.reset();
  cut(place, ".log", 0);
  EXPECT_THAT(refused(OpenMode::existing).hint, HasSubstr("written"));
  std::filesystem::remove(place / "written");
  reopen();
  EXPECT_TRUE(store->get("p", "a")->has_value());
  EXPECT_FALSE(store->get("p", "b")->has_value());
}

TEST_F(RocksStoreTest, AMarkThatIsNoneIsPassedOver) {
  ASSERT_TRUE(store->commit({"p", {}, {{"a", octets("value")}}}));
  store.reset();
  for (const std::string& text :
       {std::string(), std::string(42, '\0'), std::string("99999999999999999999 9"),
        std::string("00000000000000000099 00000000000000000098\n"), std::string(1000, '9')}) {
    std::ofstream(place / "written", std::ios::binary) << text;
    reopen();
    store.reset();
  }
}

TEST_F(RocksStoreTest, IsReadBesideAProcessThatWrites) {
  ASSERT_TRUE(store->put({{"large", Bytes(mebi, 1)}}));
  ASSERT_TRUE(store->commit({"p", {}, {{"k", octets("1")}}}));
  const auto reader = open_rocks_store(place, OpenMode::read_only);
  ASSERT_TRUE(reader) << to_string(reader.error());
  ASSERT_TRUE(store->commit({"p", {}, {{"k", octets("2")}}}));
  EXPECT_EQ(*(*reader)->get("p", "k"), octets("1")) << "as it was when it was opened";
  EXPECT_EQ(*(*reader)->read("large", 0, 2 * mebi), Bytes(mebi, 1));
  EXPECT_EQ((*reader)->commit({"p", {}, {}}).error().code, Errc::conflict);
  EXPECT_EQ((*reader)->put({{"a", {}}}).error().code, Errc::conflict);
  EXPECT_EQ((*reader)->put({{"a", Bytes(mebi)}}).error().code, Errc::conflict);
  EXPECT_EQ((*reader)->erase("large").error().code, Errc::conflict);
}

TEST_F(RocksStoreTest, ANewerVersionIsNotTouched) {
  with_database(
      [](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) { db.Put({}, meta, "format", "2"); });
  const Error error = refused(OpenMode::existing);
  EXPECT_EQ(error.code, Errc::unsupported);
  EXPECT_THAT(error.what, HasSubstr("version 2"));
  with_database([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle*) {
    rocksdb::ColumnFamilyHandle* future = nullptr;
    db.CreateColumnFamily({}, "future", &future);
    db.DestroyColumnFamilyHandle(future);
  });
  EXPECT_EQ(refused(OpenMode::existing).code, Errc::unsupported);
}

TEST_F(RocksStoreTest, MakingItThatWasCutShortShows) {
  with_database(
      [](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) { db.Delete({}, meta, "format"); });
  const Error error = refused(OpenMode::existing);
  EXPECT_EQ(error.code, Errc::malformed);
  EXPECT_THAT(error.what, HasSubstr("incomplete"));
}

TEST_F(RocksStoreTest, IsNotMadeWhereSomethingIs) {
  store.reset();
  EXPECT_EQ(refused(OpenMode::create).code, Errc::conflict);
  reopen();
}

TEST_F(RocksStoreTest, WhatIsNoStoreIsNotFound) {
  place = folder.path() / "nowhere";
  EXPECT_EQ(refused(OpenMode::existing).code, Errc::not_found);
  std::filesystem::create_directory(place);
  std::ofstream(place / "letter.txt") << "hello";
  EXPECT_EQ(refused(OpenMode::existing).code, Errc::not_found);
  EXPECT_EQ(refused(OpenMode::read_only).code, Errc::not_found);
  EXPECT_EQ(refused(OpenMode::create).code, Errc::conflict);
}

TEST_F(RocksStoreTest, ADatabaseOfAnotherProgramIsRefused) {
  place = folder.path() / "other";
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, place.string(), &db).ok());
  delete db;
  EXPECT_EQ(refused(OpenMode::existing).code, Errc::malformed);
}

TEST_F(RocksStoreTest, APutThatDoesNotFitLeavesTheStoreAsItWas) {
  ASSERT_TRUE(store->put({{"first", Bytes(mebi, 1)}}));
  {
    const FullDisk full(40 * mebi);
    const auto put = store->put({{"second", Bytes(15 * mebi, 2)},
                                 {"third", Bytes(15 * mebi, 2)},
                                 {"fourth", Bytes(15 * mebi, 2)}});
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, Errc::io);
  }
  EXPECT_EQ(store->read("second", 0, 1).error().code, Errc::not_found);
  EXPECT_TRUE(store->put({{"second", Bytes(mebi, 2)}})) << "there is space again";
  reopen();
  EXPECT_EQ(*store->read("first", 0, 2 * mebi), Bytes(mebi, 1));
  EXPECT_EQ(*store->read("second", 0, 2 * mebi), Bytes(mebi, 2));
}

TEST_F(RocksStoreTest, NothingIsWrittenBehindACommitThatFailed) {
  ASSERT_TRUE(store->commit({"p", {}, {{"before", octets("v")}}}));
  {
    const FullDisk full(1);
    EXPECT_EQ(store->commit({"p", {}, {{"lost", Bytes(100'000)}}}).error().code, Errc::io);
  }
  const auto later = store->commit({"p", {}, {{"later", octets("v")}}});
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().what, HasSubstr("an earlier write failed"));
  EXPECT_FALSE(store->put({{"large", Bytes(mebi)}}));
  EXPECT_EQ(*store->get("p", "before"), octets("v")) << "reading goes on";
  reopen();
  EXPECT_EQ(*store->get("p", "before"), octets("v"));
  EXPECT_TRUE(store->commit({"p", {}, {{"later", octets("v")}}}));
}

}  // namespace
}  // namespace perdura::archive
