#include <iostream>

#include "archive/lineage.hpp"
#include "archive/receipts.hpp"
#include "tools/command_line.hpp"
#include "tools/record_json.hpp"
#include "verifier/printable.hpp"

namespace perdura::tools {
namespace {

using verifier::printable;

const CommandText text{
    "show", "DIR RECORD", "Show what the archive holds about one record.",
    "RECORD is the record's identifier, or its first digits (4 or more).\n"
    "--receipt prints the receipt again, octet for octet; --statement the statement.\n"};

void print(const boost::json::object& record, const archive::Batch* batch) {
  for (const auto& member : record) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name == "documents") continue;
    const boost::json::value& value = member.value();
    std::cout << name << ": "
              << printable(value.is_string() ? std::string(value.get_string())
                                             : boost::json::serialize(value))
              << "\n";
  }
  for (const boost::json::value& document : record.at("documents").as_array()) {
    std::cout << "document: " << printable(document.at("name").as_string().c_str()) << ", "
              << printable(document.at("mediaType").as_string().c_str()) << ", "
              << boost::json::serialize(document.at("length")) << " octets, sha256 "
              << document.at("sha256").as_string().c_str() << "\n";
  }
  if (batch == nullptr) return;
  for (const archive::BatchTrack& track : batch->tracks) {
    std::cout << "evidence: batch " << batch->number << ", track " << track.name << " ("
              << verifier::name(track.algorithm) << ")"
              << (track.token.empty() ? ", time-stamp still owed" : "") << "\n";
  }
}

int show(const cxxopts::ParseResult& parsed, const archive::Archive& archive,
         const std::string& identifier) {
  const auto index = archive::find_record(archive, identifier);
  if (!index) return report(index.error());
  const auto row = archive::deposit_row(archive.journal(), *index);
  if (!row) return report(row.error());
  if (parsed.count("receipt") != 0) {
    const auto receipt = archive::receipt_of(archive.journal(), *index);
    if (!receipt) return report(receipt.error());
    std::cout << verifier::write_receipt(*receipt) << "\n";
    return 0;
  }
  archive::ContentReader reader = archive.reader();
  const auto statement_text = archive::read_statement_text(archive, reader, *row);
  if (!statement_text) return report(statement_text.error());
  if (parsed.count("statement") != 0) {
    std::cout << *statement_text;
    return 0;
  }
  const auto statement = verifier::parse_statement(*statement_text);
  if (!statement) return report(statement.error());
  const auto lineages = archive::Lineages::load(archive.store(), archive.journal());
  if (!lineages) return report(lineages.error());
  const archive::Batch* batch = (*lineages)->batch_of(*index);
  const boost::json::object record = record_json(*index, batch != nullptr, *row, *statement);
  if (parsed.count("json") != 0) {
    std::cout << boost::json::serialize(record) << "\n";
  } else {
    print(record, batch);
  }
  return 0;
}

}  // namespace

int command_show(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("json", "as one JSON object")("receipt", "print the receipt")(
      "statement", "print the statement's octets");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto names = arguments(**parsed);
  if (names.size() != 1) {
    return report({Errc::misuse, "name one record", "", "see 'perdura show --help'"});
  }
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  return show(**parsed, **archive, names[0]);
}

}  // namespace perdura::tools
