// What a C library hands out, freed when it goes out of scope.
#pragma once

#include <memory>

namespace perdura::verifier {

// `pointer`, to be freed by calling `free` with it; null is left alone.
template <typename T, typename Free>
std::unique_ptr<T, Free> owned(T* pointer, Free free) {
  return {pointer, free};
}

}  // namespace perdura::verifier
