#include "verifier/statement.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "verifier/canonical_json.hpp"
#include "verifier/printable.hpp"

namespace perdura::verifier {
namespace {

namespace json = boost::json;
using Limits = StatementLimits;

// Members in the order in which they are written; each call appends one.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void stated(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    char digits[20];
    key(name);
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void digest(std::string_view name, const Digest& value) {
    constexpr char digits[] = "0123456789abcdef";
    key(name);
    out_ += '"';
    for (const std::uint8_t octet : value.view()) {
      out_ += digits[octet >> 4];
      out_ += digits[octet & 15];
    }
    out_ += '"';
  }
  // What follows is the value of this member.
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void write_document(std::string& out, const StatementDocument& document) {
  ObjectWriter object(out);
  object.number("length", document.length);
  object.text("mediaType", document.media_type);
  object.text("name", document.name);
  object.digest("sha256", document.sha256);
  if (document.sha3_256) object.digest("sha3-256", *document.sha3_256);
  object.digest("sha512", document.sha512);
  object.end();
}

// What is wrong with a text; "" when nothing is.
std::string fault_of_text(std::string_view text) {
  if (text.size() > Limits::text_max) {
    return "is longer than " + std::to_string(Limits::text_max) + " octets";
  }
  if (!is_utf8(text)) return "is not UTF-8";
  return std::ranges::any_of(text, is_control) ? "holds a control character" : "";
}

// Latches the first thing that is wrong.
class Checks {
 public:
  explicit Checks(Errc code) : code_(code) {}
  void text(std::string_view where, std::string_view value, std::string_view of = {}) {
    std::string fault = fault_of_text(value);
    if (!fault.empty()) fail(std::string(where).append(of), std::move(fault));
  }
  void required(std::string_view where, std::string_view value, std::string_view of = {}) {
    if (value.empty()) fail(std::string(where).append(of), "is empty");
    text(where, value, of);
  }
  void that(bool holds, std::string_view where, std::string_view what) {
    if (!holds) fail(where, std::string(what));
  }
  Result<Ok> result() const {
    if (error_) return *error_;
    return Ok{};
  }

 private:
  void fail(std::string_view where, std::string what) {
    if (!error_) error_ = Error{code_, std::move(what), "statement: " + std::string(where), ""};
  }
  Errc code_;
  std::optional<Error> error_;
};

// By its offset from UTC, or as a leap second, a time of year 9999 may lie in a year of five
// digits.
bool can_be_read_again(Time time) { return parse_time(to_string(time)) == time; }

void check_document(Checks& checks, const StatementDocument& document) {
  checks.required("name of a document", document.name);
  checks.required("media type of ", document.media_type, document.name);
  checks.that(document.length <= Limits::length_max, document.name, "is 2^53 octets or longer");
  checks.that(document.sha256.size() == 32 && document.sha512.size() == 64 &&
                  (!document.sha3_256 || document.sha3_256->size() == 32),
              document.name, "has a digest of the wrong size");
}

Result<Ok> check_statement(const Statement& s, Errc code) {
  Checks checks(code);
  checks.required("archive", s.archive);
  checks.required("depositor", s.depositor);
  checks.that(can_be_read_again(s.deposit_time), "depositTime", "is outside the years 0 to 9999");
  checks.that(!s.event_time || can_be_read_again(*s.event_time), "eventTime",
              "is outside the years 0 to 9999");
  if (s.patient) {
    checks.required("patient", s.patient->id);
    checks.text("issuer of the patient identifier", s.patient->issuer);
  }
  checks.text("record type", s.record_type);
  checks.text("author", s.author);
  checks.text("source system", s.source_system);
  checks.text("language", s.language);
  checks.text("retention class", s.retention_class);
  checks.that(s.sensitivity >= 1 && s.sensitivity <= 5, "sensitivity", "is not from 1 to 5");
  checks.that(s.related.size() <= Limits::related_max, "related", "are more than 1,000");
  for (const Related& related : s.related) {
    checks.required("relation", related.relation);
    checks.that(is_record_id(related.record), related.record, "is not 64 lower-case hex digits");
  }
  checks.that(!s.documents.empty(), "documents", "there is none");
  checks.that(s.documents.size() <= Limits::documents_max, "documents", "are more than 9,999");
  for (const StatementDocument& document : s.documents) check_document(checks, document);
  checks.that(s.salt.size() == Limits::salt_size, "salt", "has not 32 octets");
  return checks.result();
}

StatementDocument read_document(const json::value& value, JsonMembers& outer) {
  JsonMembers in(value, "statement: documents");
  StatementDocument document;
  document.length = in.integer("length", Limits::length_max);
  document.media_type = in.text("mediaType");
  document.name = in.text("name");
  document.sha256 = in.digest("sha256", DigestAlgorithm::sha256);
  if (in.has("sha3-256")) document.sha3_256 = in.digest("sha3-256", DigestAlgorithm::sha3_256);
  document.sha512 = in.digest("sha512", DigestAlgorithm::sha512);
  in.end();
  if (in.error()) outer.fail("documents", to_string(*in.error()), in.error()->code);
  return document;
}

Related read_related(const json::value& value, JsonMembers& outer) {
  JsonMembers in(value, "statement: related");
  Related related{.relation = {}, .record = std::string(in.text("record"))};
  related.relation = in.text("relation");
  in.end();
  if (in.error()) outer.fail("related", to_string(*in.error()), in.error()->code);
  return related;
}

Patient read_patient(const json::value& value, JsonMembers& outer) {
  JsonMembers in(value, "statement: patient");
  Patient patient;
  patient.id = in.text("id");
  patient.issuer = in.optional_text("issuer");
  in.end();
  if (in.error()) outer.fail("patient", to_string(*in.error()), in.error()->code);
  return patient;
}

}  // namespace

Result<Ok> check_statement(const Statement& statement) {
  return check_statement(statement, Errc::misuse);
}

// Members in ascending order of their names, as RFC 8785 section 3.2.3 has it.
std::string write_statement(const Statement& s) {
  std::string out;
  out.reserve(512 + 512 * s.documents.size());
  ObjectWriter object(out);
  object.text("archive", s.archive);
  object.stated("author", s.author);
  object.text("depositTime", to_string(s.deposit_time));
  object.text("depositor", s.depositor);
  object.key("documents");
  out += '[';
  for (const StatementDocument& document : s.documents) {
    if (out.back() != '[') out += ',';
    write_document(out, document);
  }
  out += ']';
  if (s.event_time) object.text("eventTime", to_string(*s.event_time));
  object.stated("language", s.language);
  if (s.patient) {
    object.key("patient");
    ObjectWriter patient(out);
    patient.text("id", s.patient->id);
    patient.stated("issuer", s.patient->issuer);
    patient.end();
  }
  object.text("perdura", "statement/1");
  object.stated("recordType", s.record_type);
  if (!s.related.empty()) {
    object.key("related");
    out += '[';
    for (const Related& related : s.related) {
      if (out.back() != '[') out += ',';
      ObjectWriter one(out);
      one.text("record", related.record);
      one.text("relation", related.relation);
      one.end();
    }
    out += ']';
  }
  object.stated("retentionClass", s.retention_class);
  object.text("salt", to_base64(s.salt));
  object.number("sensitivity", static_cast<std::uint64_t>(s.sensitivity));
  object.stated("sourceSystem", s.source_system);
  object.end();
  return out;
}

Result<Statement> parse_statement(std::string_view text) {
  const auto value = parse_canonical_json(text, "statement", {Limits::size_max, 4});
  if (!value) return value.error();
  JsonMembers in(*value, "statement");
  in.kind("statement", "1");
  Statement s;
  s.archive = in.text("archive");
  s.author = in.optional_text("author");
  s.deposit_time = in.time("depositTime");
  s.depositor = in.text("depositor");
  if (const json::array* documents = in.array("documents", Limits::documents_max)) {
    for (const json::value& one : *documents) s.documents.push_back(read_document(one, in));
  }
  if (in.has("eventTime")) s.event_time = in.time("eventTime");
  s.language = in.optional_text("language");
  if (in.has("patient")) {
    if (const json::value* patient = in.any("patient")) s.patient = read_patient(*patient, in);
  }
  s.record_type = in.optional_text("recordType");
  if (in.has("related")) {
    const json::array* related = in.array("related", Limits::related_max);
    if (related != nullptr && related->empty()) in.fail("related", "is empty");
    for (std::size_t i = 0; related != nullptr && i < related->size(); ++i) {
      s.related.push_back(read_related((*related)[i], in));
    }
  }
  s.retention_class = in.optional_text("retentionClass");
  s.salt = in.base64("salt", Limits::salt_size);
  s.sensitivity = static_cast<int>(in.integer("sensitivity", 5));
  s.source_system = in.optional_text("sourceSystem");
  in.end();
  if (in.error()) return *in.error();
  if (auto sound = check_statement(s, Errc::malformed); !sound) return sound.error();
  return s;
}

std::string record_id(std::string_view statement_json) {
  return hash(DigestAlgorithm::sha256, as_bytes(statement_json)).hex();
}

bool is_record_id(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace perdura::verifier
