#include "archive/word_planes.hpp"

#include <gtest/gtest.h>

#include "archive/frame.hpp"

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::ByteView;

// A picture of 12 bits a pixel: a slope with a little noise.
Bytes picture(std::size_t words) {
  Bytes octets;
  unsigned noise = 1;
  for (std::size_t i = 0; i < words; ++i) {
    noise = noise * 1103515245 + 12345;
    const unsigned pixel = static_cast<unsigned>(i % 512) * 7 + (noise >> 16) % 32;
    octets.push_back(static_cast<std::uint8_t>(pixel));
    octets.push_back(static_cast<std::uint8_t>(pixel >> 8));
  }
  return octets;
}

Bytes split(ByteView plain) {
  Bytes planes(plain.size());
  split_words(plain, planes);
  return planes;
}

Bytes joined(ByteView planes) {
  Bytes plain(planes.size());
  join_words(planes, plain);
  return plain;
}

TEST(WordPlanes, HoldDifferencesLowOctetsFirst) {
  // Words 0x0100, 0x00FF, 0x0180 and an odd octet: differences 0x0100, 0xFFFF, 0x0081.
  const Bytes plain{0x00, 0x01, 0xFF, 0x00, 0x80, 0x01, 0x2A};
  EXPECT_EQ(split(plain), (Bytes{0x00, 0xFF, 0x81, 0x01, 0x00, 0x01, 0x2A}));
}

TEST(WordPlanes, AnyOctetsComeBack) {
  Bytes octets;
  unsigned noise = 7;
  for (std::size_t size = 0; size < 70; ++size) {
    EXPECT_EQ(joined(split(octets)), octets) << size;
    EXPECT_EQ(split(joined(octets)), octets) << size;
    noise = noise * 1103515245 + 12345;
    octets.push_back(static_cast<std::uint8_t>(noise >> 16));
  }
}

TEST(WordPlanes, EveryDifferenceComesBack) {
  Bytes octets;
  for (unsigned word = 0; word <= 0xFFFF; ++word) {
    octets.insert(octets.end(), {0, 0});
    octets.push_back(static_cast<std::uint8_t>(word));
    octets.push_back(static_cast<std::uint8_t>(word >> 8));
  }
  EXPECT_EQ(joined(split(octets)), octets);
}

TEST(WordPlanes, PicturesHaveAlikeWordsAndTextHasNot) {
  EXPECT_TRUE(has_alike_words(picture(10'000)));
  Bytes text;
  while (text.size() < 20'000) {
    for (const char c : std::string_view("{\"resourceType\":\"Observation\",\"id\":\"")) {
      text.push_back(static_cast<std::uint8_t>(c));
    }
    text.push_back(static_cast<std::uint8_t>('0' + text.size() % 10));
  }
  EXPECT_FALSE(has_alike_words(text));
  EXPECT_FALSE(has_alike_words({}));
}

TEST(WordPlanes, AFrameOfAPictureIsMuchSmallerAndExpands) {
  for (const std::size_t more : {std::size_t{0}, std::size_t{1}}) {
    Bytes plain = picture(200'000);
    plain.insert(plain.end(), more, 0x55);
    FrameCompressor compressor(3);
    const auto [method, octets] = compressor.compress(plain, nullptr);
    EXPECT_EQ(method, FrameMethod::zstd_words);
    EXPECT_LT(octets.size(), plain.size() / 2);
    FrameExpander expander;
    const auto back = expander.expand(method, octets, plain.size(), nullptr);
    ASSERT_TRUE(back);
    EXPECT_TRUE(verifier::equal(*back, plain));
  }
}

TEST(WordPlanes, TheTableOfFramesKeepsTheMethod) {
  const std::vector<FramePlace> frames = {
      {.method = FrameMethod::zstd_words, .chunk = 0, .offset = 0, .stored_length = 500},
      {.method = FrameMethod::stored, .chunk = 0, .offset = 516, .stored_length = 1}};
  const LargeHeader header{.length = frame_size_max + 1, .frames = 2, .chunks = 1};
  Bytes table = write_frame_table(frames);
  const auto read = parse_frame_table(table, header, "table");
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].method, FrameMethod::zstd_words);
  EXPECT_EQ((*read)[1].method, FrameMethod::stored);
  table[0] = static_cast<std::uint8_t>(table[0] & ~0x40u);  // words, but not zstd
  EXPECT_FALSE(parse_frame_table(table, header, "table"));
}

}  // namespace
}  // namespace perdura::archive
