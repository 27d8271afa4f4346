#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <string>
#include <string_view>

#include "archive/recognize_fhir.hpp"
#include "archive/recognize_formats.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

namespace json = boost::json;
using verifier::as_text;

// Deeper than any resource of FHIR nests; Boost.JSON parses by recursion.
constexpr std::size_t depth_max = 200;

// Longer strings (attachments, narratives) are of no interest; what is kept of them is cut.
constexpr std::size_t kept_string_max = 1024;

// Between two looks at whether enough was seen.
constexpr std::size_t chunk_size = 4096;

// Boost.JSON's events, joined where a string comes in parts, passed to the FHIR reader.
struct Events {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return begin(false); }
  bool on_object_end(std::size_t, json::error_code&) { return end(); }
  bool on_array_begin(json::error_code&) { return begin(true); }
  bool on_array_end(std::size_t, json::error_code&) { return end(); }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return keep(s); }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return keep(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code&) {
    if (reader.listens()) reader.key(joined(s));
    part.clear();
    return true;
  }
  bool on_string(json::string_view s, std::size_t, json::error_code&) {
    if (reader.listens()) reader.text(joined(s));
    part.clear();
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  FhirReader reader;
  std::string part;

 private:
  bool begin(bool is_array) {
    reader.begin(is_array);
    return true;
  }
  bool end() {
    reader.end();
    return true;
  }
  bool keep(json::string_view s) {
    if (reader.listens() && part.size() < kept_string_max) {
      part.append(s.data(), std::min(s.size(), kept_string_max));
    }
    return true;
  }
  std::string_view joined(json::string_view last) {
    if (part.empty()) return {last.data(), last.size()};
    keep(last);
    return part;
  }
};

enum class Outcome { complete, cut_off, enough, malformed };

// Feeds `text` until its end, its first fault, or until the reader has all it needs.
Outcome feed(json::basic_parser<Events>& parser, std::string_view text, bool whole) {
  const FhirReader& reader = parser.handler().reader;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min(chunk_size, text.size() - at);
    const bool more = !whole || at + size < text.size();
    json::error_code failure;
    const std::size_t used = parser.write_some(more, text.data() + at, size, failure);
    if (failure == json::error::incomplete) return Outcome::cut_off;
    if (failure) return Outcome::malformed;
    at += used;
    if (used < size) return Outcome::malformed;  // something follows the document: not one document
    // A second Patient would make it nobody's bundle; its type's name may have been parted.
    constexpr std::string_view patient = "\"Patient\"";
    const std::size_t overlap = std::min(at, patient.size());
    if (reader.satisfied() && text.find(patient, at - overlap) == text.npos) return Outcome::enough;
  }
  return parser.done() ? Outcome::complete : Outcome::cut_off;
}

std::string_view text_of(ByteView head) {
  std::string_view text = as_text(head);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

// What the lines of bulk data seen so far say together.
struct Lines {
  std::size_t count = 0;
  Recognized all{.media_type = "application/fhir+ndjson"};
  bool several_types = false;
  bool several_patients = false;

  void add(const Recognized& line) {
    if (count++ == 0) all.record_type = line.record_type;
    several_types = several_types || line.record_type != all.record_type;
    if (line.patient && !all.patient) all.patient = line.patient;
    several_patients =
        several_patients || (line.patient && (line.patient->id != all.patient->id ||
                                              line.patient->issuer != all.patient->issuer));
    if (line.event_time && (!all.event_time || *all.event_time < *line.event_time)) {
      all.event_time = line.event_time;
    }
  }
  Recognized finish(bool complete) {
    if (several_types) all.record_type.clear();
    if (several_patients || !complete) all.patient.reset();
    if (!complete) all.event_time.reset();
    return all;
  }
};

}  // namespace

std::optional<Recognized> recognize_ndjson(ByteView head, bool whole, bool named_ndjson) {
  std::string_view text = text_of(head);
  json::parse_options options;
  options.max_depth = depth_max;
  Lines lines;
  bool complete = whole;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bool ends = end < text.size() || whole;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    if (line.front() != '{') return std::nullopt;
    json::basic_parser<Events> parser(options);
    json::error_code failure;
    const std::size_t used = parser.write_some(!ends, line.data(), line.size(), failure);
    FhirReader& reader = parser.handler().reader;
    if (!ends) break;
    if (!reader.is_fhir()) return std::nullopt;
    if (failure || used < line.size() || !parser.done()) {
      // Cut off, as a copy that broke off is; on any other line it is something else.
      if (!text.empty()) return std::nullopt;
      complete = false;
      break;
    }
    lines.add(reader.finish(true));
  }
  if (lines.count == 0 || (lines.count == 1 && complete && !named_ndjson)) return std::nullopt;
  return lines.finish(complete);
}

std::optional<Recognized> recognize_json(ByteView head, bool whole) {
  const std::string_view text = text_of(head);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || (text[first] != '{' && text[first] != '[')) return std::nullopt;
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<Events> parser(options);
  const Outcome outcome = feed(parser, text, whole);
  FhirReader& reader = parser.handler().reader;
  // A FHIR document that is cut off or damaged is one still, by what it says before the fault; but
  // several documents in a row (FHIR's bulk data) are not.
  if (reader.is_fhir() && !parser.done()) return reader.finish(false);
  if (outcome == Outcome::malformed || (outcome == Outcome::cut_off && whole)) return std::nullopt;
  if (reader.is_fhir()) return reader.finish(outcome == Outcome::complete);
  return Recognized{.media_type = "application/json"};
}

}  // namespace perdura::archive
