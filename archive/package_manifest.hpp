// The lines of one manifest, to be written in ascending order of names however they came.
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

#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

class PackageManifest {
 public:
  // Runs are spilled to `folder`, when `memory_max` octets of lines are gathered. Errors: io.
  static verifier::Result<PackageManifest> open(const std::filesystem::path& folder,
                                                std::size_t memory_max);

  // Errors: io.
  verifier::Result<verifier::Ok> add(std::string_view name, const verifier::Digest& digest);

  // Gives every line ("hex  name\n") to `take`, in ascending order of names; once. Errors: conflict
  // (a name was added twice), io, and those of `take`.
  verifier::Result<verifier::Ok> for_each(
      const std::function<verifier::Result<verifier::Ok>(const std::string&)>& take);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Run {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  class RunReader;
  PackageManifest() = default;
  verifier::Result<verifier::Ok> spill();

  std::unique_ptr<std::FILE, Close> spool_;
  std::size_t memory_max_ = 0;
  std::vector<std::string> lines_;
  std::size_t gathered_ = 0;  // octets in lines_
  std::vector<Run> runs_;
  std::uint64_t spilled_ = 0;  // octets
};

}  // namespace perdura::archive
