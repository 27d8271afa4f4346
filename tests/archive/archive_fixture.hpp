// An archive over a MemoryStore that outlives it: so that it can be closed, or die, and be opened
// again.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "archive/archive.hpp"
#include "archive/deposit.hpp"
#include "archive/integrity_check.hpp"
#include "archive/local_tsa.hpp"
#include "archive/memory_store.hpp"
#include "archive/receipts.hpp"
#include "archive/records.hpp"
#include "archive/seal.hpp"

namespace perdura::archive {

// Forwards to a store that somebody else owns.
class BorrowedStore final : public Store {
 public:
  explicit BorrowedStore(Store& store) : store_(store) {}
  Result<Ok> put(std::vector<Object> objects) override { return store_.put(std::move(objects)); }
  Result<Bytes> read(const std::string& object, std::uint64_t offset,
                     std::uint64_t length) const override {
    return store_.read(object, offset, length);
  }
  Result<Ok> erase(const std::string& object) override { return store_.erase(object); }
  Result<Ok> commit(const Commit& commit) override { return store_.commit(commit); }
  Result<Ok> commit_derived(const std::vector<Commit>& commits) override {
    return store_.commit_derived(commits);
  }
  Result<std::optional<Bytes>> get(const std::string& partition,
                                   const std::string& key) const override {
    return store_.get(partition, key);
  }
  Result<std::vector<Row>> scan(const std::string& partition, const std::string& prefix,
                                const std::string& after, std::size_t limit) const override {
    return store_.scan(partition, prefix, after, limit);
  }

 private:
  Store& store_;
};

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() {
    std::string name = (std::filesystem::temp_directory_path() / "perdura-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    EXPECT_TRUE(create_local_tsa(folder / "tsa", "Test", clock));
    const Bytes seed(32, 7);
    EXPECT_TRUE(KeyVault::create(folder / "keys", {}, {{"log-key-seed", seed}}));
    open();
  }
  ~ArchiveTest() override {
    archive.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  // Opens the archive anew, as after the death of the process.
  void open(OpenMode mode = OpenMode::existing) {
    archive.reset();
    auto vault = KeyVault::open(folder / "keys", nullptr);
    ASSERT_TRUE(vault);
    auto opened = Archive::assemble(folder, config, *std::move(vault),
                                    std::make_unique<BorrowedStore>(store), mode, *lives_by);
    ASSERT_TRUE(opened) << to_string(opened.error());
    archive = *std::move(opened);
  }

  // Octets that do not shrink, others for each seed.
  static std::string noise(std::size_t size, unsigned seed) {
    std::string out(size, '\0');
    std::uint32_t state = seed * 2654435761u + 1;
    for (char& octet : out) {
      state = state * 1664525 + 1013904223;
      octet = static_cast<char>(state >> 24);
    }
    return out;
  }

  static DocumentInput document(std::string name, std::string content) {
    return {std::move(name), "", [content = std::move(content)]() -> Result<Source> {
              return Source([content, at = std::size_t{0}](
                                std::span<std::uint8_t> into) mutable -> Result<std::size_t> {
                const std::size_t size = std::min(into.size(), content.size() - at);
                std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(at), size, into.begin());
                at += size;
                return size;
              });
            }};
  }
  static RecordInput record(std::string name, std::string content, std::string key = "") {
    RecordInput input;
    input.documents.push_back(document(std::move(name), std::move(content)));
    input.depositor = "tester";
    input.idempotency_key = std::move(key);
    return input;
  }

  std::vector<Result<verifier::Receipt>> deposit(std::vector<RecordInput> records) {
    std::vector<Result<verifier::Receipt>> receipts;
    std::mutex mutex;
    Deposits deposits(*archive, 2);
    for (RecordInput& input : records) {
      deposits.deposit(std::move(input), [&](const Result<verifier::Receipt>& receipt) {
        const std::lock_guard lock(mutex);
        receipts.push_back(receipt);
      });
    }
    const auto finished = deposits.finish();
    EXPECT_NE(bool(finished), deposits.stopped());
    return receipts;
  }
  Result<verifier::Receipt> deposit(RecordInput input) {
    std::vector<RecordInput> one;
    one.push_back(std::move(input));
    return deposit(std::move(one)).at(0);
  }
  // A document of the record that the receipt is of.
  std::string read_back(const verifier::Receipt& receipt, std::size_t document = 0) {
    const auto index = find_record(*archive, receipt.record);
    EXPECT_TRUE(index) << to_string(index.error());
    const auto row = deposit_row(archive->journal(), *index);
    EXPECT_TRUE(row);
    std::string content;
    ContentReader reader = archive->reader();
    const auto done =
        read_content(*archive, reader, row->documents.at(document), [&](ByteView part) {
          content += verifier::as_text(part);
          return Result<Ok>(Ok{});
        });
    EXPECT_TRUE(done) << to_string(done.error());
    return content;
  }
  Result<SealResult> seal_all() {
    auto tsas = open_tsas(*archive);
    EXPECT_TRUE(tsas);
    return seal(*archive, *tsas, {.actor = "tester", .progress = nullptr});
  }
  // What the integrity job finds wrong.
  std::vector<CheckProblem> problems() {
    auto result = check_archive(*archive, {.threads = 2, .problems_max = 10, .progress = nullptr});
    EXPECT_TRUE(result) << to_string(result.error());
    return result ? result->problems : std::vector<CheckProblem>{};
  }
  void expect_all_well(const std::string& when) {
    for (const CheckProblem& problem : problems()) {
      ADD_FAILURE() << when << ": " << problem.subject << ": " << problem.what;
    }
  }

  std::filesystem::path folder;
  Config config{.origin = "test.example/archive",
                .keys = "keys",
                .tracks = {{"local", DigestAlgorithm::sha256, "", "tsa/ca.pem"},
                           {"other", DigestAlgorithm::sha512, "", "tsa/ca.pem"}},
                .quorum = 1};
  SystemClock clock;
  const Clock* lives_by = &clock;  // the archive, from the next open() on
  MemoryStore store;
  std::unique_ptr<Archive> archive;
};

}  // namespace perdura::archive
