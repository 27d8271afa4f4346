// Question: what does sealing a document cost beside the bare calls of libcrypto and zstd, how
// small do small FHIR documents become, and what do reading back and putting packs cost? One
// iteration: one document of the data, in turn (Put: four packs of 4 MiB, synced). Data: FHIR
// documents of the seeded corpus; for large documents 64 MiB that do not compress. Peer: Bare, in
// the same run over the same data: SHA-256, SHA-512, zstd level 3 and AES-256-GCM by EVP and ZSTD
// calls with reused contexts, and nothing around them.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <unistd.h>
#include <zstd.h>

#include <filesystem>
#include <random>

#include "archive/content.hpp"
#include "archive/content_form.hpp"
#include "archive/content_reader.hpp"
#include "archive/memory_store.hpp"
#include "archive/pack.hpp"
#include "archive/rocks_store.hpp"
#include "tests/corpus/corpus.hpp"

namespace {

using namespace perdura::archive;
using perdura::verifier::DigestAlgorithm;
using perdura::verifier::Hasher;

constexpr const char* media_type = "application/fhir+json";

// A folder that goes with the process.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("perdura-bench-" + std::to_string(getpid()));
  Folder() { std::filesystem::remove_all(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

const Folder& folder() {
  static const Folder made;
  return made;
}

const KeyVault& vault() {
  static const KeyVault made = *KeyVault::create(folder().path / "keys", {}, {});
  return made;
}

// FHIR documents of at most `size_max` octets.
std::vector<Bytes> documents(std::size_t count, std::size_t size_max) {
  using namespace perdura::corpus;
  const Plan plan = make_plan(1, Mix::fhir, {.documents = 3 * count, .octets = std::nullopt});
  std::vector<Bytes> out;
  for (const Planned& planned : plan.documents) {
    const std::string text = make_document(plan, planned);
    if (text.size() <= size_max && out.size() < count) {
      out.push_back(perdura::verifier::to_bytes(perdura::verifier::as_bytes(text)));
    }
  }
  return out;
}

const std::vector<Bytes>& small_fhir() {
  static const std::vector<Bytes> made = documents(4000, 8u << 10);
  return made;
}

Bytes noise(std::size_t size) {
  std::mt19937_64 random(1);
  Bytes out(size);
  for (auto& octet : out) octet = static_cast<std::uint8_t>(random());
  return out;
}

void report(benchmark::State& state, std::uint64_t octets, std::uint64_t stored) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
  const auto in = static_cast<double>(octets);
  state.counters["octets"] = in / static_cast<double>(state.iterations());
  if (stored > 0) state.counters["ratio"] = in / static_cast<double>(stored);
}

// A dictionary learnt from the second half of the documents; the first half is measured.
void teach(Dictionaries& dictionaries) {
  const auto& all = small_fhir();
  for (std::size_t i = all.size() / 2; i < all.size(); ++i) {
    const auto made = dictionaries.learn(media_type, all[i]);
    if (!made) continue;
    const auto address = hash(DigestAlgorithm::sha256, made->bytes);
    if (!dictionaries.load(media_type, address, made->bytes)) std::abort();
    return;
  }
}

void Bare(benchmark::State& state) {
  Hasher sha256(DigestAlgorithm::sha256);
  Hasher sha512(DigestAlgorithm::sha512);
  ZSTD_CCtx* const zstd = ZSTD_createCCtx();
  EVP_CIPHER_CTX* const cipher = EVP_CIPHER_CTX_new();
  EVP_CIPHER* const gcm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  EVP_EncryptInit_ex2(cipher, gcm, nullptr, nullptr, nullptr);
  const Bytes key(32, 1);
  Bytes compressed(1u << 20);
  Bytes out(1u << 20);
  std::uint64_t octets = 0;
  std::uint64_t stored = 0;
  std::size_t next = small_fhir().size();  // made before the clock runs
  for (auto _ : state) {
    const Bytes& document = small_fhir()[next++ % (small_fhir().size() / 2)];
    benchmark::DoNotOptimize(sha256.update(document).finish());
    benchmark::DoNotOptimize(sha512.update(document).finish());
    const std::size_t size = ZSTD_compressCCtx(zstd, compressed.data(), compressed.size(),
                                               document.data(), document.size(), 3);
    int done = 0;
    EVP_EncryptInit_ex2(cipher, nullptr, key.data(), key.data(), nullptr);
    EVP_EncryptUpdate(cipher, out.data(), &done, compressed.data(), static_cast<int>(size));
    EVP_EncryptFinal_ex(cipher, out.data(), &done);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16, out.data());
    octets += document.size();
    stored += size + 16;
  }
  report(state, octets, stored);
  ZSTD_freeCCtx(zstd);
  EVP_CIPHER_CTX_free(cipher);
  EVP_CIPHER_free(gcm);
}
BENCHMARK(Bare);

// With argument 1: with a dictionary.
void Seal(benchmark::State& state) {
  MemoryStore store;
  Dictionaries dictionaries;
  if (state.range(0) == 1) teach(dictionaries);
  ContentSealer sealer(store, vault(), dictionaries);
  std::uint64_t octets = 0;
  std::uint64_t stored = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const Bytes& document = small_fhir()[next++ % (small_fhir().size() / 2)];
    const auto sealed = sealer.seal(document, media_type);
    octets += document.size();
    stored += sealed->stored_length;
  }
  report(state, octets, stored);
}
BENCHMARK(Seal)->Arg(0)->Arg(1);

void SealLarge(benchmark::State& state) {
  const Bytes document = noise(64u << 20);
  const Dictionaries dictionaries;
  std::uint64_t octets = 0;
  for (auto _ : state) {
    MemoryStore store;
    ContentSealer sealer(store, vault(), dictionaries);
    benchmark::DoNotOptimize(sealer.seal(document, "")->stored_length);
    octets += document.size();
  }
  report(state, octets, 0);
}
BENCHMARK(SealLarge)->Unit(benchmark::kMillisecond);

// From a store on disk whose files are in memory, in the order in which they were put.
void Read(benchmark::State& state) {
  Dictionaries dictionaries;
  teach(dictionaries);
  const auto place = folder().path / "read";
  std::filesystem::create_directories(folder().path);
  const auto store = *open_rocks_store(place, OpenMode::create);
  ContentSealer sealer(*store, vault(), dictionaries);
  PackBuilder pack(new_pack_name());
  std::vector<std::pair<ContentLocation, Digest>> contents;
  for (std::size_t i = 0; i < small_fhir().size() / 2; ++i) {
    const auto sealed = sealer.seal(small_fhir()[i], media_type);
    contents.emplace_back(pack.add(*sealed), sealed->sha256);
  }
  if (!store->put({pack.finish()})) std::abort();
  ContentReader reader(*store, vault(), dictionaries);
  std::uint64_t octets = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& content = contents[next++ % contents.size()];
    const auto done = reader.read(content.first, content.second, [&](ByteView got) -> Result<Ok> {
      octets += got.size();
      return Ok{};
    });
    if (!done) std::abort();
  }
  report(state, octets, 0);
  std::filesystem::remove_all(place);
}
BENCHMARK(Read);

void Put(benchmark::State& state) {
  const auto place = folder().path / "put";
  std::filesystem::create_directories(folder().path);
  const auto store = *open_rocks_store(place, OpenMode::create);
  const Bytes pack = noise(4u << 20);
  std::uint64_t octets = 0;
  unsigned number = 0;
  for (auto _ : state) {
    std::vector<Object> objects;
    for (int i = 0; i < 4; ++i) objects.push_back({"pack/" + std::to_string(number++), pack});
    octets += objects.size() * pack.size();
    if (!store->put(std::move(objects))) std::abort();
  }
  report(state, octets, 0);
  std::filesystem::remove_all(place);
}
BENCHMARK(Put)->Unit(benchmark::kMillisecond)->Iterations(16);

}  // namespace

BENCHMARK_MAIN();
