#include "tools/verify/page.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tools/verify/inputs.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

constexpr const char* own_program = "/proc/self/exe";

// As a POSIX shell takes it for one word.
std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The command line, as of the same moment.
std::string command_of(const Options& options, Time at) {
  std::string command;
  for (const std::string& word : options.command_line) {
    command += (command.empty() ? "" : " ") + shell_quoted(word);
  }
  if (!options.at) command += " --at " + to_string(at);
  return command;
}

Result<std::string> sha256_of(const std::string& path) {
  const auto hashed = data_objects({path}, {}, {{DigestAlgorithm::sha256}, {}});
  if (!hashed) return hashed.error();
  return hashed->front().digests.front().second.hex();
}

Result<PageInput> input_of(const std::string& path) {
  const auto digest = sha256_of(path);
  if (!digest) return digest.error();
  PageInput input;
  input.name = path;
  input.digests = "SHA-256 " + *digest;
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown) input.octets = size;
  return input;
}

PageContext context_for(const Options& options, const JudgeOptions& judge) {
  PageContext context;
  context.language = options.language;
  context.at = judge.at;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  context.made.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  context.command = command_of(options, judge.at);
  context.version = PERDURA_VERSION;
  if (const auto own = sha256_of(own_program)) context.program_sha256 = *own;
  context.log_key_given = options.log_key.has_value();
  context.judge = judge;
  return context;
}

}  // namespace

Result<PageContext> package_page(const Options& options, const JudgeOptions& judge) {
  PageContext context = context_for(options, judge);
  const std::filesystem::path path = options.operands.front();
  std::error_code unknown;
  const bool folder = std::filesystem::is_directory(path, unknown);
  auto input = input_of(folder ? (path / "manifest-sha256.txt").string() : path.string());
  if (folder) {
    PageInput manifest;
    manifest.name = path.string();
    manifest.is_manifest = true;
    // A package without one is judged all the same.
    if (input) manifest.digests = input->digests + " (manifest-sha256.txt)";
    context.inputs.push_back(std::move(manifest));
    return context;
  }
  if (!input) return input.error();
  context.inputs.push_back(*std::move(input));
  return context;
}

Result<PageContext> files_page(const Options& options, const JudgeOptions& judge,
                               const std::vector<std::string>& files) {
  PageContext context = context_for(options, judge);
  for (const std::string& file : files) {
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) {  // an unpacked container
      context.inputs.emplace_back().name = file;
      continue;
    }
    auto input = input_of(file);
    if (!input) return input.error();
    context.inputs.push_back(*std::move(input));
  }
  for (const std::string& digest : options.digests) {
    PageInput input;
    input.digests = digest;
    context.inputs.push_back(std::move(input));
  }
  return context;
}

Result<Ok> write_page(const Options& options,
                      const std::function<Result<Ok>(std::ostream&)>& finish) {
  std::ofstream out(*options.html, std::ios::binary | std::ios::trunc);
  if (auto finished = finish(out); !finished) return finished;
  out.flush();
  if (!out) return Error{Errc::io, "can't be written", *options.html, ""};
  return Ok{};
}

}  // namespace perdura::tools::verify
