#include "archive/content.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "archive/content_form.hpp"
#include "archive/frame.hpp"

namespace perdura::archive {
namespace {

using verifier::check;
using verifier::DigestAlgorithm;
using verifier::Hasher;

constexpr std::uint8_t location_version = 1;
enum LocationKind : std::uint8_t { in_pack = 1, of_its_own = 2 };
constexpr std::size_t chunk_size_max = 8u << 20;

void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Takes a number off the front; nothing when it is cut short, too large or not the shortest form.
std::optional<std::uint64_t> take_varint(ByteView& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const std::uint8_t octet = in.front();
    in = in.subspan(1);
    if (shift == 63 && octet > 1) return std::nullopt;
    value |= std::uint64_t{octet & 0x7Fu} << shift;
    if (octet >= 0x80) continue;
    if (octet == 0 && shift > 0) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

// A document in frames of 1 MiB, the last one shorter, never empty but for an empty document.
class FrameInput {
 public:
  explicit FrameInput(ByteView whole) : rest_(whole) {}
  FrameInput(const Source& source, std::array<Bytes, 2>& buffers)
      : source_(&source), buffers_(&buffers) {}

  // Makes frame() the next one.
  Result<Ok> advance() {
    if (source_ == nullptr) {
      frame_ = rest_.first(std::min(rest_.size(), frame_size_max));
      rest_ = rest_.subspan(frame_.size());
      last_ = rest_.empty();
      return Ok{};
    }
    if (!ahead_) {
      if (auto filled = fill(); !filled) return filled;
    }
    frame_ = *ahead_;
    if (frame_.size() < frame_size_max) {
      last_ = true;
      return Ok{};
    }
    if (auto filled = fill(); !filled) return filled;
    last_ = ahead_->empty();
    return Ok{};
  }
  ByteView frame() const { return frame_; }
  bool last() const { return last_; }

 private:
  // Reads a frame ahead, into the buffer that frame() does not lie in.
  Result<Ok> fill() {
    Bytes& buffer = (*buffers_)[turn_ ^= 1u];
    buffer.resize(frame_size_max);
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const auto got = (*source_)(std::span(buffer).subspan(filled));
      if (!got) return got.error();
      check(*got <= buffer.size() - filled, "a source fills no more than it was given");
      if (*got == 0) break;
      filled += *got;
    }
    ahead_ = ByteView(buffer).first(filled);
    return Ok{};
  }

  const Source* source_ = nullptr;
  std::array<Bytes, 2>* buffers_ = nullptr;
  unsigned turn_ = 0;
  std::optional<ByteView> ahead_;
  ByteView rest_;
  ByteView frame_;
  bool last_ = false;
};

// How many chunks there are of a large content. The head says it; where it is not there, the
// content was cut short, and what there is starts at the first chunk.
Result<std::uint32_t> count_chunks(const Store& store, const std::string& object) {
  const auto head = store.read(object, 0, LargeHeader::size);
  if (head) {
    const auto header = parse_large_header(*head, object);
    if (!header) return header.error();
    return header->chunks;
  }
  if (head.error().code != Errc::not_found) return head.error();
  for (std::uint32_t number = 0;; ++number) {
    const auto chunk = store.read(chunk_name(object, number), 0, 1);
    if (!chunk && chunk.error().code != Errc::not_found) return chunk.error();
    if (!chunk) return number;
  }
}

}  // namespace

Bytes encode(const ContentLocation& location) {
  const auto token = token_of(location.object);
  check(token && location.wrapped_key.size() == KeyVault::wrapped_size,
        "a content's location names a pack or a large content and holds a wrapped key");
  Bytes out;
  out.reserve(72);
  out.push_back(location_version);
  out.push_back(is_large(location) ? of_its_own : in_pack);
  out.insert(out.end(), token->begin(), token->end());
  out.insert(out.end(), location.wrapped_key.begin(), location.wrapped_key.end());
  append_varint(out, location.offset);
  append_varint(out, location.stored_length);
  append_varint(out, location.length);
  return out;
}

Result<ContentLocation> decode_content_location(ByteView octets, std::string_view where) {
  constexpr std::size_t fixed = 2 + token_size + KeyVault::wrapped_size;
  const auto malformed = [&](const char* what) {
    return Error{Errc::malformed, what, std::string(where), ""};
  };
  if (!octets.empty() && octets[0] > location_version) {
    return Error{Errc::unsupported, "a content's location has version " + std::to_string(octets[0]),
                 std::string(where), "use a newer perdura"};
  }
  if (octets.size() < fixed) return malformed("a content's location is cut short");
  if (octets[0] != location_version || (octets[1] != in_pack && octets[1] != of_its_own)) {
    return malformed("a content's location is of no known kind");
  }
  ContentLocation location;
  location.object =
      (octets[1] == in_pack ? "pack/" : "large/") + verifier::to_hex(octets.subspan(2, token_size));
  location.wrapped_key = verifier::to_bytes(octets.subspan(2 + token_size, KeyVault::wrapped_size));
  ByteView rest = octets.subspan(fixed);
  for (std::uint64_t* const number :
       {&location.offset, &location.stored_length, &location.length}) {
    const auto value = take_varint(rest);
    if (!value) return malformed("a number in a content's location is not in its shortest form");
    *number = *value;
  }
  if (!rest.empty()) return malformed("a content's location has octets behind its end");
  if (is_large(location) && location.offset != 0) {
    return malformed("a large content's location has an offset");
  }
  return location;
}

bool is_large(const ContentLocation& location) { return location.object.starts_with("large/"); }

ContentLocation SealedContent::location() const {
  check(!object.empty(), "a content that is not in the store is located by its pack");
  return {object, offset, stored_length, length, wrapped_key};
}

struct ContentSealer::State {
  Store& store;
  const KeyVault& vault;
  const Dictionaries& dictionaries;
  DataKeySource keys;
  Hasher sha256{DigestAlgorithm::sha256};
  Hasher sha512{DigestAlgorithm::sha512};
  std::optional<Hasher> sha3_256;
  LargeName large_name;
  FrameCipher cipher{FrameCipher::Direction::seal};
  FrameCompressor compressor;
  std::array<Bytes, 2> buffers;

  Result<SealedContent> seal(FrameInput& input, std::string_view media_type);
  void hash(ByteView part);
  void take_digests(SealedContent& sealed);
  SealedContent seal_whole(ByteView document, std::string_view media_type);
  Result<SealedContent> seal_large(FrameInput& input);
  Result<Ok> put_frames(FrameInput& input, SealedContent& sealed, std::vector<FramePlace>& frames);
  FramePlace seal_frame(const std::string& name, std::uint32_t number, const FrameInput& input,
                        Bytes& chunk);
  Result<Ok> put_chunk(const std::string& name, std::uint32_t number, Bytes chunk);
  Result<Ok> put_head(const SealedContent& sealed, const std::vector<FramePlace>& frames,
                      std::uint64_t& stored_length);
};

void ContentSealer::State::hash(ByteView part) {
  sha256.update(part);
  sha512.update(part);
  if (sha3_256) sha3_256->update(part);
}

void ContentSealer::State::take_digests(SealedContent& sealed) {
  sealed.sha256 = sha256.finish();
  sealed.sha512 = sha512.finish();
  if (sha3_256) sealed.sha3_256 = sha3_256->finish();
}

SealedContent ContentSealer::State::seal_whole(ByteView document, std::string_view media_type) {
  SealedContent sealed;
  sealed.length = document.size();
  hash(document);
  take_digests(sealed);

  const bool may_use = !media_type.empty() && document.size() <= Dictionaries::document_size_max;
  const auto dictionary = may_use ? dictionaries.current(media_type) : nullptr;
  const auto [method, octets] = compressor.compress(document, dictionary.get());
  WholeHeader header;
  header.method = method;
  header.length = static_cast<std::uint32_t>(document.size());
  if (method == FrameMethod::zstd_dictionary) header.dictionary = dictionary->id();

  sealed.octets = write_whole_header(header);
  const Bytes context = whole_frame_context(sealed.octets);
  sealed.octets.resize(header.size() + octets.size() + seal_size);
  const DataKey key = keys.next();
  cipher.start(key);
  cipher.seal(FrameCipher::Domain::frames, 0, context, octets,
              std::span(sealed.octets).subspan(header.size()));
  sealed.wrapped_key = vault.wrap(key);
  sealed.stored_length = sealed.octets.size();
  return sealed;
}

// Appends one sealed frame to the chunk.
FramePlace ContentSealer::State::seal_frame(const std::string& name, std::uint32_t number,
                                            const FrameInput& input, Bytes& chunk) {
  hash(input.frame());
  const auto [method, octets] = compressor.compress(input.frame(), nullptr);
  const FramePlace place{.method = method,
                         .chunk = 0,
                         .offset = static_cast<std::uint32_t>(chunk.size()),
                         .stored_length = static_cast<std::uint32_t>(octets.size())};
  chunk.resize(chunk.size() + octets.size() + seal_size);
  cipher.seal(FrameCipher::Domain::frames, number, large_frame_context(name, number, input.last()),
              octets, std::span(chunk).subspan(place.offset));
  return place;
}

Result<Ok> ContentSealer::State::put_chunk(const std::string& name, std::uint32_t number,
                                           Bytes chunk) {
  std::vector<Object> objects(1);
  objects[0] = {chunk_name(name, number), std::move(chunk)};
  return store.put(std::move(objects));
}

// Reads the document to its end and puts its chunks; the first frame is at hand.
Result<Ok> ContentSealer::State::put_frames(FrameInput& input, SealedContent& sealed,
                                            std::vector<FramePlace>& frames) {
  constexpr std::size_t room = frame_size_max + seal_size;
  Bytes chunk;
  std::uint32_t chunks = 0;
  while (true) {
    if (frames.size() == frame_count_max) {
      return Error{Errc::too_large, "the document is larger than 3 TiB", "", "split it"};
    }
    if (chunk.empty()) chunk.reserve(chunk_size_max);
    FramePlace place =
        seal_frame(sealed.object, static_cast<std::uint32_t>(frames.size()), input, chunk);
    place.chunk = chunks;
    frames.push_back(place);
    sealed.length += input.frame().size();
    if (input.last() || chunk.size() + room > chunk_size_max) {
      sealed.stored_length += chunk.size();
      if (auto done = put_chunk(sealed.object, chunks++, std::exchange(chunk, {})); !done) {
        return done;
      }
    }
    if (input.last()) return Ok{};
    if (auto read = input.advance(); !read) return read;
  }
}

// The head is written last: until it is there, the content is not.
Result<Ok> ContentSealer::State::put_head(const SealedContent& sealed,
                                          const std::vector<FramePlace>& frames,
                                          std::uint64_t& stored_length) {
  Bytes head = write_large_header({.length = sealed.length,
                                   .frames = static_cast<std::uint32_t>(frames.size()),
                                   .chunks = frames.back().chunk + 1});
  const Bytes context = frame_table_context(sealed.object, head);
  const Bytes table = write_frame_table(frames);
  head.resize(head.size() + table.size() + seal_size);
  cipher.seal(FrameCipher::Domain::table, 0, context, table,
              std::span(head).subspan(LargeHeader::size));
  stored_length += head.size();
  std::vector<Object> objects(1);
  objects[0] = {sealed.object, std::move(head)};
  return store.put(std::move(objects));
}

Result<SealedContent> ContentSealer::State::seal_large(FrameInput& input) {
  auto name = large_name();
  if (!name) return name.error();
  SealedContent sealed;
  sealed.object = *std::move(name);
  const DataKey key = keys.next();
  cipher.start(key);
  std::vector<FramePlace> frames;
  auto done = put_frames(input, sealed, frames);
  // In any case: the hashers start anew with the next document.
  take_digests(sealed);
  if (done) done = put_head(sealed, frames, sealed.stored_length);
  if (!done) {
    // What was put is of no use; where even erasing fails, nothing refers to it.
    if (auto erased = erase_large_content(store, sealed.object); !erased) return done.error();
    return done.error();
  }
  sealed.wrapped_key = vault.wrap(key);
  return sealed;
}

Result<SealedContent> ContentSealer::State::seal(FrameInput& input, std::string_view media_type) {
  if (auto read = input.advance(); !read) return read.error();
  if (input.last()) return seal_whole(input.frame(), media_type);
  return seal_large(input);
}

ContentSealer::ContentSealer(Store& store, const KeyVault& vault, const Dictionaries& dictionaries,
                             int level, bool with_sha3_256, LargeName large_name)
    : state_(new State{.store = store,
                       .vault = vault,
                       .dictionaries = dictionaries,
                       .keys = {},
                       .sha3_256 = {},
                       .large_name = large_name ? std::move(large_name) : new_large_name,
                       .compressor = FrameCompressor(level),
                       .buffers = {}}) {
  if (with_sha3_256) state_->sha3_256.emplace(DigestAlgorithm::sha3_256);
}

ContentSealer::~ContentSealer() = default;

Result<SealedContent> ContentSealer::seal(const Source& source, std::string_view media_type) {
  FrameInput input(source, state_->buffers);
  return state_->seal(input, media_type);
}

Result<SealedContent> ContentSealer::seal(ByteView whole, std::string_view media_type) {
  FrameInput input(whole);
  return state_->seal(input, media_type);
}

Result<Ok> erase_large_content(Store& store, const std::string& object) {
  if (!object.starts_with("large/")) return Ok{};
  const auto chunks = count_chunks(store, object);
  if (!chunks) return chunks.error();
  for (std::uint32_t number = *chunks; number-- > 0;) {
    if (auto done = store.erase(chunk_name(object, number)); !done) return done;
  }
  return store.erase(object);
}

}  // namespace perdura::archive
