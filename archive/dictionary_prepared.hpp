// What zstd made of a dictionary. Included by dictionary.cpp and frame.cpp alone.
#pragma once

#include <zstd.h>

#include "archive/dictionary.hpp"

namespace perdura::archive {

struct Dictionary::Prepared {
  ZSTD_CDict* compressing;
  ZSTD_DDict* expanding;

  Prepared(ByteView bytes, int level)
      : compressing(ZSTD_createCDict(bytes.data(), bytes.size(), level)),
        expanding(ZSTD_createDDict(bytes.data(), bytes.size())) {}
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  ~Prepared() {
    ZSTD_freeCDict(compressing);
    ZSTD_freeDDict(expanding);
  }
};

}  // namespace perdura::archive
