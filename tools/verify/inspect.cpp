#include <filesystem>
#include <iostream>

#include "tools/verify/inputs.hpp"
#include "tools/verify/judge.hpp"
#include "verifier/inspection.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

bool is_package(const std::string& path, ByteView octets) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return true;
  return octets.size() > 4 && octets[0] == 'P' && octets[1] == 'K';
}

Result<Shown> inspect_file(const std::string& path, InspectDetail detail) {
  std::error_code unknown;
  const bool folder = std::filesystem::is_directory(path, unknown);
  const auto start = folder ? Result<Bytes>(Bytes()) : read_start(path);
  if (!start) return start.error();
  if (is_package(path, *start)) {
    const auto source = open_package_source(path);
    if (!source) return source.error();
    return inspect(**source, detail);
  }
  const auto octets = read_file(path);
  if (!octets) return octets.error();
  auto shown = inspect(*octets, detail);
  if (shown) return shown;
  Error error = shown.error();
  error.where = path;
  return error;
}

}  // namespace

Result<Ok> inspect(const Options& options) {
  if (options.operands.size() != 2) return misuse("name one file", "inspect");
  const InspectDetail detail = options.full ? InspectDetail::full : InspectDetail::brief;
  const auto shown = inspect_file(options.operands.back(), detail);
  if (!shown) return shown.error();
  std::cout << (options.json ? shown->as_json() + "\n" : shown->as_text());
  return Ok{};
}

}  // namespace perdura::tools::verify
