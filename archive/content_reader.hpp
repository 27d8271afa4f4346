// Contents read back: located, decrypted, expanded, and held against their address.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "archive/content.hpp"

namespace perdura::archive {

// Takes the document's octets in order; an error stops the reading and is returned by it.
using Sink = std::function<Result<Ok>(ByteView)>;

// Thread safety: one thread at a time; one for each worker. What it was given must outlive it.
class ContentReader {
 public:
  ContentReader(const Store& store, const KeyVault& vault, const Dictionaries& dictionaries);
  ~ContentReader();

  // Streams the whole document. Each frame is authenticated before its octets reach `sink`, and
  // SHA-256 over the whole is held against `address` before the last frame does: so a sink that saw
  // all octets saw the right ones, and a document of one frame is checked before any is delivered.
  // Errors: not_found (an object is missing), malformed (a frame does not decrypt, the digest
  // differs), denied (the key does not unwrap), unsupported (newer form), io, what `sink` returns.
  Result<Ok> read(const ContentLocation& location, const Digest& address, const Sink& sink);
  // Streams `length` octets at `offset` of the document, or fewer at its end. Frames are
  // authenticated; the digest of the whole is not checked. `address` is named in errors.
  Result<Ok> read_range(const ContentLocation& location, const Digest& address,
                        std::uint64_t offset, std::uint64_t length, const Sink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace perdura::archive
