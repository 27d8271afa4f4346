// Small contents on their way into the store: in as many packs as it takes.
#pragma once

#include <optional>
#include <vector>

#include "archive/object_names.hpp"
#include "archive/pack.hpp"

namespace perdura::archive {

// Fills one pack after the other.
// Thread safety: one thread at a time.
class Packs {
 public:
  explicit Packs(ObjectNames& names) : names_(names) {}

  // Places a content as PackBuilder::add() does. Errors: io (no name for a new pack).
  Result<ContentLocation> add(const SealedContent& sealed);
  // The packs that nothing goes into any more, to be put; each is given once.
  std::vector<Object> take_full();
  // Those, and the one that is being filled.
  std::vector<Object> take_all();

 private:
  void close();

  ObjectNames& names_;
  std::vector<Object> full_;
  std::optional<PackBuilder> filling_;
};

}  // namespace perdura::archive
