// What does renewal cost?
//
// - Time-stamp renewal of RECORDS records (default 1,000,000) in batches of 1,000, on one track:
//   wall clock and tokens (goal: seconds, one token).
// - Hash-tree renewal to SHA-512 of a hospital's documents (OCTETS, default 400 MB; half of it
//   DICOM), on all cores. Peer, same archive and run: reading all of it back, verified against its
//   addresses, and hashed with SHA-512, on as many threads (goal: 80 % of that speed or more).
// - From digests: the same renewal without reading a document.
// - Growth: the octets of one record's evidence record after each of ten renewals.
//
// Usage: perdura-bench-renew [RECORDS] [OCTETS]. Prints a name and a figure a line, by tabs.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include "archive/archive.hpp"
#include "archive/deposit.hpp"
#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "archive/receipts.hpp"
#include "archive/renew.hpp"
#include "archive/seal.hpp"
#include "tests/corpus/corpus.hpp"

namespace {

namespace fs = std::filesystem;
using namespace perdura;
using archive::Archive;
using archive::RenewalKind;
using archive::RenewalWish;
using verifier::Bytes;
using verifier::DigestAlgorithm;
using verifier::Ok;
using verifier::Result;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *std::move(result);
}

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

void print(const std::string& name, double figure, const std::string& unit) {
  std::cout << name << "\t" << figure << "\t" << unit << std::endl;
}

double seconds_of(const std::function<void()>& act) {
  const auto begun = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

// An archive in a folder of its own, which goes with it.
class Bench {
 public:
  explicit Bench(const std::string& name)
      : folder_(fs::temp_directory_path() / (name + "-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    archive::CreateOptions options;
    options.organisation = "Bench";
    must(archive::create_archive(folder_, options, clock_));
    archive_ = must(Archive::open(folder_, archive::OpenMode::existing, nullptr, clock_));
    tsas_ = must(archive::open_tsas(*archive_));
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    archive_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  Archive& archive() { return *archive_; }

  void deposit(std::uint64_t count, const std::function<std::string(std::uint64_t)>& document) {
    archive::Deposits deposits(*archive_, 2 * cores());
    for (std::uint64_t i = 0; i < count; ++i) {
      archive::RecordInput record;
      record.depositor = "bench";
      record.documents.push_back({"document", "text/plain", [text = document(i)] {
                                    return Result<archive::Source>(reader_of(text));
                                  }});
      deposits.deposit(std::move(record), [](const Result<verifier::Receipt>& receipt) {
        if (!receipt) throw std::runtime_error(to_string(receipt.error()));
      });
    }
    must(deposits.finish());
  }
  void seal() { must(archive::seal(*archive_, tsas_, {.actor = "bench", .progress = nullptr})); }

  // How many tokens it took.
  std::size_t renew(RenewalKind kind, DigestAlgorithm algorithm, bool from_digests = false) {
    archive::RenewOptions options;
    options.actor = "bench";
    options.hash_tree.threads = cores();
    options.wish.force = kind;
    options.wish.algorithm = algorithm;
    options.wish.from_digests = from_digests;
    const auto result = must(archive::renew(*archive_, tsas_, options));
    for (const auto& outcome : result.outcomes) {
      if (outcome.error) throw std::runtime_error(to_string(*outcome.error));
      if (outcome.set_aside_count > 0) throw std::runtime_error("records were set aside");
    }
    return result.outcomes.size();
  }

  // The octets of the first record's evidence record.
  std::size_t evidence_size() {
    archive::EvidenceAssembler assembler(*archive_);
    auto reader = archive_->reader();
    const auto row = must(archive::deposit_row(archive_->journal(), first_));
    const auto text = must(archive::read_statement_text(*archive_, reader, row));
    const auto evidence = must(
        assembler.evidence_for(first_, row, archive::record_members(*archive_, reader, row, text)));
    return evidence.at(0).evidence_record.size();
  }

  // Every document and statement, verified and hashed with SHA-512, on all cores.
  void read_all() {
    constexpr std::uint64_t at_once = 256;
    const std::uint64_t size = archive_->journal().head().size;
    std::atomic<std::uint64_t> next = 0;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < cores(); ++i) {
      threads.emplace_back([&] {
        auto reader = archive_->reader();
        for (std::uint64_t at; (at = next.fetch_add(at_once)) < size;) {
          must(archive_->journal().scan(
              archive::keyspace::deposit_prefix, at, std::min(size, at + at_once),
              [&](std::uint64_t, verifier::ByteView value) -> Result<bool> {
                const auto row = must(archive::decode_deposit_row(value));
                const auto text = must(archive::read_statement_text(*archive_, reader, row));
                constexpr auto sha512 = DigestAlgorithm::sha512;
                must(archive::read_objects(*archive_, reader, row, text, {&sha512, 1}));
                return true;
              }));
        }
      });
    }
  }

 private:
  static archive::Source reader_of(const std::string& text) {
    return
        [text, at = std::size_t{0}](std::span<std::uint8_t> into) mutable -> Result<std::size_t> {
          const std::size_t size = std::min(into.size(), text.size() - at);
          std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), size, into.begin());
          at += size;
          return size;
        };
  }

  archive::SystemClock clock_;
  fs::path folder_;
  std::unique_ptr<Archive> archive_;
  archive::TsaClients tsas_;
  std::uint64_t first_ = 0;
};

void time_stamp_renewal(std::uint64_t records) {
  constexpr std::uint64_t batch = 1000;
  Bench bench("perdura-bench-renew");
  for (std::uint64_t done = 0; done < records; done += batch) {
    bench.deposit(std::min(batch, records - done),
                  [&](std::uint64_t i) { return "record " + std::to_string(done + i); });
    bench.seal();
  }
  std::size_t tokens = 0;
  const double seconds =
      seconds_of([&] { tokens = bench.renew(RenewalKind::time_stamp, DigestAlgorithm::sha256); });
  print("time-stamp renewal", seconds,
        "s for " + std::to_string(records) + " records in " +
            std::to_string((records + batch - 1) / batch) + " batches, " + std::to_string(tokens) +
            " token(s)");
}

void hash_tree_renewal(std::uint64_t octets) {
  Bench bench("perdura-bench-tree-renewal");
  const corpus::Plan plan =
      corpus::make_plan(1, corpus::Mix::hospital, {.documents = {}, .octets = octets});
  bench.deposit(plan.documents.size(),
                [&](std::uint64_t i) { return corpus::make_document(plan, plan.documents[i]); });
  bench.seal();
  bench.read_all();  // into the page cache, for both
  const double read = seconds_of([&] { bench.read_all(); });
  const double full =
      seconds_of([&] { bench.renew(RenewalKind::hash_tree, DigestAlgorithm::sha512); });
  print("read back and hash", read, "s");
  print("hash-tree renewal", full, "s");
  print("hash-tree renewal, of the speed of reading", 100 * read / full, "%");
  print("hash-tree renewal from digests",
        seconds_of([&] { bench.renew(RenewalKind::hash_tree, DigestAlgorithm::sha256, true); }),
        "s for " + std::to_string(plan.documents.size()) + " records");
}

void growth() {
  Bench bench("perdura-bench-growth");
  bench.deposit(1000, [](std::uint64_t i) { return "record " + std::to_string(i); });
  bench.seal();
  print("evidence record, sealed", static_cast<double>(bench.evidence_size()), "octets");
  for (int i = 1; i <= 10; ++i) {
    const bool tree = i % 5 == 0;
    bench.renew(tree ? RenewalKind::hash_tree : RenewalKind::time_stamp,
                i == 5 ? DigestAlgorithm::sha512 : DigestAlgorithm::sha3_256);
    print("evidence record, renewal " + std::to_string(i) + (tree ? " (hash tree)" : ""),
          static_cast<double>(bench.evidence_size()), "octets");
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    time_stamp_renewal(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000);
    hash_tree_renewal(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 400'000'000);
    growth();
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "perdura-bench-renew: " << problem.what() << "\n";
    return 1;
  }
}
