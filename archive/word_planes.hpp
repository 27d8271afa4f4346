// Pictures of 16 bits a pixel, made ready for zstd: differences of neighbours, in two planes.
//
// zstd looks for octets that come again, and in such pictures hardly any do: what is alike is the
// size of neighbouring pixels. As differences, all low octets first and all high ones behind them,
// the high ones are almost all zero and the low ones come in few values, so that zstd's fastest
// level gains more than its third does without, in a fifth of the time (bench/README.md).
// Layout: formats/content.md. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "verifier/bytes.hpp"

namespace perdura::archive {

// Whether neighbouring 16-bit words, little-endian, of a sample from the middle hardly differ, so
// that trying is worth its while. Text, compressed data and pictures of 8 bits hardly ever do.
bool has_alike_words(verifier::ByteView octets);

// Writes the planes of `plain` to `out`, of the same size: the low octets of the differences
// between each word and the one before it (the first: 0), then their high octets, each plus the
// top bit of its low one, modulo 256; an odd octet at the end stays as it is.
void split_words(verifier::ByteView plain, std::span<std::uint8_t> out);

// The reverse of split_words. `out` has the size of `planes`; any octets are planes of something.
void join_words(verifier::ByteView planes, std::span<std::uint8_t> out);

}  // namespace perdura::archive
