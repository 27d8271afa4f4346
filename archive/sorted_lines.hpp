// Lines of a key and a value, given back in ascending order of keys however they came, in flat
// memory: for the manifest of a package, and the directory of a zip.
//
// Lines are gathered in memory up to a bound, sorted, and spilled as a run to a file without name;
// at the end the runs are merged. Thread safety: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/result.hpp"

namespace perdura::archive {

// Neither keys nor values hold a tab or a line feed.
class SortedLines {
 public:
  using Take =
      std::function<verifier::Result<verifier::Ok>(std::string_view key, std::string_view value)>;

  // Runs are spilled to `folder`, when `memory_max` octets of lines are gathered. Errors: io.
  static verifier::Result<SortedLines> open(const std::filesystem::path& folder,
                                            std::size_t memory_max);

  // Errors: io.
  verifier::Result<verifier::Ok> add(std::string_view key, std::string_view value);

  // Gives every line to `take`, in ascending order of keys as octets; once. Errors: conflict (a key
  // was added twice), io, and those of `take`.
  verifier::Result<verifier::Ok> for_each(const Take& take);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Run {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  class RunReader;
  SortedLines() = default;
  verifier::Result<verifier::Ok> spill();

  std::unique_ptr<std::FILE, Close> spool_;
  std::size_t memory_max_ = 0;
  std::vector<std::string> lines_;
  std::size_t gathered_ = 0;  // octets in lines_
  std::vector<Run> runs_;
  std::uint64_t spilled_ = 0;  // octets
};

}  // namespace perdura::archive
