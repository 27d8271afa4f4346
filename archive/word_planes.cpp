#include "archive/word_planes.hpp"

#include <algorithm>

#include "verifier/result.hpp"

namespace perdura::archive {
namespace {

using verifier::ByteView;
using verifier::check;

constexpr std::size_t sample_words_max = 4096;

std::uint16_t word_at(ByteView octets, std::size_t number) {
  return static_cast<std::uint16_t>(octets[2 * number] | octets[2 * number + 1] << 8);
}

// The high octet of a difference, which is 0 for all from -128 to 127.
std::uint8_t high_plane(std::uint16_t difference) {
  return static_cast<std::uint8_t>((difference >> 8) + (difference >> 7 & 1));
}

}  // namespace

bool has_alike_words(ByteView octets) {
  const std::size_t words = std::min(octets.size() / 2, sample_words_max);
  const ByteView sample = octets.subspan((octets.size() / 2 - words) / 2 * 2, 2 * words);
  std::size_t alike = 0;
  for (std::size_t i = 1; i < words; ++i) {
    const auto difference = static_cast<std::uint16_t>(word_at(sample, i) - word_at(sample, i - 1));
    alike += high_plane(difference) == 0 ? 1 : 0;
  }
  return alike * 2 > words;
}

void split_words(ByteView plain, std::span<std::uint8_t> out) {
  check(out.size() == plain.size(), "planes are as long as what they are of");
  const std::size_t words = plain.size() / 2;
  const auto low = out.first(words);
  const auto high = out.subspan(words, words);
  std::uint16_t before = 0;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint16_t word = word_at(plain, i);
    const auto difference = static_cast<std::uint16_t>(word - before);
    low[i] = static_cast<std::uint8_t>(difference);
    high[i] = high_plane(difference);
    before = word;
  }
  if (plain.size() % 2 != 0) out.back() = plain.back();
}

void join_words(ByteView planes, std::span<std::uint8_t> out) {
  check(out.size() == planes.size(), "planes are as long as what they are of");
  const std::size_t words = planes.size() / 2;
  const ByteView low = planes.first(words);
  const ByteView high = planes.subspan(words, words);
  unsigned word = 0;
  for (std::size_t i = 0; i < words; ++i) {
    const unsigned low_octet = low[i];
    const unsigned high_octet = high[i];
    word += low_octet + ((high_octet - (low_octet >> 7u)) << 8u);
    out[2 * i] = static_cast<std::uint8_t>(word);
    out[2 * i + 1] = static_cast<std::uint8_t>(word >> 8);
  }
  if (planes.size() % 2 != 0) out.back() = planes.back();
}

}  // namespace perdura::archive
