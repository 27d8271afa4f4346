// A package in memory, judged like a folder that holds the same files: for tests that judge very
// many packages that differ little.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "verifier/package_source.hpp"

namespace perdura::verifier::test {

// The octets of files by name; both live elsewhere.
using FilesInMemory = std::map<std::string_view, std::string_view>;

// Reads them.
class MemoryReader final : public PackageReader {
 public:
  MemoryReader(const FilesInMemory& files, const NameIndex& index) : files_(files), index_(index) {}
  std::optional<std::uint32_t> number(std::string_view name) override { return index_.find(name); }
  Result<std::uint64_t> open(std::string_view name) override {
    const auto at = files_.find(name);
    if (at == files_.end()) return Error{Errc::not_found, "is missing", std::string(name), ""};
    rest_ = at->second;
    return std::uint64_t{rest_.size()};
  }
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min(into.size(), rest_.size());
    std::memcpy(into.data(), rest_.data(), count);  // built without optimisation, too
    rest_.remove_prefix(count);
    return count;
  }

 private:
  const FilesInMemory& files_;
  const NameIndex& index_;
  std::string_view rest_;
};

// Their names are those of a package.
class MemoryPackage final : public PackageSource {
 public:
  explicit MemoryPackage(FilesInMemory files) : files_(std::move(files)) {
    for (const auto& file : files_) index_.add(file.first, 0, 0);
    check(index_.finish(), "no two names are alike");
  }
  std::uint32_t size() const override { return static_cast<std::uint32_t>(files_.size()); }
  Result<Ok> for_each(const VisitName& visit) const override {
    for (const auto& file : files_) visit(*index_.find(file.first), std::string(file.first));
    return Ok{};
  }
  Result<std::unique_ptr<PackageReader>> reader() const override {
    return std::unique_ptr<PackageReader>(std::make_unique<MemoryReader>(files_, index_));
  }
  const std::string& odd_name() const override { return none_; }

 private:
  FilesInMemory files_;
  NameIndex index_;
  std::string none_;
};

}  // namespace perdura::verifier::test
