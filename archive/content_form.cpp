#include "archive/content_form.hpp"

#include <algorithm>
#include <utility>

#include "archive/big_endian.hpp"
#include "archive/random.hpp"

namespace perdura::archive {
namespace {

using verifier::check;
using verifier::malformed;

constexpr std::uint8_t whole_kind = 1;
constexpr std::uint8_t large_kind = 2;
constexpr std::string_view pack_prefix = "pack/";
constexpr std::string_view large_prefix = "large/";

// An entry of the table: bit 31 starts a chunk, bit 30 says zstd, bit 29 with it that words are in
// planes; the rest is the stored length.
constexpr std::uint32_t starts_chunk = 1u << 31;
constexpr std::uint32_t is_zstd = 1u << 30;
constexpr std::uint32_t is_words = 1u << 29;

std::uint32_t method_bits(FrameMethod method) {
  if (method == FrameMethod::zstd_words) return is_zstd | is_words;
  return method == FrameMethod::zstd ? is_zstd : 0;
}

// Nothing when the bits contradict each other.
std::optional<FrameMethod> method_of(std::uint32_t entry) {
  if (entry & is_words) {
    return entry & is_zstd ? std::optional(FrameMethod::zstd_words) : std::nullopt;
  }
  return entry & is_zstd ? FrameMethod::zstd : FrameMethod::stored;
}

Result<Ok> check_kind(ByteView octets, std::uint8_t kind, std::string_view where) {
  if (octets.empty()) return malformed("a content's header is cut short", where);
  if (octets[0] == kind) return Ok{};
  if (octets[0] == 0 || octets[0] == whole_kind || octets[0] == large_kind) {
    return malformed("a content's header is of the wrong kind", where);
  }
  return Error{Errc::unsupported,
               "the content has form " + std::to_string(octets[0]) + ", which is not known",
               std::string(where), "use a newer perdura"};
}

std::string name_of(std::string_view prefix, ByteView token) {
  check(token.size() == token_size, "an object's name has a token of 16 octets");
  return std::string(prefix) + verifier::to_hex(token);
}

}  // namespace

Bytes write_whole_header(const WholeHeader& header) {
  Bytes out;
  out.reserve(header.size());
  append_big_endian(out, whole_kind, 1);
  append_big_endian(out, static_cast<std::uint8_t>(header.method), 1);
  append_big_endian(out, header.length, 4);
  if (header.dictionary)
    out.insert(out.end(), header.dictionary->begin(), header.dictionary->end());
  return out;
}

Result<WholeHeader> parse_whole_header(ByteView octets, std::string_view where) {
  if (auto good = check_kind(octets, whole_kind, where); !good) return good.error();
  WholeHeader header;
  if (octets.size() < header.size()) return malformed("a content's header is cut short", where);
  if (octets[1] > static_cast<std::uint8_t>(FrameMethod::zstd_words)) {
    return malformed("a content's method is not known", where);
  }
  header.method = static_cast<FrameMethod>(octets[1]);
  header.length = static_cast<std::uint32_t>(number_at(octets, 2, 4));
  if (header.length > frame_size_max) return malformed("a content's length is over 1 MiB", where);
  if (header.method == FrameMethod::zstd_dictionary) {
    DictionaryId id{};
    if (octets.size() < 6 + id.size()) return malformed("a content's header is cut short", where);
    std::ranges::copy(octets.subspan(6, id.size()), id.begin());
    header.dictionary = id;
  }
  return header;
}

Bytes write_large_header(const LargeHeader& header) {
  Bytes out;
  append_big_endian(out, large_kind, 1);
  append_big_endian(out, 0, 3);
  append_big_endian(out, header.length, 8);
  append_big_endian(out, header.frames, 4);
  append_big_endian(out, header.chunks, 4);
  return out;
}

Result<LargeHeader> parse_large_header(ByteView octets, std::string_view where) {
  if (auto good = check_kind(octets, large_kind, where); !good) return good.error();
  if (octets.size() < LargeHeader::size || number_at(octets, 1, 3) != 0) {
    return malformed("a content's header is cut short or altered", where);
  }
  const LargeHeader header{.length = number_at(octets, 4, 8),
                           .frames = static_cast<std::uint32_t>(number_at(octets, 12, 4)),
                           .chunks = static_cast<std::uint32_t>(number_at(octets, 16, 4))};
  const bool possible = header.frames >= 2 && header.frames <= frame_count_max &&
                        header.length <= std::uint64_t{header.frames} * frame_size_max &&
                        header.length > std::uint64_t{header.frames - 1} * frame_size_max &&
                        header.chunks >= 1 && header.chunks <= header.frames;
  if (!possible) return malformed("a content's length and counts contradict", where);
  return header;
}

Bytes write_frame_table(const std::vector<FramePlace>& frames) {
  Bytes out;
  out.reserve(frames.size() * 4);
  for (const FramePlace& frame : frames) {
    append_big_endian(
        out,
        frame.stored_length | (frame.offset == 0 ? starts_chunk : 0) | method_bits(frame.method),
        4);
  }
  return out;
}

Result<std::vector<FramePlace>> parse_frame_table(ByteView octets, const LargeHeader& header,
                                                  std::string_view where) {
  if (octets.size() != std::size_t{header.frames} * 4) {
    return malformed("a content's table of frames does not have the size it should", where);
  }
  std::vector<FramePlace> frames;
  frames.reserve(header.frames);
  std::uint32_t chunks = 0;
  std::uint64_t offset = 0;
  for (std::size_t at = 0; at < octets.size(); at += 4) {
    const auto entry = static_cast<std::uint32_t>(number_at(octets, at, 4));
    if (entry & starts_chunk) {
      ++chunks;
      offset = 0;
    }
    const std::uint32_t length = entry & ~(starts_chunk | is_zstd | is_words);
    if (chunks == 0 || length == 0 || length > frame_size_max ||
        offset + length + seal_size > Store::object_size_max) {
      return malformed("a frame lies where none can", where);
    }
    const auto method = method_of(entry);
    if (!method) return malformed("a frame's method is not known", where);
    frames.push_back({.method = *method,
                      .chunk = chunks - 1,
                      .offset = static_cast<std::uint32_t>(offset),
                      .stored_length = length});
    offset += length + seal_size;
  }
  if (chunks != header.chunks) {
    return malformed("a content's table of frames has another count of chunks", where);
  }
  return frames;
}

std::string pack_name(ByteView token) { return name_of(pack_prefix, token); }
std::string large_name(ByteView token) { return name_of(large_prefix, token); }
std::string new_pack_name() { return pack_name(random_octets(token_size)); }
std::string new_large_name() { return large_name(random_octets(token_size)); }

std::string chunk_name(const std::string& large_name, std::uint32_t number) {
  Bytes octets;
  append_big_endian(octets, number, 4);
  return large_name + '/' + verifier::to_hex(octets);
}

std::optional<std::array<std::uint8_t, token_size>> token_of(const std::string& object) {
  for (const std::string_view prefix : {pack_prefix, large_prefix}) {
    if (!object.starts_with(prefix)) continue;
    const auto octets = verifier::from_hex(std::string_view(object).substr(prefix.size()));
    if (!octets || octets->size() != token_size) return std::nullopt;
    std::array<std::uint8_t, token_size> token{};
    std::ranges::copy(*octets, token.begin());
    return token;
  }
  return std::nullopt;
}

Bytes whole_frame_context(ByteView header) {
  Bytes out = verifier::to_bytes(header);
  append_big_endian(out, 0, 4);
  append_big_endian(out, 1, 1);
  return out;
}

Bytes large_frame_context(const std::string& large_name, std::uint32_t number, bool last) {
  const auto token = token_of(large_name);
  check(token.has_value(), "a large content has a name of its form");
  Bytes out;
  out.reserve(1 + token_size + 5);
  append_big_endian(out, large_kind, 1);
  for (const std::uint8_t octet : *token) out.push_back(octet);
  append_big_endian(out, number, 4);
  append_big_endian(out, last ? 1 : 0, 1);
  return out;
}

Bytes frame_table_context(const std::string& large_name, ByteView header) {
  const auto token = token_of(large_name);
  check(token.has_value(), "a large content has a name of its form");
  Bytes out = verifier::to_bytes(header);
  out.insert(out.end(), token->begin(), token->end());
  return out;
}

}  // namespace perdura::archive
