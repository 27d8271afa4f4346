// Octets as tests write, read and change them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"

namespace perdura::verifier::test {

inline constexpr auto sha256 = DigestAlgorithm::sha256;
inline constexpr auto sha512 = DigestAlgorithm::sha512;

// The octets of hex digits, between which may be spaces.
inline Bytes hex(std::string text) {
  std::erase(text, ' ');
  const auto octets = from_hex(text);
  EXPECT_TRUE(octets) << text;
  return octets.value_or(Bytes());
}

// The whole file.
inline Bytes read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// `text` with `what`, where it first stands, replaced.
inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

}  // namespace perdura::verifier::test
