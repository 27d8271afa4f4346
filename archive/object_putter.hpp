// Puts objects several at a time, since each put is synced.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "archive/store.hpp"

namespace perdura::archive {

class ObjectPutter {
 public:
  explicit ObjectPutter(Store& store) : store_(store) {}

  // Takes an object; puts all taken so far when they come to 2 MiB. Errors: as Store::put.
  Result<Ok> add(std::string name, Bytes octets) {
    size_ += octets.size();
    objects_.push_back({std::move(name), std::move(octets)});
    return size_ < octets_at_once ? Result<Ok>(Ok{}) : flush();
  }
  // On Ok everything taken is on disk. Errors: as Store::put.
  Result<Ok> flush() {
    if (objects_.empty()) return Ok{};
    size_ = 0;
    return store_.put(std::exchange(objects_, {}));
  }

 private:
  static constexpr std::size_t octets_at_once = 2u << 20;
  Store& store_;
  std::vector<Object> objects_;
  std::size_t size_ = 0;
};

}  // namespace perdura::archive
