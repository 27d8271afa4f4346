#include "archive/content_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "archive/content_form.hpp"
#include "archive/frame.hpp"

namespace perdura::archive {
namespace {

using verifier::DigestAlgorithm;
using verifier::Hasher;

// What is wanted of a document.
struct Range {
  std::uint64_t offset;
  std::uint64_t length;

  std::uint64_t end() const { return length > ~offset ? ~std::uint64_t{0} : offset + length; }
  // The part of a frame that starts at `start` of the document.
  ByteView of(ByteView frame, std::uint64_t start) const {
    const std::uint64_t frame_end = start + frame.size();
    const std::uint64_t from = std::clamp(offset, start, frame_end);
    const std::uint64_t to = std::clamp(end(), from, frame_end);
    return frame.subspan(static_cast<std::size_t>(from - start),
                         static_cast<std::size_t>(to - from));
  }
};

constexpr const char* altered_hint =
    "the stored octets are not those that were written; bring them back from a replica or a backup";

}  // namespace

struct ContentReader::State {
  const Store& store;
  const KeyVault& vault;
  const Dictionaries& dictionaries;
  Hasher sha256{DigestAlgorithm::sha256};
  FrameCipher cipher{FrameCipher::Direction::open};
  FrameExpander expander;
  Bytes compressed;  // a frame after decryption

  // One content while it is read.
  struct Reading {
    const ContentLocation& location;
    const Digest& address;
    Range range;
    bool whole;  // the digest counts
    const Sink& sink;

    std::string where() const { return "content " + address.hex(); }
    Error altered(const std::string& what) const {
      return {Errc::malformed, what, where() + ", " + location.object, altered_hint};
    }
    // An error of the store, saying which content it concerns.
    Error of_store(Error error) const {
      error.where = where() + ", " + error.where;
      return error;
    }
  };

  Result<Ok> read(const Reading& reading);
  Result<Ok> read_small(const Reading& reading);
  Result<Ok> read_large(const Reading& reading);
  Result<std::vector<FramePlace>> read_head(const Reading& reading);
  Result<ByteView> read_frame(const Reading& reading, const std::vector<FramePlace>& frames,
                              std::size_t number);
  Result<Ok> deliver(const Reading& reading, ByteView frame, std::uint64_t start, bool last);
};

// Hands the wanted part of a frame on; the last one only when the digest of all holds.
Result<Ok> ContentReader::State::deliver(const Reading& reading, ByteView frame,
                                         std::uint64_t start, bool last) {
  if (reading.whole) {
    sha256.update(frame);
    if (last && sha256.finish() != reading.address) {
      return reading.altered("the document does not have the SHA-256 that is its address");
    }
  }
  const ByteView wanted = reading.range.of(frame, start);
  return wanted.empty() ? Result<Ok>(Ok{}) : reading.sink(wanted);
}

Result<Ok> ContentReader::State::read_small(const Reading& reading) {
  const ContentLocation& location = reading.location;
  if (location.stored_length > Store::object_size_max) {
    return reading.altered("the location of a small content has an impossible length");
  }
  const auto octets = store.read(location.object, location.offset, location.stored_length);
  if (!octets) return reading.of_store(octets.error());
  if (octets->size() != location.stored_length) {
    return reading.altered("the pack ends before the content does");
  }
  const auto header = parse_whole_header(*octets, reading.where());
  if (!header) return header.error();
  if (header->length != location.length || octets->size() < header->size() + seal_size) {
    return reading.altered("the length in the content's header is not the one in its location");
  }
  std::shared_ptr<const Dictionary> dictionary;
  if (header->dictionary && !(dictionary = dictionaries.find(*header->dictionary))) {
    return Error{Errc::not_found,
                 "the dictionary " + verifier::to_hex(*header->dictionary) +
                     "... that it was compressed with is not there",
                 reading.where(), "bring the archive back from a backup"};
  }
  const ByteView sealed = ByteView(*octets).subspan(header->size());
  compressed.resize(sealed.size() - seal_size);
  const Bytes context = whole_frame_context(ByteView(*octets).first(header->size()));
  if (!cipher.open(FrameCipher::Domain::frames, 0, context, sealed, compressed)) {
    return reading.altered("frame 0 does not decrypt: stored octets were altered");
  }
  const auto frame = expander.expand(header->method, compressed, header->length, dictionary.get());
  if (!frame) return reading.altered("frame 0 does not expand");
  return deliver(reading, *frame, 0, true);
}

Result<std::vector<FramePlace>> ContentReader::State::read_head(const Reading& reading) {
  const ContentLocation& location = reading.location;
  const auto head = store.read(location.object, 0, Store::object_size_max);
  if (!head) return reading.of_store(head.error());
  const auto header = parse_large_header(*head, reading.where());
  if (!header) return header.error();
  const std::size_t table_size = std::size_t{header->frames} * 4;
  if (header->length != location.length ||
      head->size() != LargeHeader::size + table_size + seal_size) {
    return reading.altered("the content's head does not have the lengths that it should");
  }
  Bytes table(table_size);
  const Bytes context =
      frame_table_context(location.object, ByteView(*head).first(LargeHeader::size));
  if (!cipher.open(FrameCipher::Domain::table, 0, context,
                   ByteView(*head).subspan(LargeHeader::size), table)) {
    return reading.altered("the table of frames does not decrypt: stored octets were altered");
  }
  auto frames = parse_frame_table(table, *header, reading.where());
  if (!frames) return frames.error();
  std::uint64_t stored = head->size();
  for (const FramePlace& frame : *frames) stored += frame.stored_length + seal_size;
  if (stored != location.stored_length) {
    return reading.altered("the frames do not have the length that the location says");
  }
  return frames;
}

Result<ByteView> ContentReader::State::read_frame(const Reading& reading,
                                                  const std::vector<FramePlace>& frames,
                                                  std::size_t number) {
  const FramePlace& place = frames[number];
  const std::string name = "frame " + std::to_string(number);
  const std::string& object = reading.location.object;
  const std::size_t sealed_size = place.stored_length + seal_size;
  const auto sealed = store.read(chunk_name(object, place.chunk), place.offset, sealed_size);
  if (!sealed) return reading.of_store(sealed.error());
  if (sealed->size() != sealed_size) return reading.altered(name + " is cut short");
  compressed.resize(place.stored_length);
  const bool last = number + 1 == frames.size();
  const auto number32 = static_cast<std::uint32_t>(number);
  if (!cipher.open(FrameCipher::Domain::frames, number, large_frame_context(object, number32, last),
                   *sealed, compressed)) {
    return reading.altered(name + " does not decrypt: stored octets were altered");
  }
  const std::uint64_t start = std::uint64_t{number} * frame_size_max;
  const auto length = std::min<std::uint64_t>(frame_size_max, reading.location.length - start);
  const auto frame =
      expander.expand(place.method, compressed, static_cast<std::size_t>(length), nullptr);
  if (!frame) return reading.altered(name + " does not expand");
  return *frame;
}

Result<Ok> ContentReader::State::read_large(const Reading& reading) {
  const auto frames = read_head(reading);
  if (!frames) return frames.error();
  const std::uint64_t end = std::min(reading.range.end(), reading.location.length);
  for (std::size_t number = reading.range.offset / frame_size_max; number < frames->size();
       ++number) {
    const std::uint64_t start = std::uint64_t{number} * frame_size_max;
    if (start >= end) break;
    const auto frame = read_frame(reading, *frames, number);
    if (!frame) return frame.error();
    const bool last = number + 1 == frames->size();
    if (auto done = deliver(reading, *frame, start, last); !done) return done;
  }
  return Ok{};
}

Result<Ok> ContentReader::State::read(const Reading& reading) {
  const auto key = vault.unwrap(reading.location.wrapped_key);
  if (!key) {
    Error error = key.error();
    error.where = reading.where();
    return error;
  }
  if (!token_of(reading.location.object)) {
    return reading.altered("the location names an object that holds no content");
  }
  cipher.start(*key);
  sha256.finish();  // of a reading that was broken off
  return is_large(reading.location) ? read_large(reading) : read_small(reading);
}

ContentReader::ContentReader(const Store& store, const KeyVault& vault,
                             const Dictionaries& dictionaries)
    : state_(new State{.store = store,
                       .vault = vault,
                       .dictionaries = dictionaries,
                       .expander = {},
                       .compressed = {}}) {}

ContentReader::~ContentReader() = default;

Result<Ok> ContentReader::read(const ContentLocation& location, const Digest& address,
                               const Sink& sink) {
  return state_->read({location, address, {0, location.length}, true, sink});
}

Result<Ok> ContentReader::read_range(const ContentLocation& location, const Digest& address,
                                     std::uint64_t offset, std::uint64_t length, const Sink& sink) {
  if (offset >= location.length || length == 0) return Ok{};
  return state_->read({location, address, {offset, length}, false, sink});
}

}  // namespace perdura::archive
