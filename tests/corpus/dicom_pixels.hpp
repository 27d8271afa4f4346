// Pixels as of bodies under noise as of detectors.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/corpus/random.hpp"

namespace perdura::corpus {

// A slice through a chest in Hounsfield units, 12 bits and a sign: air, lungs, tissue, bone, and
// the corners outside the scanner's field at -2000.
std::vector<std::int16_t> chest_slice(Random& random, int size);

// A slice through a head, 12 bits, brightest in the middle.
std::vector<std::uint16_t> head_slice(Random& random, int size);

// A radiograph of a chest, 12 bits: broad shades, ribs, fine noise.
std::vector<std::uint16_t> chest_radiograph(Random& random, int columns, int rows);

// `frames` frames of a vessel filling with contrast medium, 8 bits.
std::vector<std::uint8_t> angiogram(Random& random, int size, int frames);

}  // namespace perdura::corpus
