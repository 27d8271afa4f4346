// The records of an export that do not read back: found, told of, and left out or a reason to stop.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "archive/evidence.hpp"
#include "archive/export.hpp"

namespace perdura::archive {

class DamagedRecords {
 public:
  // How many are listed in a package.
  static constexpr std::size_t listed_max = 10'000;

  DamagedRecords(const Archive& archive, const ExportOptions& options)
      : archive_(archive), options_(options), reader_(archive.reader()), evidence_(archive) {}

  // Whether a record's statement, a document or its evidence does not read back. Reads all of it;
  // takes note of it, and tells of it, when so.
  bool take_note(std::uint64_t index, const DepositRow& row);
  // How many were found.
  std::uint64_t count() const { return count_; }
  // Whether there is to be an export of the `whole` ones although there are these. Errors:
  // malformed (there is none).
  Result<Ok> allow(std::uint64_t whole) const;
  // A line for each: its identifier, and what is wrong.
  std::string list() const;

 private:
  Result<Ok> read_back(std::uint64_t index, const DepositRow& row);

  const Archive& archive_;
  const ExportOptions& options_;
  ContentReader reader_;
  EvidenceAssembler evidence_;
  std::uint64_t count_ = 0;
  std::vector<std::pair<std::string, Error>> first_;
};

}  // namespace perdura::archive
