// DICOM files with pixels in Explicit VR Little Endian, uncompressed, written by DCMTK.
//
// The pixels are shapes as of a body under noise as of a detector, so that a compressor finds about
// as much in them as in real ones. Integers alone make them, so they are the same everywhere.
//
// Thread safety: any thread.
#pragma once

#include <cstddef>
#include <string>

#include "tests/corpus/document.hpp"

namespace perdura::corpus {

// What kind of image, and so how large.
enum class Image {
  ct,           // 512 x 512, 16 bit: 0.5 MB
  mr,           // 256 x 256, 16 bit: 0.13 MB
  radiograph,   // CR: 1024 x 1280 or 1760 x 2140, 16 bit: 2.6 or 7.5 MB
  angiography,  // XA: 512 x 512, 8 bit, 12 to 30 frames: 3.1 to 7.9 MB
};

// The octets of a DICOM PS3.10 file.
std::string make_dicom_image(Random& random, const Visit& visit, Image image);

}  // namespace perdura::corpus
