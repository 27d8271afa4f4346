#include "tests/corpus/random.hpp"

namespace perdura::corpus {

std::size_t Random::skewed(std::size_t least, std::size_t most) {
  std::size_t doublings = 0;
  while ((least << (doublings + 1)) <= most) ++doublings;
  const std::size_t from = least << below(doublings + 1);
  const std::size_t to = from * 2 < most ? from * 2 : most;
  return from + below(to - from + 1);
}

}  // namespace perdura::corpus
