// The stored forms of a content, octet by octet (formats/content.md): a whole one of a single
// frame, and the head of a large one with its table of frames. Parsing opens and trusts nothing.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/dictionary.hpp"
#include "archive/key_vault.hpp"
#include "archive/store.hpp"

namespace perdura::archive {

inline constexpr std::size_t frame_size_max = 1u << 20;     // octets of the document in a frame
inline constexpr std::size_t seal_size = 16;                // GCM's tag behind each frame
inline constexpr std::uint32_t frame_count_max = 3u << 20;  // of a large content: 3 TiB
inline constexpr std::size_t token_size = 16;

// How a frame's octets became what was encrypted.
enum class FrameMethod : std::uint8_t {
  stored = 0,
  zstd = 1,
  zstd_dictionary = 2,
  zstd_words = 3,  // of 16-bit words in planes (word_planes.hpp)
};

// What precedes the one frame of a content of at most 1 MiB.
struct WholeHeader {
  FrameMethod method = FrameMethod::stored;
  std::uint32_t length = 0;                // of the document
  std::optional<DictionaryId> dictionary;  // with zstd_dictionary, and only then

  std::size_t size() const { return dictionary ? 14 : 6; }
};

// The header as it stands before the frame.
Bytes write_whole_header(const WholeHeader& header);
// Reads the header that `octets` starts with. Errors: malformed, unsupported; `where` goes into
// them.
Result<WholeHeader> parse_whole_header(ByteView octets, std::string_view where);

// What a large content's head object starts with, in the clear.
struct LargeHeader {
  static constexpr std::size_t size = 20;
  std::uint64_t length = 0;  // of the document
  std::uint32_t frames = 0;
  std::uint32_t chunks = 0;
};

// The header as the head object starts with.
Bytes write_large_header(const LargeHeader& header);
// As parse_whole_header. Counts that cannot be (frames and length, chunks and frames) are
// malformed.
Result<LargeHeader> parse_large_header(ByteView octets, std::string_view where);

// Where a frame of a large content lies.
struct FramePlace {
  FrameMethod method = FrameMethod::stored;  // never with a dictionary
  std::uint32_t chunk = 0;
  std::uint32_t offset = 0;         // in the chunk
  std::uint32_t stored_length = 0;  // encrypted octets, the seal not counted
};

// The table of frames as it is encrypted: four octets a frame.
Bytes write_frame_table(const std::vector<FramePlace>& frames);
// Errors: malformed (its size or chunks are not what the header says, a frame is longer than can
// be).
Result<std::vector<FramePlace>> parse_frame_table(ByteView octets, const LargeHeader& header,
                                                  std::string_view where);

// Names of objects: "pack/" or "large/" and a token of 16 octets in hex; chunks have a number
// behind.
std::string pack_name(ByteView token);
std::string large_name(ByteView token);
// Such a name of random octets.
std::string new_pack_name();
std::string new_large_name();
std::string chunk_name(const std::string& large_name, std::uint32_t number);
// The 16 octets in a name of one of the two forms; nothing when it has neither.
std::optional<std::array<std::uint8_t, token_size>> token_of(const std::string& object);

// What GCM authenticates besides a frame, so that none can stand in another's place.
Bytes whole_frame_context(ByteView header);
Bytes large_frame_context(const std::string& large_name, std::uint32_t number, bool last);
Bytes frame_table_context(const std::string& large_name, ByteView header);

}  // namespace perdura::archive
