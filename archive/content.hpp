// A document to its stored form: hashed, compressed, encrypted, in one pass. Back:
// content_reader.hpp. The stored form, octet by octet: formats/content.md.
//
// Documents of at most 1 MiB are sealed in memory, to be placed in a pack (pack.hpp). Larger ones
// are streamed into objects of their own as they are read: memory stays flat.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive/dictionary.hpp"
#include "archive/key_vault.hpp"
#include "archive/store.hpp"
#include "verifier/digest.hpp"

namespace perdura::archive {

// Where a content lies and what opens it. Holds nothing secret: the key is wrapped.
struct ContentLocation {
  std::string object;               // "pack/<32 hex>", or "large/<32 hex>" for one of its own
  std::uint64_t offset = 0;         // in the pack; 0 for a large one
  std::uint64_t stored_length = 0;  // octets in the store; for a large one over all its objects
  std::uint64_t length = 0;         // octets of the document
  Bytes wrapped_key;                // 40 octets
};

// The location as a row's value, about 65 octets (formats/content.md). An object name of another
// form is a broken invariant.
Bytes encode(const ContentLocation& location);
// Errors: malformed, unsupported (newer version). `where` goes into the error.
Result<ContentLocation> decode_content_location(ByteView octets, std::string_view where);

// Whether a content lies in objects of its own.
bool is_large(const ContentLocation& location);

// What sealing a document yields.
struct SealedContent {
  Digest sha256;  // the content's address
  Digest sha512;
  std::optional<Digest> sha3_256;  // when the sealer was asked to take it
  std::uint64_t length = 0;        // of the document
  Bytes wrapped_key;
  Bytes octets;              // small, and not in the store yet: to be placed in a pack; else empty
  std::string object;        // in the store already: there; else empty
  std::uint64_t offset = 0;  // in a pack that is its object
  std::uint64_t stored_length = 0;

  // Where one that is in the store already lies. For another PackBuilder::add says.
  ContentLocation location() const;
};

// Fills the span from its start and returns how many octets that were; 0 at the end of the
// document.
using Source = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;

// Yields a name for a large content's objects. Errors: io.
using LargeName = std::function<Result<std::string>()>;

// Seals documents one after the other, reusing its contexts and buffers (about 4 MiB).
// Thread safety: one thread at a time; one for each worker. What it was given must outlive it.
class ContentSealer {
 public:
  static constexpr std::size_t small_size_max = 1u << 20;
  static constexpr int usual_level = 3;  // of zstd

  // `large_name`: nothing for random names, of which nobody else knows.
  ContentSealer(Store& store, const KeyVault& vault, const Dictionaries& dictionaries,
                int level = usual_level, bool with_sha3_256 = false, LargeName large_name = {});
  ~ContentSealer();

  // Reads `source` to its end. For a document over 1 MiB the objects are put on the way, the head
  // last; when that fails, what was put is erased again. `media_type` picks the dictionary ("" for
  // none). Errors: what `source` returns, too_large, io.
  Result<SealedContent> seal(const Source& source, std::string_view media_type);
  // Seals a document that is in memory.
  Result<SealedContent> seal(ByteView whole, std::string_view media_type);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Erases the objects of a large content, whole or cut short: the last chunk first and the head
// last, so that a call that was cut short can be repeated. For one in a pack does nothing:
// destroying its wrapped key destroys it. Errors: io.
Result<Ok> erase_large_content(Store& store, const std::string& object);

}  // namespace perdura::archive
