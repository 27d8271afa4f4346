#include "tests/corpus/dicom_pixels.hpp"

#include <algorithm>
#include <array>

namespace perdura::corpus {
namespace {

// Bell-shaped noise of mean 0: sums of random octets, four at a time from 64 bits, each drawn
// together with its neighbour as a detector's are. Standard deviation about 74 >> shift.
class Grain {
 public:
  Grain(Random& random, int shift) : noise_(random), shift_(shift) {}

  int next() {
    if (left_ == 0) {
      const std::uint64_t bits = noise_.next();
      for (unsigned i = 0; i < values_.size(); ++i) {
        const auto two = static_cast<unsigned>(bits >> (i * 16));
        values_[i] = static_cast<int>((two & 255) + ((two >> 8) & 255)) - 255;
      }
      left_ = values_.size();
    }
    const int drawn = values_[--left_];
    const int value = (drawn + last_) >> shift_;
    last_ = drawn;
    return value;
  }

 private:
  FastNoise noise_;
  int shift_;
  int last_ = 0;
  std::size_t left_ = 0;
  std::array<int, 4> values_{};
};

// An ellipse and what lies within it.
struct Ellipse {
  int x, y;    // centre, in thousandths of the image's size
  int rx, ry;  // radii, in the same
  int value;
};

// The columns of row `y` that lie in `e`: [first, last). Integer square root, so exact everywhere.
struct Run {
  int first = 0;
  int last = 0;
};

Run run_of(const Ellipse& e, int y, int columns, int rows) {
  const std::int64_t ry = std::int64_t{e.ry} * rows / 1000;
  const std::int64_t dy = y - std::int64_t{e.y} * rows / 1000;
  if (ry == 0 || dy * dy >= ry * ry) return {};
  const std::int64_t rx = std::int64_t{e.rx} * columns / 1000;
  const std::int64_t square = rx * rx * (ry * ry - dy * dy) / (ry * ry);
  std::int64_t root = 0;
  for (std::int64_t bit = 4096; bit > 0; bit /= 2) {
    if ((root + bit) * (root + bit) <= square) root += bit;
  }
  const auto centre = static_cast<int>(std::int64_t{e.x} * columns / 1000);
  const auto half = static_cast<int>(root);
  return {std::max(0, centre - half), std::min(columns, centre + half)};
}

// The same body never twice: moves and resizes by up to three per cent.
template <std::size_t N>
std::array<Ellipse, N> varied(Random& random, std::array<Ellipse, N> shapes) {
  for (Ellipse& e : shapes) {
    e.x += random.between(-15, 15);
    e.y += random.between(-15, 15);
    e.rx += e.rx * random.between(-30, 30) / 1000;
    e.ry += e.ry * random.between(-30, 30) / 1000;
  }
  return shapes;
}

// Paints each row: background, shapes in order, then noise, then limits.
template <typename Pixel, std::size_t N>
std::vector<Pixel> painted(const std::array<Ellipse, N>& shapes, int columns, int rows,
                           int background, Grain& grain, int least, int most) {
  std::vector<Pixel> pixels(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  std::vector<int> row(static_cast<std::size_t>(columns));
  auto out = pixels.begin();
  for (int y = 0; y < rows; ++y) {
    std::ranges::fill(row, background);
    for (const Ellipse& e : shapes) {
      const Run run = run_of(e, y, columns, rows);
      std::fill(row.begin() + run.first, row.begin() + std::max(run.first, run.last), e.value);
    }
    for (const int value : row) {
      *out++ = static_cast<Pixel>(std::clamp(value + grain.next(), least, most));
    }
  }
  return pixels;
}

}  // namespace

std::vector<std::int16_t> chest_slice(Random& random, int size) {
  const auto shapes = varied(random, std::array<Ellipse, 12>{{
                                         {500, 520, 440, 330, -90},   // skin and fat
                                         {500, 520, 415, 305, 45},    // muscle
                                         {320, 500, 150, 215, -860},  // right lung
                                         {680, 500, 150, 215, -855},  // left lung
                                         {530, 470, 120, 130, 55},    // heart
                                         {500, 700, 50, 50, 420},     // vertebra
                                         {500, 700, 22, 22, 30},      // spinal canal
                                         {580, 640, 28, 28, 130},     // aorta
                                         {500, 230, 40, 14, 330},     // sternum
                                         {140, 520, 10, 60, 510},     // ribs
                                         {860, 520, 10, 60, 505},
                                         {500, 560, 20, 14, -980},  // trachea
                                     }});
  Grain grain(random, 3);
  auto pixels = painted<std::int16_t>(shapes, size, size, -1000, grain, -1024, 3071);
  // Outside the scanner's circle there is nothing, not even noise.
  const Ellipse circle{500, 500, 500, 500, 0};
  for (int y = 0; y < size; ++y) {
    const Run run = run_of(circle, y, size, size);
    const auto row = pixels.begin() + static_cast<std::ptrdiff_t>(y) * size;
    std::fill(row, row + run.first, std::int16_t{-2000});
    std::fill(row + std::max(run.first, run.last), row + size, std::int16_t{-2000});
  }
  return pixels;
}

std::vector<std::uint16_t> head_slice(Random& random, int size) {
  const auto shapes = varied(random, std::array<Ellipse, 8>{{
                                         {500, 500, 370, 440, 900},  // scalp
                                         {500, 500, 350, 420, 120},  // skull
                                         {500, 500, 325, 395, 620},  // grey matter
                                         {500, 500, 280, 345, 780},  // white matter
                                         {440, 470, 35, 110, 210},   // ventricles
                                         {560, 470, 35, 110, 215},
                                         {500, 610, 60, 40, 690},  // thalamus
                                         {620, 380, 22, 26, 1150},
                                     }});
  Grain grain(random, 3);
  return painted<std::uint16_t>(shapes, size, size, 24, grain, 0, 4095);
}

std::vector<std::uint16_t> chest_radiograph(Random& random, int columns, int rows) {
  const auto shapes = varied(random, std::array<Ellipse, 14>{{
                                         {500, 560, 480, 520, 1900},
                                         {500, 560, 440, 480, 2050},
                                         {330, 480, 165, 300, 1150},
                                         {670, 480, 165, 300, 1120},
                                         {540, 620, 150, 170, 2450},
                                         {500, 500, 55, 480, 2700},
                                         {500, 940, 430, 170, 2850},
                                         {330, 300, 160, 14, 1480},
                                         {670, 300, 160, 14, 1460},
                                         {330, 410, 160, 13, 1420},
                                         {670, 410, 160, 13, 1440},
                                         {330, 520, 155, 13, 1450},
                                         {670, 520, 155, 13, 1430},
                                         {330, 630, 150, 12, 1500},
                                     }});
  Grain grain(random, 4);
  return painted<std::uint16_t>(shapes, columns, rows, 300, grain, 0, 4095);
}

std::vector<std::uint8_t> angiogram(Random& random, int size, int frames) {
  auto shapes = varied(random, std::array<Ellipse, 6>{{
                                   {500, 500, 480, 480, 150},
                                   {420, 560, 230, 260, 165},
                                   {500, 300, 18, 260, 160},
                                   {430, 520, 12, 170, 160},
                                   {570, 560, 12, 190, 160},
                                   {500, 780, 160, 10, 160},
                               }});
  std::vector<std::uint8_t> pixels;
  Grain grain(random, 5);
  for (int frame = 0; frame < frames; ++frame) {
    for (std::size_t vessel = 2; vessel < shapes.size(); ++vessel) {
      shapes[vessel].value = std::max(40, 160 - 12 * frame);
    }
    const auto one = painted<std::uint8_t>(shapes, size, size, 4, grain, 0, 255);
    pixels.insert(pixels.end(), one.begin(), one.end());
  }
  return pixels;
}

}  // namespace perdura::corpus
