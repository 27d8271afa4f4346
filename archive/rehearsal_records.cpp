#include "archive/rehearsal_records.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <random>

#include "archive/receipts.hpp"
#include "archive/records.hpp"

namespace perdura::archive {
namespace {

constexpr std::uint64_t copied_size_max = 64u << 20;

DocumentInput in_memory(std::string name, std::string media_type, Bytes octets) {
  const auto shared = std::make_shared<const Bytes>(std::move(octets));
  return {.name = std::move(name),
          .media_type = std::move(media_type),
          .open = [shared]() -> Result<Source> {
            return Source([shared, at = std::size_t{0}](
                              std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
              const std::size_t size = std::min(out.size(), shared->size() - at);
              std::copy_n(shared->begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
              at += size;
              return size;
            });
          }};
}

std::string report_text(std::mt19937_64& random, std::uint64_t number) {
  static constexpr const char* words[] = {
      "patient", "normal",  "no",      "sign", "of",       "heart", "lung",     "follow-up",
      "in",      "months",  "stable",  "mild", "moderate", "left",  "right",    "therapy",
      "given",   "regular", "finding", "with", "without",  "pain",  "reported", "resolved"};
  std::string text = "Report " + std::to_string(number) + "\n";
  const std::uint64_t length = 60 + random() % 240;
  for (std::uint64_t i = 0; i < length; ++i) {
    text += words[random() % std::size(words)];
    text += random() % 12 == 0 ? ".\n" : " ";
  }
  return text;
}

std::string observation_json(std::mt19937_64& random, std::uint64_t number) {
  boost::json::array values;
  for (int i = 0; i < 12; ++i) values.push_back(random() % 10'000);
  return boost::json::serialize(boost::json::object{
      {"record", number}, {"kind", "observations"}, {"values", std::move(values)}});
}

Result<RecordInput> copied(const Archive& from, std::uint64_t index) {
  const auto row = deposit_row(from.journal(), index);
  if (!row) return row.error();
  ContentReader reader = from.reader();
  const auto statement = read_statement(from, reader, *row);
  if (!statement) return statement.error();
  RecordInput record;
  record.depositor = statement->depositor;
  record.metadata.patient = statement->patient;
  record.metadata.record_type = statement->record_type;
  for (std::size_t i = 0; i < row->documents.size(); ++i) {
    const auto& stated = statement->documents.at(i);
    if (stated.length > copied_size_max) {
      return Error{Errc::too_large, "a document of over 64 MiB is not rehearsed with",
                   "record at journal entry " + std::to_string(index), "choose other records"};
    }
    Bytes octets;
    auto read = read_content(from, reader, row->documents[i], [&](ByteView more) -> Result<Ok> {
      octets.insert(octets.end(), more.begin(), more.end());
      return Ok{};
    });
    if (!read) return read.error();
    record.documents.push_back(in_memory(stated.name, stated.media_type, std::move(octets)));
  }
  return record;
}

}  // namespace

RecordMaker made_up_records(std::uint64_t seed) {
  return [seed](std::uint64_t number) -> Result<RecordInput> {
    std::seed_seq seeds{seed, seed >> 32, number, number >> 32};
    std::mt19937_64 random(seeds);
    RecordInput record;
    record.depositor = "rehearsal";
    record.metadata.patient = {.id = std::to_string(random() % 2000), .issuer = "rehearsal"};
    record.documents.push_back(
        in_memory("report.txt", "text/plain",
                  verifier::to_bytes(verifier::as_bytes(report_text(random, number)))));
    if (random() % 3 == 0) {
      record.documents.push_back(
          in_memory("values.json", "application/json",
                    verifier::to_bytes(verifier::as_bytes(observation_json(random, number)))));
    }
    return record;
  };
}

Result<CopiedRecords> copied_records(const Archive& from, std::uint64_t sample,
                                     std::uint64_t seed) {
  std::vector<std::uint64_t> all;
  auto visited = for_each_record(from, {}, [&](std::uint64_t index, const DepositRow&) {
    all.push_back(index);
    return Result<bool>(true);
  });
  if (!visited) return visited.error();
  std::vector<std::uint64_t> chosen;
  std::mt19937_64 random(seed);
  std::ranges::sample(all, std::back_inserter(chosen), static_cast<std::ptrdiff_t>(sample), random);
  const std::uint64_t count = chosen.size();
  return CopiedRecords{count, [&from, chosen = std::move(chosen)](std::uint64_t number) {
                         return copied(from, chosen.at(number));
                       }};
}

}  // namespace perdura::archive
