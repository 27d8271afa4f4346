// What would depositing and verifying cost without an archive around it?
//
// A bare pipeline of the same libraries and with as many threads: read each file, SHA-256 and
// SHA-512, zstd level 3, AES-256-GCM under a random key for each file, RocksDB in synced batches of
// about 4 MiB; and back again: read, decrypt, expand, compare the SHA-256. No statements, no
// journal, no receipts, no recognising, no index, no dictionaries. The keys lie beside the data.
// One iteration: one corpus. Peer: `perdura deposit` and `perdura check` (bench/run).
//
//   perdura-bench-floor deposit STORE CORPUS [THREADS]
//   perdura-bench-floor verify STORE [THREADS]
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <rocksdb/db.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "verifier/digest.hpp"

namespace {

using perdura::verifier::Bytes;
using perdura::verifier::ByteView;
using perdura::verifier::Digest;
using perdura::verifier::DigestAlgorithm;
using perdura::verifier::Hasher;

constexpr std::size_t frame_max = 1u << 20;
constexpr std::size_t batch_max = 4u << 20;
constexpr std::size_t key_size = 32;
constexpr std::size_t seal_size = 16;

void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* handle) const {
    release(handle);
  }
};

// AES-256-GCM over the frames of one document: the nonce is the frame's number.
class Cipher {
 public:
  explicit Cipher(int encrypt) : encrypt_(encrypt) {
    static EVP_CIPHER* const gcm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    must(EVP_CipherInit_ex2(context_.get(), gcm, nullptr, nullptr, encrypt, nullptr) == 1, "gcm");
  }
  void key(const std::uint8_t* key) {
    must(EVP_CipherInit_ex2(context_.get(), nullptr, key, nullptr, encrypt_, nullptr) == 1, "key");
  }
  void seal(std::uint32_t number, ByteView plain, std::uint8_t* out) {
    run(number, plain, out);
    must(EVP_CipherFinal_ex(context_.get(), out + plain.size(), &size_) == 1, "seal");
    must(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, seal_size,
                             out + plain.size()) == 1,
         "tag");
  }
  void open(std::uint32_t number, ByteView sealed, std::uint8_t* out) {
    const ByteView octets = sealed.first(sealed.size() - seal_size);
    std::array<std::uint8_t, seal_size> tag;
    std::memcpy(tag.data(), sealed.data() + octets.size(), seal_size);
    run(number, octets, out);
    must(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, seal_size, tag.data()) == 1 &&
             EVP_CipherFinal_ex(context_.get(), out + octets.size(), &size_) == 1,
         "a frame was altered");
  }

 private:
  void run(std::uint32_t number, ByteView in, std::uint8_t* out) {
    std::array<std::uint8_t, 12> nonce{};
    std::memcpy(nonce.data(), &number, sizeof number);
    must(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce.data(), encrypt_, nullptr) == 1,
         "nonce");
    must(EVP_CipherUpdate(context_.get(), out, &size_, in.data(), static_cast<int>(in.size())) == 1,
         "cipher");
  }
  std::unique_ptr<EVP_CIPHER_CTX, Release<EVP_CIPHER_CTX_free>> context_{EVP_CIPHER_CTX_new()};
  int encrypt_;
  int size_ = 0;
};

void append(std::string& out, const void* octets, std::size_t size) {
  out.append(static_cast<const char*>(octets), size);
}

// Turns files into rows: SHA-256 -> key, SHA-512, then frames of {plain size, stored size, octets}.
class Sealer {
 public:
  std::pair<Digest, std::string> seal(const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    must(file >= 0, path.c_str());
    std::array<std::uint8_t, key_size> key;
    must(RAND_bytes(key.data(), key_size) == 1, "random octets");
    cipher_.key(key.data());
    std::string row(key_size + 64, '\0');
    for (std::uint32_t number = 0;; ++number) {
      const ssize_t got = read(file, plain_.data(), plain_.size());
      must(got >= 0, path.c_str());
      if (got == 0) break;
      seal_frame(number, ByteView(plain_).first(static_cast<std::size_t>(got)), row);
    }
    close(file);
    std::memcpy(row.data(), key.data(), key_size);
    std::memcpy(row.data() + key_size, sha512_.finish().view().data(), 64);
    return {sha256_.finish(), std::move(row)};
  }

 private:
  void seal_frame(std::uint32_t number, ByteView plain, std::string& row) {
    sha256_.update(plain);
    sha512_.update(plain);
    const std::size_t size = ZSTD_compressCCtx(zstd_.get(), packed_.data(), packed_.size(),
                                               plain.data(), plain.size(), 3);
    must(!ZSTD_isError(size), "zstd");
    const std::array<std::uint32_t, 2> sizes = {static_cast<std::uint32_t>(plain.size()),
                                                static_cast<std::uint32_t>(size + seal_size)};
    append(row, sizes.data(), sizeof sizes);
    const std::size_t at = row.size();
    row.resize(at + size + seal_size);
    cipher_.seal(number, ByteView(packed_).first(size),
                 reinterpret_cast<std::uint8_t*>(row.data()) + at);
  }

  Hasher sha256_{DigestAlgorithm::sha256};
  Hasher sha512_{DigestAlgorithm::sha512};
  Cipher cipher_{1};
  std::unique_ptr<ZSTD_CCtx, Release<ZSTD_freeCCtx>> zstd_{ZSTD_createCCtx()};
  Bytes plain_ = Bytes(frame_max);
  Bytes packed_ = Bytes(ZSTD_compressBound(frame_max));
};

class Opener {
 public:
  // How many octets the document has. Throws when it is not the one that `address` names.
  std::uint64_t open(ByteView address, ByteView row) {
    cipher_.key(row.data());
    row = row.subspan(key_size + 64);
    std::uint64_t length = 0;
    for (std::uint32_t number = 0; !row.empty(); ++number) {
      std::array<std::uint32_t, 2> sizes;
      must(row.size() > sizeof sizes, "a row is cut short");
      std::memcpy(sizes.data(), row.data(), sizeof sizes);
      must(sizes[0] <= frame_max && sizes[1] <= packed_.size(), "a frame is too large");
      cipher_.open(number, row.subspan(sizeof sizes, sizes[1]), packed_.data());
      const std::size_t size = ZSTD_decompressDCtx(zstd_.get(), plain_.data(), sizes[0],
                                                   packed_.data(), sizes[1] - seal_size);
      must(size == sizes[0], "a frame does not expand");
      sha256_.update(ByteView(plain_).first(size));
      length += size;
      row = row.subspan(sizeof sizes + sizes[1]);
    }
    must(sha256_.finish() == Digest(address), "a document has another digest");
    return length;
  }

 private:
  Hasher sha256_{DigestAlgorithm::sha256};
  Cipher cipher_{0};
  std::unique_ptr<ZSTD_DCtx, Release<ZSTD_freeDCtx>> zstd_{ZSTD_createDCtx()};
  Bytes plain_ = Bytes(frame_max);
  Bytes packed_ = Bytes(ZSTD_compressBound(frame_max) + seal_size);
};

std::unique_ptr<rocksdb::DB> open_database(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.enable_blob_files = true;
  options.min_blob_size = 512;
  options.write_buffer_size = 32u << 20;
  options.max_background_jobs = 2;
  rocksdb::DB* db = nullptr;
  must(rocksdb::DB::Open(options, folder, &db).ok(), "cannot open the store");
  return std::unique_ptr<rocksdb::DB>(db);
}

template <typename Work>
void on_threads(unsigned threads, const Work& work) {
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&work, i] {
      try {
        work(i);
      } catch (const std::exception& problem) {
        std::cerr << "perdura-bench-floor: " << problem.what() << '\n';
        std::_Exit(3);
      }
    });
  }
}

void deposit(rocksdb::DB& db, const std::string& corpus, unsigned threads) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::atomic<std::size_t> next = 0;
  on_threads(threads, [&](unsigned) {
    Sealer sealer;
    rocksdb::WriteBatch batch;
    rocksdb::WriteOptions synced;
    synced.sync = true;
    for (std::size_t i = next++; i < files.size(); i = next++) {
      const auto [address, row] = sealer.seal(files[i]);
      batch.Put({reinterpret_cast<const char*>(address.view().data()), address.size()}, row);
      if (batch.GetDataSize() < batch_max) continue;
      must(db.Write(synced, &batch).ok(), "cannot write");
      batch.Clear();
    }
    must(db.Write(synced, &batch).ok(), "cannot write");
  });
  must(db.Flush({}).ok(), "cannot flush");
  std::cout << files.size() << " files\n";
}

void verify(rocksdb::DB& db, unsigned threads) {
  std::atomic<unsigned> next = 0;  // the first octet of the addresses to be read next
  std::atomic<std::uint64_t> octets = 0;
  on_threads(threads, [&](unsigned) {
    Opener opener;
    for (unsigned part = next++; part < 256; part = next++) {
      const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator({}));
      const char first = static_cast<char>(part);
      for (row->Seek({&first, 1}); row->Valid() && row->key()[0] == first; row->Next()) {
        const auto view = [](const rocksdb::Slice& slice) {
          return ByteView(reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size());
        };
        octets += opener.open(view(row->key()), view(row->value()));
      }
      must(row->status().ok(), "cannot read");
    }
  });
  std::cout << octets << " octets\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::size_t operands = !words.empty() && words[0] == "deposit" ? 3 : 2;
  if (words.size() < operands || (words[0] != "deposit" && words[0] != "verify")) {
    std::cerr << "perdura-bench-floor deposit STORE CORPUS [THREADS] | verify STORE [THREADS]\n";
    return 3;
  }
  const auto threads =
      words.size() > operands ? static_cast<unsigned>(std::stoul(words[operands])) : 2u;
  try {
    const auto db = open_database(words[1]);
    if (words[0] == "deposit") {
      deposit(*db, words[2], threads);
    } else {
      verify(*db, threads);
    }
  } catch (const std::exception& problem) {
    std::cerr << "perdura-bench-floor: " << problem.what() << '\n';
    return 3;
  }
  return 0;
}
