// Checked-in vectors. With PERDURA_WRITE_VECTORS set, tests write what they would compare with.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace perdura::tests {

inline std::filesystem::path vector_path(const std::string& name) {
  return std::filesystem::path(PERDURA_SOURCE_DIR) / "tests" / "vectors" / name;
}

// The octets of tests/vectors/<name>.
inline std::string vector_text(const std::string& name) {
  std::ifstream file(vector_path(name), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// That tests/vectors/<name> is `text`, octet for octet.
inline void expect_vector(const std::string& name, const std::string& text) {
  if (std::getenv("PERDURA_WRITE_VECTORS") != nullptr) {
    std::ofstream(vector_path(name), std::ios::binary) << text;
  }
  EXPECT_EQ(text, vector_text(name)) << name;
}

}  // namespace perdura::tests
