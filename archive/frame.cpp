#include "archive/frame.hpp"

#include <openssl/evp.h>
#include <zstd.h>

#include <array>

#include "archive/dictionary_prepared.hpp"
#include "archive/word_planes.hpp"

namespace perdura::archive {
namespace {

using verifier::check;

constexpr std::size_t sampled_size_min = 32u << 10;  // of a frame that a sample is taken of
constexpr std::size_t sample_size = 8u << 10;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Fetched once a process: a fetch for each content would cost more than encrypting a small one.
const EVP_CIPHER* aes_256_gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  check(cipher != nullptr, "libcrypto provides AES-256-GCM");
  return cipher;
}

std::array<std::uint8_t, 12> nonce_of(FrameCipher::Domain domain, std::uint64_t number) {
  std::array<std::uint8_t, 12> nonce{};
  nonce[3] = static_cast<std::uint8_t>(domain);
  for (unsigned i = 0; i < 8; ++i) {
    nonce[4 + i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  }
  return nonce;
}

}  // namespace

struct FrameCipher::Context {
  std::unique_ptr<EVP_CIPHER_CTX, Free> handle{EVP_CIPHER_CTX_new()};
  int direction;  // OpenSSL's: 1 encrypts

  explicit Context(Direction d) : direction(d == Direction::seal ? 1 : 0) {
    check(handle != nullptr, "memory for a cipher context");
    check(
        EVP_CipherInit_ex2(handle.get(), aes_256_gcm(), nullptr, nullptr, direction, nullptr) == 1,
        "AES-256-GCM starts");
  }

  void begin(Domain domain, std::uint64_t number, ByteView context) const {
    const auto nonce = nonce_of(domain, number);
    int size = 0;
    check(EVP_CipherInit_ex2(handle.get(), nullptr, nullptr, nonce.data(), direction, nullptr) == 1,
          "AES-256-GCM takes a nonce");
    check(EVP_CipherUpdate(handle.get(), nullptr, &size, context.data(),
                           static_cast<int>(context.size())) == 1,
          "AES-256-GCM takes a context");
  }
  void update(ByteView in, std::uint8_t* out) const {
    int size = 0;
    if (in.empty()) return;
    check(EVP_CipherUpdate(handle.get(), out, &size, in.data(), static_cast<int>(in.size())) == 1,
          "AES-256-GCM takes octets");
  }
  bool finish() const {
    std::array<std::uint8_t, 16> nothing{};
    int size = 0;
    return EVP_CipherFinal_ex(handle.get(), nothing.data(), &size) == 1;
  }
};

FrameCipher::FrameCipher(Direction direction) : context_(std::make_unique<Context>(direction)) {}
FrameCipher::~FrameCipher() = default;

void FrameCipher::start(const DataKey& key) {
  check(EVP_CipherInit_ex2(context_->handle.get(), nullptr, key.view().data(), nullptr,
                           context_->direction, nullptr) == 1,
        "AES-256-GCM takes a key");
}

void FrameCipher::seal(Domain domain, std::uint64_t number, ByteView context, ByteView plain,
                       std::span<std::uint8_t> out) {
  check(out.size() == plain.size() + seal_size, "a sealed frame has a seal more");
  context_->begin(domain, number, context);
  context_->update(plain, out.data());
  check(context_->finish(), "AES-256-GCM finishes");
  check(EVP_CIPHER_CTX_ctrl(context_->handle.get(), EVP_CTRL_AEAD_GET_TAG,
                            static_cast<int>(seal_size), out.last(seal_size).data()) == 1,
        "AES-256-GCM gives a seal");
}

bool FrameCipher::open(Domain domain, std::uint64_t number, ByteView context, ByteView sealed,
                       std::span<std::uint8_t> out) {
  check(sealed.size() == out.size() + seal_size, "a sealed frame has a seal more");
  context_->begin(domain, number, context);
  context_->update(sealed.first(out.size()), out.data());
  Bytes seal = verifier::to_bytes(sealed.last(seal_size));
  check(EVP_CIPHER_CTX_ctrl(context_->handle.get(), EVP_CTRL_AEAD_SET_TAG,
                            static_cast<int>(seal_size), seal.data()) == 1,
        "AES-256-GCM takes a seal");
  return context_->finish();
}

struct FrameCompressor::Contexts {
  // What is tried for a frame that has no dictionary.
  enum class Effort { usual, quick, words };

  std::unique_ptr<ZSTD_CCtx, Free> usual{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_CCtx, Free> quick{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_CCtx, Free> with_dictionary{ZSTD_createCCtx()};
  Bytes buffer;
  Bytes planes;

  Effort effort_for(ByteView frame);
};

// Decided by a sample from the middle. Pictures and what is compressed already gain next to nothing
// from a higher level than the first, which takes a fifth of the third's time; text gains.
FrameCompressor::Contexts::Effort FrameCompressor::Contexts::effort_for(ByteView frame) {
  if (frame.size() < sampled_size_min) return Effort::usual;
  const ByteView sample = frame.subspan(frame.size() / 4 * 2 - sample_size / 2).first(sample_size);
  std::array<std::uint8_t, ZSTD_COMPRESSBOUND(sample_size)> packed;
  const auto packed_size = [&](ByteView what) {
    return ZSTD_compress2(quick.get(), packed.data(), packed.size(), what.data(), what.size());
  };
  const std::size_t without = packed_size(sample);
  if (has_alike_words(frame)) {
    std::array<std::uint8_t, sample_size> octets;
    split_words(sample, octets);
    if (packed_size(octets) < without - without / 16) return Effort::words;
  }
  return without > sample_size / 2 ? Effort::quick : Effort::usual;
}

FrameCompressor::FrameCompressor(int level) : contexts_(std::make_unique<Contexts>()) {
  check(contexts_->usual && contexts_->quick && contexts_->with_dictionary, "memory for zstd");
  ZSTD_CCtx_setParameter(contexts_->usual.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(contexts_->quick.get(), ZSTD_c_compressionLevel, 1);
  // A table of 16 KiB stays in the processor's nearest cache: a sixth faster, and no larger.
  ZSTD_CCtx_setParameter(contexts_->quick.get(), ZSTD_c_hashLog, 12);
  // The content's header names the dictionary.
  ZSTD_CCtx_setParameter(contexts_->with_dictionary.get(), ZSTD_c_dictIDFlag, 0);
}

FrameCompressor::~FrameCompressor() = default;

FrameCompressor::Compressed FrameCompressor::compress(ByteView plain,
                                                      const Dictionary* dictionary) {
  check(plain.size() <= frame_size_max, "a frame has at most 1 MiB");
  if (plain.empty()) return {FrameMethod::stored, plain};
  Bytes& buffer = contexts_->buffer;
  if (buffer.size() < plain.size()) buffer.resize(plain.size());
  ZSTD_CCtx* context = contexts_->usual.get();
  FrameMethod method = FrameMethod::zstd;
  ByteView octets = plain;
  if (dictionary) {
    context = contexts_->with_dictionary.get();
    method = FrameMethod::zstd_dictionary;
    // A frame that did not fit leaves the context unfinished, and then it takes no dictionary.
    ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
    check(!ZSTD_isError(ZSTD_CCtx_refCDict(context, dictionary->prepared_->compressing)),
          "zstd takes the dictionary");
  } else if (const auto effort = contexts_->effort_for(plain); effort != Contexts::Effort::usual) {
    context = contexts_->quick.get();
    if (effort == Contexts::Effort::words) {
      method = FrameMethod::zstd_words;
      contexts_->planes.resize(plain.size());
      split_words(plain, contexts_->planes);
      octets = contexts_->planes;
    }
  }
  // Room for one octet less than there are: what gains nothing is an error and stored.
  const std::size_t size =
      ZSTD_compress2(context, buffer.data(), plain.size() - 1, octets.data(), octets.size());
  if (ZSTD_isError(size)) return {FrameMethod::stored, plain};
  return {method, ByteView(buffer).first(size)};
}

struct FrameExpander::Context {
  std::unique_ptr<ZSTD_DCtx, Free> handle{ZSTD_createDCtx()};
  Bytes buffer;
  Bytes joined;
};

FrameExpander::FrameExpander() : context_(std::make_unique<Context>()) {
  check(context_->handle != nullptr, "memory for zstd");
}

FrameExpander::~FrameExpander() = default;

std::optional<ByteView> FrameExpander::expand(FrameMethod method, ByteView octets,
                                              std::size_t length, const Dictionary* dictionary) {
  check(length <= frame_size_max, "a frame has at most 1 MiB");
  if (method == FrameMethod::stored) {
    if (octets.size() != length) return std::nullopt;
    return octets;
  }
  Bytes& buffer = context_->buffer;
  if (buffer.size() < length) buffer.resize(length);
  ZSTD_DCtx* const context = context_->handle.get();
  std::size_t size = 0;
  if (method == FrameMethod::zstd_dictionary) {
    check(dictionary != nullptr, "the dictionary is at hand");
    size = ZSTD_decompress_usingDDict(context, buffer.data(), length, octets.data(), octets.size(),
                                      dictionary->prepared_->expanding);
  } else {
    size = ZSTD_decompressDCtx(context, buffer.data(), length, octets.data(), octets.size());
  }
  if (ZSTD_isError(size) || size != length) return std::nullopt;
  if (method != FrameMethod::zstd_words) return ByteView(buffer).first(length);
  context_->joined.resize(length);
  join_words(ByteView(buffer).first(length), context_->joined);
  return context_->joined;
}

}  // namespace perdura::archive
