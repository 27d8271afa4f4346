// A medium that fails while a package or a container on it is read.
#pragma once

#include <atomic>

#include "verifier/package_source.hpp"

namespace perdura::verifier::test {

// Counts calls; the one of a given number fails, and perhaps all that come after it.
class Fault {
 public:
  Fault(std::size_t number, bool lasting) : number_(number), lasting_(lasting) {}
  bool strikes() {
    const std::size_t call = calls_++;
    return call == number_ || (lasting_ && call > number_);
  }
  // Whether that many calls were made.
  bool struck() const { return calls_ > number_; }

 private:
  std::size_t number_;
  bool lasting_;
  std::atomic<std::size_t> calls_ = 0;
};

// What a broken medium says.
inline const Error broken{Errc::io, "input/output error", "medium", ""};

// Opens and reads until the fault strikes.
class FailingReader final : public PackageReader {
 public:
  FailingReader(std::unique_ptr<PackageReader> reader, Fault& fault)
      : reader_(std::move(reader)), fault_(fault) {}
  std::optional<std::uint32_t> number(std::string_view name) override {
    return reader_->number(name);
  }
  Result<std::uint64_t> open(std::string_view name) override {
    if (fault_.strikes()) return broken;
    return reader_->open(name);
  }
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (fault_.strikes()) return broken;
    return reader_->read(into);
  }

 private:
  std::unique_ptr<PackageReader> reader_;
  Fault& fault_;
};

// The files of another source, as far as they can be read.
class FailingSource final : public PackageSource {
 public:
  FailingSource(std::unique_ptr<PackageSource> source, Fault& fault)
      : source_(std::move(source)), fault_(fault) {}
  std::uint32_t size() const override { return source_->size(); }
  Result<Ok> for_each(const VisitName& visit) const override {
    if (fault_.strikes()) return broken;
    return source_->for_each(visit);
  }
  Result<std::unique_ptr<PackageReader>> reader() const override {
    if (fault_.strikes()) return broken;
    auto reader = source_->reader();
    if (!reader) return reader.error();
    return std::unique_ptr<PackageReader>(
        std::make_unique<FailingReader>(*std::move(reader), fault_));
  }
  const std::string& odd_name() const override { return source_->odd_name(); }

 private:
  std::unique_ptr<PackageSource> source_;
  Fault& fault_;
};

}  // namespace perdura::verifier::test
