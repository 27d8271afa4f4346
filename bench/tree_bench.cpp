// How fast are the hash tree of a batch and the evidence that is read from it?
//
// - Hash*: 64-octet inputs, one hash an iteration, by OpenSSL's interfaces: the limit for a tree.
// - Tree*: a tree over a million leaves with its tiles; hashes/s counts parents. Peer: the fastest
//   of Hash* in the same run (goal: 80 % of it or more).
// - OneEvidenceRecord: one record's evidence record out of a batch of a million, nothing cached but
//   the store (goal: under 1 ms).
// - MakeMillion, MakeAndJudgeMillion: made, and verified with a shared TokenJudge, on 1 and 2
//   threads. Peer: BouncyCastleBench.java (goal: 10 times faster).
// Data: leaves are SHA-256 of their number; the token is the local authority's.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "archive/hash_tree.hpp"
#include "archive/local_tsa.hpp"
#include "archive/rocks_store.hpp"
#include "verifier/evidence_record_writer.hpp"
#include "verifier/verify_evidence.hpp"

namespace {

using namespace perdura;
using archive::TilePyramid;
using verifier::Bytes;
using verifier::ByteView;
using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Hasher;
using verifier::Ok;
using verifier::Result;

constexpr std::uint64_t million = 1'000'000;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *std::move(result);
}

void count_hashes(benchmark::State& state, std::uint64_t hashes) {
  state.counters["hashes/s"] =
      benchmark::Counter(static_cast<double>(hashes), benchmark::Counter::kIsRate);
}

// What is hashed changes with every hash, as in a tree.
struct Input {
  std::array<unsigned char, 64> octets{};
  unsigned int size = 0;
};

void HashEvpReusedContext(benchmark::State& state) {
  EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  Input in;
  EVP_DigestInit_ex2(context, md, nullptr);
  for ([[maybe_unused]] auto _ : state) {
    EVP_DigestInit_ex2(context, nullptr, nullptr);
    EVP_DigestUpdate(context, in.octets.data(), in.octets.size());
    EVP_DigestFinal_ex(context, in.octets.data(), &in.size);
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
  EVP_MD_CTX_free(context);
  EVP_MD_free(md);
}
BENCHMARK(HashEvpReusedContext);

void HashEvpDigestFetched(benchmark::State& state) {
  EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  Input in;
  for ([[maybe_unused]] auto _ : state) {
    EVP_Digest(in.octets.data(), in.octets.size(), in.octets.data(), &in.size, md, nullptr);
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
  EVP_MD_free(md);
}
BENCHMARK(HashEvpDigestFetched);

void HashEvpQDigest(benchmark::State& state) {
  Input in;
  for ([[maybe_unused]] auto _ : state) {
    std::size_t size = 0;
    EVP_Q_digest(nullptr, "SHA2-256", nullptr, in.octets.data(), in.octets.size(), in.octets.data(),
                 &size);
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
}
BENCHMARK(HashEvpQDigest);

void HashSha256OneShot(benchmark::State& state) {
  Input in;
  for ([[maybe_unused]] auto _ : state) {
    SHA256(in.octets.data(), in.octets.size(), in.octets.data());
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
}
BENCHMARK(HashSha256OneShot);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void HashSha256LowLevel(benchmark::State& state) {
  Input in;
  SHA256_CTX context;
  for ([[maybe_unused]] auto _ : state) {
    SHA256_Init(&context);
    SHA256_Update(&context, in.octets.data(), in.octets.size());
    SHA256_Final(in.octets.data(), &context);
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
}
BENCHMARK(HashSha256LowLevel);
#pragma GCC diagnostic pop

void HashOurHasher(benchmark::State& state) {
  Hasher hasher(DigestAlgorithm::sha256);
  Input in;
  for ([[maybe_unused]] auto _ : state) {
    const Digest digest = hasher.update(in.octets).finish();
    std::copy(digest.view().begin(), digest.view().end(), in.octets.begin());
  }
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()));
}
BENCHMARK(HashOurHasher);

std::vector<Digest> numbered_leaves(DigestAlgorithm algorithm) {
  Hasher hasher(algorithm);
  std::vector<Digest> leaves;
  leaves.reserve(million);
  for (std::uint64_t i = 0; i < million; ++i) {
    std::array<std::uint8_t, 8> number;
    for (unsigned b = 0; b < 8; ++b) number[b] = static_cast<std::uint8_t>(i >> (8 * b));
    leaves.push_back(hasher.update(number).finish());
  }
  return leaves;
}

void build_tree(benchmark::State& state, DigestAlgorithm algorithm) {
  const std::vector<Digest> leaves = numbered_leaves(algorithm);
  std::uint64_t tile_octets = 0;
  for ([[maybe_unused]] auto _ : state) {
    archive::HashTreeBuilder builder(algorithm,
                                     [&](unsigned, std::uint64_t, Bytes nodes) -> Result<Ok> {
                                       tile_octets += nodes.size();
                                       return Ok{};
                                     });
    for (const Digest& leaf : leaves) must(builder.add(leaf));
    benchmark::DoNotOptimize(must(builder.finish()));
  }
  benchmark::DoNotOptimize(tile_octets);
  count_hashes(state, static_cast<std::uint64_t>(state.iterations()) * (million - 1));
}
void TreeSha256(benchmark::State& state) { build_tree(state, DigestAlgorithm::sha256); }
void TreeSha512(benchmark::State& state) { build_tree(state, DigestAlgorithm::sha512); }
BENCHMARK(TreeSha256)->Unit(benchmark::kMillisecond);
BENCHMARK(TreeSha512)->Unit(benchmark::kMillisecond);

std::string tile_name(unsigned level, std::uint64_t number) {
  return "tile/" + std::to_string(level) + "/" + std::to_string(number);
}

// A sealed batch of a million records, in a store on disk.
class SealedMillion {
 public:
  static SealedMillion& get() {
    static SealedMillion batch;
    return batch;
  }
  ~SealedMillion() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Evidence records one after the other; one for each thread.
  class Maker {
   public:
    explicit Maker(const SealedMillion& batch) : batch_(batch) {}

    Bytes make(std::uint64_t leaf) {
      const auto path = must(archive::tree_path(
          leaf, million, 32,
          [this](unsigned level, std::uint64_t number) -> Result<const TilePyramid*> {
            return pyramid(level, number);
          }));
      verifier::ReducedHashtree tree;
      tree.reserve(path.size() + 1);
      tree.push_back({batch_.leaves_[leaf]});
      for (const Digest& sibling : path) tree.push_back({sibling});
      const DigestAlgorithm algorithm = DigestAlgorithm::sha256;
      return verifier::write_evidence_record(
          std::span(&algorithm, 1),
          {{verifier::write_archive_timestamp(algorithm, tree, batch_.token_)}});
    }
    void forget() { kept_.clear(); }

   private:
    struct Kept {
      std::uint64_t number;
      TilePyramid pyramid;
    };
    const TilePyramid* pyramid(unsigned level, std::uint64_t number) {
      if (kept_.size() <= level) kept_.resize(level + 1);
      std::optional<Kept>& kept = kept_[level];
      if (!kept || kept->number != number) {
        const std::size_t size = archive::tile_nodes(level, number, million) * 32;
        kept = {number, archive::pyramid_over(
                            hasher_, must(batch_.store_->read(tile_name(level, number), 0, size)))};
      }
      return &kept->pyramid;
    }
    const SealedMillion& batch_;
    Hasher hasher_{DigestAlgorithm::sha256};
    std::vector<std::optional<Kept>> kept_;  // the tile read last, for each level
  };

  // Throws when the evidence record does not show what it should.
  void judge(ByteView evidence, std::uint64_t leaf, const verifier::TokenJudge& token_judge) const {
    const auto record = must(verifier::parse_evidence_record(evidence));
    const verifier::DataObject object{.name = "document",
                                      .digests = {{DigestAlgorithm::sha256, leaves_[leaf]}}};
    const auto judged = verifier::judge_evidence_record(
        record, {&object, 1}, verifier::GroupProof::single_objects, token_judge);
    if (judged.report.verdict() != verifier::Verdict::passed)
      throw std::runtime_error("not passed");
  }
  verifier::JudgeOptions options() const {
    verifier::JudgeOptions options;
    options.anchors.certificates = {anchor_};
    options.at = archive::SystemClock().now();
    options.detail = verifier::ReportDetail::brief;
    return options;
  }

 private:
  SealedMillion()
      : folder_(std::filesystem::temp_directory_path() /
                ("perdura-bench-" + std::to_string(getpid()))),
        leaves_(numbered_leaves(DigestAlgorithm::sha256)) {
    std::filesystem::create_directories(folder_);
    store_ = must(archive::open_rocks_store(folder_ / "store", archive::OpenMode::create));
    archive::HashTreeBuilder builder(
        DigestAlgorithm::sha256, [this](unsigned level, std::uint64_t number, Bytes nodes) {
          std::vector<archive::Object> objects;
          objects.push_back({tile_name(level, number), std::move(nodes)});
          return store_->put(std::move(objects));
        });
    for (const Digest& leaf : leaves_) must(builder.add(leaf));
    const Digest root = must(builder.finish());
    const archive::SystemClock clock;
    must(archive::create_local_tsa(folder_ / "tsa", "Benchmark", clock));
    token_ = must(must(archive::open_local_tsa(folder_ / "tsa", clock))
                      ->stamp(DigestAlgorithm::sha256, root));
    anchor_ =
        must(verifier::read_certificates(read_file(folder_ / "tsa" / "ca.pem"), "ca")).front();
  }
  static Bytes read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }

  std::filesystem::path folder_;
  std::vector<Digest> leaves_;
  std::unique_ptr<archive::Store> store_;
  Bytes token_;
  Bytes anchor_;
};

void OneEvidenceRecord(benchmark::State& state) {
  SealedMillion::Maker maker(SealedMillion::get());
  std::uint64_t leaf = 0;
  for ([[maybe_unused]] auto _ : state) {
    maker.forget();
    benchmark::DoNotOptimize(maker.make(leaf));
    leaf = (leaf + 611'953) % million;
  }
}
BENCHMARK(OneEvidenceRecord)->Unit(benchmark::kMicrosecond);

// Calls `work(leaf)` of what `make` yields for each thread, for all leaves.
template <typename Make>
void for_all_leaves(std::int64_t threads, const Make& make) {
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::jthread> workers;
  for (std::int64_t i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      auto work = make();
      for (std::uint64_t first = next.fetch_add(4096); first < million;
           first = next.fetch_add(4096)) {
        for (std::uint64_t leaf = first; leaf < std::min(first + 4096, million); ++leaf) work(leaf);
      }
    });
  }
}

void count_records(benchmark::State& state) {
  state.counters["records/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(million),
                         benchmark::Counter::kIsRate);
}

void MakeMillion(benchmark::State& state) {
  const SealedMillion& batch = SealedMillion::get();
  for ([[maybe_unused]] auto _ : state) {
    for_all_leaves(state.range(0), [&] {
      return [maker = std::make_unique<SealedMillion::Maker>(batch)](std::uint64_t leaf) {
        benchmark::DoNotOptimize(maker->make(leaf));
      };
    });
  }
  count_records(state);
}
BENCHMARK(MakeMillion)
    ->Arg(1)
    ->Arg(2)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

// Made and judged: what judging takes is the difference.
void MakeAndJudgeMillion(benchmark::State& state) {
  const SealedMillion& batch = SealedMillion::get();
  for ([[maybe_unused]] auto _ : state) {
    const verifier::TokenJudge judge(batch.options());
    for_all_leaves(state.range(0), [&] {
      return [&, maker = std::make_unique<SealedMillion::Maker>(batch)](std::uint64_t leaf) {
        batch.judge(maker->make(leaf), leaf, judge);
      };
    });
  }
  count_records(state);
}
BENCHMARK(MakeAndJudgeMillion)
    ->Arg(1)
    ->Arg(2)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace

BENCHMARK_MAIN();
