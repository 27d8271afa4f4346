// Numbers that look random and depend on a seed alone, the same on every machine: integers only,
// nothing from <random>.
//
// Thread safety: one Random is used by one thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace perdura::corpus {

// One step of SplitMix64 (Steele, Lea, Flood 2014): spreads a counter over all 64 bits.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// xoshiro256++ (Blackman, Vigna 2019), seeded through SplitMix64.
class Random {
 public:
  // A sequence of its own for each pair: document `number` of the corpus `seed`.
  explicit Random(std::uint64_t seed, std::uint64_t number = 0) {
    std::uint64_t x = mixed(seed) ^ mixed(~number);
    for (auto& word : state_) word = x = mixed(x);
  }

  // 64 bits, each value as likely as any.
  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0 to limit - 1; `limit` is not 0 and below 2^32.
  std::uint32_t below(std::uint64_t limit) {
    return static_cast<std::uint32_t>(((next() >> 32) * limit) >> 32);
  }

  // first to last, both included.
  int between(int first, int last) {
    return first + static_cast<int>(below(static_cast<std::uint64_t>(last - first + 1)));
  }

  // True in `per_cent` of 100 cases.
  bool chance(int per_cent) { return between(0, 99) < per_cent; }

  // One of the elements of an array or vector that is not empty.
  template <typename List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

  // From `least` to `most`, small ones far more often: each doubling about as often as the last.
  std::size_t skewed(std::size_t least, std::size_t most);

 private:
  std::array<std::uint64_t, 4> state_{};
};

// For loops that want a number a pixel: xorshift64*, one multiplication a number.
class FastNoise {
 public:
  explicit FastNoise(Random& random) : state_(random.next() | 1) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dU;
  }

 private:
  std::uint64_t state_;
};

}  // namespace perdura::corpus
