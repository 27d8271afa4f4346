#include "verifier/report_json.hpp"

#include <algorithm>
#include <cstdio>

#include "verifier/canonical_json.hpp"
#include "verifier/texts.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view version = "report/1";

// Members in the order in which they are given.
class JsonWriter {
 public:
  JsonWriter& begin(std::string_view key, char bracket) {
    name(key);
    out_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& end(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  JsonWriter& text(std::string_view key, std::string_view value) {
    name(key);
    string(value);
    return *this;
  }
  JsonWriter& number(std::string_view key, std::uint64_t value) {
    name(key);
    out_ += std::to_string(value);
    return *this;
  }
  JsonWriter& boolean(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
    return *this;
  }
  JsonWriter& time(std::string_view key, const std::optional<Time>& value) {
    name(key);
    if (value) {
      string(to_string(*value));
    } else {
      out_ += "null";
    }
    return *this;
  }
  JsonWriter& seconds(std::string_view key, double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.3f", value);
    name(key);
    out_ += digits;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  // "" inside of arrays and at the top.
  void name(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    if (key.empty()) return;
    append_json_string(out_, key);
    out_ += ':';
  }
  // Text from evidence need not be UTF-8; JSON must be.
  void string(std::string_view value) {
    if (is_utf8(value)) {
      append_json_string(out_, value);
      return;
    }
    std::string ascii(value);
    std::ranges::replace_if(
        ascii, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    append_json_string(out_, ascii);
  }

  std::string out_;
  bool first_ = true;
};

// "chain" of the subject "subject.chain"; "" of one in plain words.
std::string_view kind(const Text& subject) {
  constexpr std::string_view start = "subject.";
  return subject.id.starts_with(start) ? subject.id.substr(start.size()) : std::string_view();
}

void write_parameters(JsonWriter& json, const Text& text) {
  json.begin("parameters", '{');
  for (const Parameter& one : text.parameters) json.text(one.name, in_english(one.value));
  json.end('}');
}

void write(JsonWriter& json, std::string_view key, const Report& report) {
  json.begin(key, '{')
      .text("subject", in_english(report.subject))
      .text("kind", kind(report.subject))
      .text("verdict", name(report.verdict()));
  json.begin("findings", '[');
  for (const Finding& finding : report.findings) {
    json.begin("", '{')
        .text("verdict", name(finding.verdict))
        .text("subIndication", name(finding.sub_indication))
        .text("id", finding.what.id)
        .text("what", in_english(finding.what));
    write_parameters(json, finding.what);
    json.text("detail", in_english(finding.detail))
        .text("rule", finding.rule)
        .boolean("warning", finding.warning)
        .end('}');
  }
  json.end(']').begin("parts", '[');
  for (const Report& part : report.parts) write(json, "", part);
  json.end(']').end('}');
}

std::string_view decisive_name(const Report& report) {
  const Finding* decisive = report.verdict() == Verdict::passed ? nullptr : report.decisive();
  return decisive == nullptr ? std::string_view() : name(decisive->sub_indication);
}

}  // namespace

std::string report_json(const Report& report) {
  JsonWriter json;
  write(json, "", report);
  return json.take();
}

std::string record_json(const RecordResult& record) {
  JsonWriter json;
  json.begin("", '{')
      .text("perdura", version)
      .text("record", record.record)
      .text("verdict", name(record.verdict))
      .text("subIndication", decisive_name(record.report))
      .time("existedSince", record.existed_since)
      .number("documents", record.documents)
      .number("bytes", record.bytes)
      .begin("tracks", '[');
  for (const TrackResult& track : record.tracks) {
    json.begin("", '{')
        .text("name", track.name)
        .text("verdict", name(track.verdict))
        .time("existedSince", track.existed_since)
        .text("tsa", track.tsa)
        .boolean("selfAsserted", track.self_asserted)
        .end('}');
  }
  json.end(']');
  write(json, "report", record.report);
  json.end('}');
  return json.take();
}

std::string summary_json(const PackageSummary& summary) {
  JsonWriter json;
  json.begin("", '{')
      .text("perdura", version)
      .begin("package", '{')
      .text("archive", summary.header.archive)
      .time("exportedAt", summary.header.exported_at)
      .text("exportedBy", summary.header.exported_by)
      .boolean("ownLogKey", summary.own_log_key)
      .end('}')
      .text("verdict", name(summary.verdict))
      .number("records", summary.records)
      .number("passed", summary.passed)
      .number("indeterminate", summary.indeterminate)
      .number("failed", summary.failed)
      .number("files", summary.files)
      .number("bytes", summary.bytes)
      .seconds("seconds", summary.seconds);
  write(json, "report", summary.report);
  json.end('}');
  return json.take();
}

std::string evidence_json(const EvidenceReport& evidence) {
  JsonWriter json;
  json.begin("", '{')
      .text("perdura", version)
      .text("verdict", name(evidence.report.verdict()))
      .text("subIndication", decisive_name(evidence.report))
      .time("existedSince", evidence.existed_since);
  write(json, "report", evidence.report);
  json.end('}');
  return json.take();
}

}  // namespace perdura::verifier
