#include "archive/pack.hpp"

#include <utility>

#include "archive/content_form.hpp"

namespace perdura::archive {
namespace {

// "PPAK", version 1, three zero octets.
constexpr std::array<std::uint8_t, 8> pack_header = {'P', 'P', 'A', 'K', 1, 0, 0, 0};

}  // namespace

PackBuilder::PackBuilder(std::string name) : name_(std::move(name)) {
  octets_.reserve(target_size);
  octets_.assign(pack_header.begin(), pack_header.end());
}

bool PackBuilder::empty() const { return octets_.size() == pack_header.size(); }

bool PackBuilder::full_with(std::size_t more_octets) const {
  return !empty() && octets_.size() + more_octets > target_size;
}

ContentLocation PackBuilder::add(const SealedContent& sealed) {
  verifier::check(sealed.object.empty() && !sealed.octets.empty(),
                  "a content that goes into a pack is at hand, and nowhere else");
  const std::size_t offset = octets_.size();
  octets_.insert(octets_.end(), sealed.octets.begin(), sealed.octets.end());
  return {name_, offset, sealed.octets.size(), sealed.length, sealed.wrapped_key};
}

Object PackBuilder::finish() { return {std::move(name_), std::move(octets_)}; }

}  // namespace perdura::archive
