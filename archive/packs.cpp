#include "archive/packs.hpp"

#include <utility>

namespace perdura::archive {

void Packs::close() {
  if (filling_) full_.push_back(filling_->finish());
  filling_.reset();
}

Result<ContentLocation> Packs::add(const SealedContent& sealed) {
  if (filling_ && filling_->full_with(sealed.octets.size())) close();
  if (!filling_) {
    auto name = names_.pack();
    if (!name) return name.error();
    filling_.emplace(*std::move(name));
  }
  return filling_->add(sealed);
}

std::vector<Object> Packs::take_full() { return std::exchange(full_, {}); }

std::vector<Object> Packs::take_all() {
  close();
  return take_full();
}

}  // namespace perdura::archive
