// Question: how much memory does sealing ten million records take?
// This program only makes them, faster than they could be deposited: records whose documents are a
// few octets that nobody encrypted, but whose journal entries, rows and indexes are written by the
// archive's own code, in the groups of a deposit. `perdura seal` then seals them like any others;
// nothing of them can be read back.
//
//     perdura init DIR; perdura-bench-make-records DIR 10000000; time -v perdura seal DIR
#include <charconv>
#include <iostream>
#include <string>
#include <thread>

#include "archive/archive.hpp"
#include "archive/commit_group.hpp"
#include "verifier/receipt.hpp"

namespace {

using namespace perdura::archive;
using perdura::verifier::as_bytes;
using perdura::verifier::Digest;
using perdura::verifier::DigestAlgorithm;

class Maker {
 public:
  explicit Maker(Archive& archive) : archive_(archive) {}

  // Errors: what commit_group() says of the first record that was not stored.
  Result<Ok> make(std::uint64_t count) {
    const std::uint64_t before = archive_.journal().head().size;
    for (std::uint64_t made = 0; made < count;) {
      std::vector<PreparedRecord> group;
      while (made < count && group.size() < group_records_max) {
        group.push_back(record(before + made++));
      }
      for (const auto& outcome : commit_group(archive_, std::move(group)).receipts) {
        if (!outcome) return outcome.error();
      }
      if (made % (group_records_max * 256) == 0) std::cerr << made << " records\n";
    }
    return Ok{};
  }

 private:
  SealedContent content(std::string_view octets) {
    SealedContent content;
    content.sha256 = sha256_.update(as_bytes(octets)).finish();
    content.length = octets.size();
    content.wrapped_key = Bytes(KeyVault::wrapped_size, 0);
    content.octets = Bytes(16, 0);
    content.stored_length = content.octets.size();
    return content;
  }

  PreparedRecord record(std::uint64_t number) {
    const std::string name = std::to_string(number);
    PreparedRecord record;
    record.statement = content("statement " + name);
    record.documents.push_back(content("document " + name));
    record.id = record.statement.sha256.hex();
    record.bytes_in = record.documents[0].length;
    DepositRow& row = record.row;
    row.deposit_time = archive_.clock().now();
    row.statement = {record.statement.sha256, record.statement.length, std::nullopt};
    row.documents.push_back({record.documents[0].sha256, record.documents[0].length, std::nullopt});
    row.group_sha512 = sha512_.update(as_bytes(name)).finish();
    record.entry = {
        .text = perdura::verifier::write_journal_act(
            {.act = "deposit", .actor = "bench", .record = record.id, .time = row.deposit_time}),
        .salt = Bytes(32, 0)};
    return record;
  }

  Archive& archive_;
  perdura::verifier::Hasher sha256_{DigestAlgorithm::sha256};
  perdura::verifier::Hasher sha512_{DigestAlgorithm::sha512};
};

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t count = 0;
  const std::string_view number = argc == 3 ? argv[2] : "";
  if (std::from_chars(number.data(), number.data() + number.size(), count).ec != std::errc()) {
    std::cerr << "usage: perdura-bench-make-records DIR COUNT\n";
    return 2;
  }
  const SystemClock clock;
  auto archive = Archive::open(argv[1], OpenMode::existing, {}, clock);
  if (!archive) {
    std::cerr << perdura::verifier::to_string(archive.error()) << '\n';
    return 1;
  }
  if (auto made = Maker(**archive).make(count); !made) {
    std::cerr << perdura::verifier::to_string(made.error()) << '\n';
    return 1;
  }
}
