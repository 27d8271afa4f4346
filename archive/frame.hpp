// One frame at a time: compressed, encrypted, and back. Contexts and buffers are reused, so that
// a small document allocates nothing here.
//
// Thread safety: each object, one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "archive/content_form.hpp"
#include "archive/dictionary.hpp"
#include "archive/key_vault.hpp"

namespace perdura::archive {

// AES-256-GCM under one content's data key. Every frame of a content has a nonce of its own, and no
// two contents share a key.
class FrameCipher {
 public:
  // Whether it encrypts or decrypts.
  enum class Direction { seal, open };
  // What the nonce numbers: the frames of a content, or its table of frames.
  enum class Domain : std::uint32_t { frames = 0, table = 1 };

  explicit FrameCipher(Direction direction);
  ~FrameCipher();

  // The key for all that follows.
  void start(const DataKey& key);
  // Encrypts `plain` into `out`, which has seal_size octets more. `context` is authenticated too.
  void seal(Domain domain, std::uint64_t number, ByteView context, ByteView plain,
            std::span<std::uint8_t> out);
  // Decrypts `sealed` into `out`, which has seal_size octets less. False: altered, another key,
  // another place; `out` then holds nothing to be used.
  bool open(Domain domain, std::uint64_t number, ByteView context, ByteView sealed,
            std::span<std::uint8_t> out);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Makes frames smaller.
class FrameCompressor {
 public:
  // What to encrypt, aliasing the compressor's buffer or what was given; good until the next call.
  struct Compressed {
    FrameMethod method;
    ByteView octets;
  };

  // `level` is zstd's, for frames without a dictionary; those that hardly shrink get its first.
  explicit FrameCompressor(int level);
  ~FrameCompressor();

  // At most frame_size_max octets; `dictionary` may be null. Stored when zstd gains nothing.
  Compressed compress(ByteView plain, const Dictionary* dictionary);

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

// Brings frames back to what they were.
class FrameExpander {
 public:
  FrameExpander();
  ~FrameExpander();

  // The `length` octets (at most frame_size_max) that were compressed, aliasing the expander's
  // buffer or `octets`; good until the next call. `dictionary` is needed with zstd_dictionary.
  // Nothing: what was compressed is not so many octets, or zstd refuses.
  std::optional<ByteView> expand(FrameMethod method, ByteView octets, std::size_t length,
                                 const Dictionary* dictionary);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace perdura::archive
