#include "verifier/reduced_hashtree.hpp"

#include <algorithm>

namespace perdura::verifier {
namespace {

// The value of a list of at least one value, which it may reorder.
Digest value_of(Hasher& hasher, std::vector<Digest>& list, ListReading reading) {
  std::ranges::sort(list);
  if (reading == ListReading::equal_values_once) {
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  if (list.size() == 1 && reading != ListReading::single_value_hashed) return list.front();
  for (const Digest& value : list) hasher.update(value);
  return hasher.finish();
}

}  // namespace

Digest combine(Hasher& hasher, std::span<const Digest> list) {
  check(!list.empty(), "a list of hash values has at least one");
  if (list.size() == 1) return list[0];
  if (list.size() == 2) return node_hash(hasher, list[0], list[1]);
  std::vector<Digest> sorted(list.begin(), list.end());
  return value_of(hasher, sorted, ListReading::usual);
}

Digest renewed_leaf(Hasher& hasher, const Digest& object, const Digest& sequence) {
  return hasher.update(object).update(sequence).finish();
}

Digest root(Hasher& hasher, std::span<const PartialHashtree> lists, ListReading reading) {
  check(!lists.empty(), "a reduced hash tree has at least one list");
  std::vector<Digest> values;
  Digest current;
  bool first = true;
  for (const PartialHashtree& list : lists) {
    // Invariant: `current` is the value of all lists before this one, taken together.
    if (!first && list.size() == 1) {
      const Digest sibling(*list.begin());
      const bool merge = reading == ListReading::equal_values_once && sibling == current;
      if (!merge) current = node_hash(hasher, current, sibling);
      continue;
    }
    values.clear();
    for (const ByteView value : list) values.emplace_back(value);
    if (!first) values.push_back(current);
    current = value_of(hasher, values, reading);
    first = false;
  }
  return current;
}

bool contains(const PartialHashtree& list, ByteView value) {
  return std::ranges::any_of(list.begin(), list.end(),
                             [&](ByteView other) { return equal(other, value); });
}

}  // namespace perdura::verifier
