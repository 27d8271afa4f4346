// Packs: objects of about 4 MiB that hold many small contents one after the other.
#pragma once

#include <string>

#include "archive/content.hpp"
#include "archive/store.hpp"

namespace perdura::archive {

// Gathers sealed contents until the pack is put; one for each pack.
// Thread safety: one thread at a time.
class PackBuilder {
 public:
  static constexpr std::size_t target_size = 4u << 20;

  // `name`: of the pack's object, as content_form.hpp makes them.
  explicit PackBuilder(std::string name);

  // Whether `more_octets` would take the pack beyond its target: finish() first. An empty pack
  // takes anything.
  bool full_with(std::size_t more_octets) const;
  // Places a small content; its location counts once the object of finish() is put. A large one is
  // a broken invariant.
  ContentLocation add(const SealedContent& sealed);
  // Octets gathered, the pack's header included.
  std::size_t size() const { return octets_.size(); }
  bool empty() const;
  // The pack as an object to be put: the last that is asked of a builder.
  Object finish();

 private:
  std::string name_;
  Bytes octets_;
};

}  // namespace perdura::archive
