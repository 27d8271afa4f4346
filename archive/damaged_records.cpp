#include "archive/damaged_records.hpp"

#include "archive/group_members.hpp"
#include "archive/records.hpp"

namespace perdura::archive {

Result<Ok> DamagedRecords::read_back(std::uint64_t index, const DepositRow& row) {
  const auto text = read_statement_text(archive_, reader_, row);
  if (!text) return text.error();
  if (const auto statement = verifier::parse_statement(*text); !statement) return statement.error();
  const auto nowhere = [](ByteView) -> Result<Ok> { return Ok{}; };
  for (const ContentReference& document : row.documents) {
    if (auto read = read_content(archive_, reader_, document, nowhere); !read) return read;
  }
  const auto evidence =
      evidence_.evidence_for(index, row, record_members(archive_, reader_, row, *text));
  return evidence ? Result<Ok>(Ok{}) : evidence.error();
}

bool DamagedRecords::take_note(std::uint64_t index, const DepositRow& row) {
  const auto read = read_back(index, row);
  if (read) return false;
  const std::string record = row.statement.address.hex();
  if (count_++ < listed_max) first_.emplace_back(record, read.error());
  if (options_.damaged) options_.damaged(record, read.error());
  return true;
}

Result<Ok> DamagedRecords::allow(std::uint64_t whole) const {
  if (count_ == 0) return Ok{};
  if (options_.leave_out_damaged && whole > 0) return Ok{};
  const auto& [record, why] = first_.front();
  const std::string others =
      count_ == 1 ? "" : ", the first of " + std::to_string(count_) + " that are";
  const std::string hint = "bring the archive back from a replica or a backup";
  return Error{Errc::malformed, "the record is damaged in the archive" + others, record,
               options_.leave_out_damaged
                   ? hint + "; no record that is selected is whole"
                   : hint + "; --leave-out-damaged exports the records that are whole"};
}

std::string DamagedRecords::list() const {
  std::string text;
  for (const auto& [record, why] : first_) text += record + ": " + why.what + "\n";
  if (count_ > first_.size()) text += "and " + std::to_string(count_ - first_.size()) + " more\n";
  return text;
}

}  // namespace perdura::archive
