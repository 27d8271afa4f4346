#include "tools/record_json.hpp"

#include "verifier/printable.hpp"

namespace perdura::tools {
namespace {

namespace json = boost::json;

void put(json::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

json::object document_json(const verifier::StatementDocument& document) {
  return {{"name", document.name},
          {"mediaType", document.media_type},
          {"length", document.length},
          {"sha256", document.sha256.hex()},
          {"sha512", document.sha512.hex()}};
}

}  // namespace

json::object record_json(std::uint64_t index, bool sealed, const archive::DepositRow& row,
                         const verifier::Statement& statement) {
  json::object out{{"record", row.statement.address.hex()},
                   {"entry", index},
                   {"sealed", sealed},
                   {"depositTime", to_string(statement.deposit_time)},
                   {"depositor", statement.depositor},
                   {"sensitivity", statement.sensitivity}};
  if (statement.event_time) out["eventTime"] = to_string(*statement.event_time);
  if (statement.patient) {
    out["patient"] = {{"id", statement.patient->id}, {"issuer", statement.patient->issuer}};
  }
  put(out, "type", statement.record_type);
  put(out, "author", statement.author);
  put(out, "sourceSystem", statement.source_system);
  put(out, "language", statement.language);
  put(out, "retention", statement.retention_class);
  json::array related;
  for (const verifier::Related& one : statement.related) {
    related.push_back({{"relation", one.relation}, {"record", one.record}});
  }
  if (!related.empty()) out["related"] = std::move(related);
  json::array documents;
  for (const auto& document : statement.documents) documents.push_back(document_json(document));
  out["documents"] = std::move(documents);
  return out;
}

std::string record_line(bool sealed, const archive::DepositRow& row,
                        const verifier::Statement& statement) {
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  std::string line = row.statement.address.hex().substr(0, 16);
  line += sealed ? "  sealed  " : "  -       ";
  line += to_string(statement.event_time.value_or(statement.deposit_time));
  line += "  " + or_dash(statement.patient ? statement.patient->id : "");
  line += "  " + or_dash(statement.record_type);
  for (const auto& document : statement.documents) line += "  " + document.name;
  return verifier::printable(line);
}

}  // namespace perdura::tools
