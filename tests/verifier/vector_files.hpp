// Checked-in vectors. With PERDURA_WRITE_VECTORS set, tests write what they would compare with.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
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

// The "name: value" lines of a file beside the octets that they are about.
inline std::map<std::string, std::string> vector_fields(const std::filesystem::path& path) {
  std::map<std::string, std::string> fields;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return fields;
}

// That tests/vectors/<name> is `text`, octet for octet.
inline void expect_vector(const std::string& name, const std::string& text) {
  if (std::getenv("PERDURA_WRITE_VECTORS") != nullptr) {
    std::ofstream(vector_path(name), std::ios::binary) << text;
  }
  EXPECT_EQ(text, vector_text(name)) << name;
}

}  // namespace perdura::tests
