#include "tools/verify/outputs.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "tools/verify/inputs.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> inputs(const Options& options) {
  std::vector<fs::path> all;
  for (const auto* paths :
       {&options.operands, &options.trust, &options.certificates, &options.crls}) {
    all.insert(all.end(), paths->begin(), paths->end());
  }
  if (options.evidence) all.emplace_back(*options.evidence);
  if (options.policy) all.emplace_back(*options.policy);
  return all;
}

// Whether `output` is `input`, or within it when it is a folder.
bool is_or_is_within(const fs::path& output, const fs::path& input) {
  std::error_code failed;
  if (fs::equivalent(output, input, failed)) return true;
  if (!fs::is_directory(input, failed)) return false;
  const fs::path folder = fs::canonical(input, failed);
  if (failed) return false;
  const fs::path file = fs::weakly_canonical(output, failed);
  return !failed && std::ranges::mismatch(folder, file).in1 == folder.end();
}

Result<Ok> check_output(const fs::path& output, const char* option, const Options& options) {
  for (const fs::path& input : inputs(options)) {
    if (!is_or_is_within(output, input)) continue;
    Error error = misuse("would change what is judged: '" + input.string() + "'", option);
    error.hint = "write to another folder";
    return error;
  }
  return Ok{};
}

// The file to which standard output was sent; nothing when it is none.
std::optional<fs::path> file_of_standard_output() {
  std::error_code failed;
  const fs::path path = fs::read_symlink("/proc/self/fd/1", failed);
  if (failed || !fs::is_regular_file(path, failed)) return std::nullopt;
  return path;
}

}  // namespace

Result<Ok> check_outputs(const Options& options) {
  if (options.html) {
    if (auto good = check_output(*options.html, "--html", options); !good) return good;
  }
  const auto standard_output = file_of_standard_output();
  if (options.quiet || !standard_output) return Ok{};
  return check_output(*standard_output, "standard output", options);
}

}  // namespace perdura::tools::verify
