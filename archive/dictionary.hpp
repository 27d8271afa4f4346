// Trained zstd dictionaries: they let a small document compress like a big one.
//
// A dictionary is kept as content of the archive (sealed without a dictionary), for as long as any
// content names it. A content names it by its id, the first 8 octets of its SHA-256.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Digest;
using verifier::Ok;
using verifier::Result;

using DictionaryId = std::array<std::uint8_t, 8>;

// One dictionary, made ready for compressing and for expanding.
// Thread safety: immutable; shared by all threads.
class Dictionary {
 public:
  // `bytes` is a zstd dictionary with SHA-256 `address`; nothing is kept of it but what zstd made.
  Dictionary(const Digest& address, ByteView bytes, int level);
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary();

  const DictionaryId& id() const { return id_; }
  const Digest& address() const { return address_; }

 private:
  friend class FrameCompressor;
  friend class FrameExpander;
  struct Prepared;  // ZSTD_CDict and ZSTD_DDict
  Digest address_;
  DictionaryId id_;
  std::unique_ptr<Prepared> prepared_;
};

// A dictionary that learn() made. The caller stores its bytes as content, commits that it is the
// dictionary of this media type, and then load()s it.
struct NewDictionary {
  std::string media_type;
  Bytes bytes;
};

// The dictionaries of an archive: one for compressing a media type, all for expanding.
// Thread safety: any member from any thread.
class Dictionaries {
 public:
  static constexpr std::size_t document_size_max = 128u << 10;  // larger ones neither use nor teach

  // `level` is zstd's. With a dictionary a higher one than 1 takes a third longer and gains 2 %.
  explicit Dictionaries(int level = 1);
  ~Dictionaries();

  // From now on `bytes` is the dictionary for compressing `media_type`, and known for expanding.
  // Errors: malformed (its SHA-256 is not `address`, or zstd refuses it), conflict (another one has
  // the same id).
  Result<Ok> load(std::string_view media_type, const Digest& address, ByteView bytes);
  // The dictionary to compress a document with; null when there is none.
  std::shared_ptr<const Dictionary> current(std::string_view media_type) const;
  // The dictionary of that id; null when it was not loaded.
  std::shared_ptr<const Dictionary> find(const DictionaryId& id) const;
  // Shows a document. Copies are collected, and the call that makes them enough (1 MiB of a media
  // type) takes some 20 ms, trains, and returns the dictionary if it makes documents at least a
  // tenth smaller. Never for a media type that has one, and at most once a media type while this
  // object lives: so a dictionary that contents name is never replaced.
  std::optional<NewDictionary> learn(std::string_view media_type, ByteView sample);

 private:
  struct Samples;
  const int level_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Dictionary>, std::less<>> current_;
  std::map<DictionaryId, std::shared_ptr<const Dictionary>> all_;
  std::map<std::string, std::unique_ptr<Samples>, std::less<>> samples_;
  std::set<std::string, std::less<>> settled_;  // shown enough: no more is collected
};

}  // namespace perdura::archive
