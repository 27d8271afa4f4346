#include <optional>
#include <string>
#include <string_view>

#include "archive/recognize_formats.hpp"
#include "archive/recognize_text.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

using verifier::as_text;
using verifier::Patient;

// The delimiters of one message: MSH-1 and MSH-2 (HL7 v2 §2.5.4).
struct Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
};

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_header(std::string_view segment) {
  const auto name = segment.substr(0, 3);
  return (name == "MSH" || name == "FHS" || name == "BHS") && segment.size() >= 8 &&
         !is_alphanumeric(segment[3]) && segment[3] != ' ' && !is_alphanumeric(segment[4]) &&
         segment[3] != segment[4];
}

Delimiters delimiters_of(std::string_view header) {
  Delimiters result;
  result.field = header[3];
  const auto encoding = header.substr(4, header.substr(4, 5).find(result.field));
  if (encoding.size() > 0) result.component = encoding[0];
  if (encoding.size() > 1) result.repetition = encoding[1];
  if (encoding.size() > 2) result.escape = encoding[2];
  if (encoding.size() > 3) result.subcomponent = encoding[3];
  return result;
}

// Takes what stands before the next `separator` off `rest`, and the separator.
std::string_view take_part(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return part;
}

// The part of number `index` from 0; "" when there are fewer.
std::string_view part(std::string_view text, char separator, std::size_t index) {
  for (; index > 0 && !text.empty(); --index) take_part(text, separator);
  return take_part(text, separator);
}

// The next segment, without its end; `rest` moves behind it. Ends: CR, LF or both (v2 says CR).
std::string_view take_segment(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '\r' && rest[end] != '\n') ++end;
  const auto segment = rest.substr(0, end);
  while (end < rest.size() && (rest[end] == '\r' || rest[end] == '\n' || rest[end] == '\x0b' ||
                               rest[end] == '\x1c')) {  // 0B, 1C: MLLP's framing
    ++end;
  }
  rest.remove_prefix(end);
  return segment;
}

// Undoes the escapes that stand for delimiters (§2.7.1); others are left out.
std::string unescaped(std::string_view text, const Delimiters& marks) {
  std::string result;
  while (!text.empty()) {
    result += take_part(text, marks.escape);
    if (text.empty()) break;
    const auto code = take_part(text, marks.escape);
    if (code == "F") result += marks.field;
    if (code == "S") result += marks.component;
    if (code == "T") result += marks.subcomponent;
    if (code == "R") result += marks.repetition;
    if (code == "E") result += marks.escape;
  }
  return result;
}

// Text as UTF-8: what is not is taken as ISO 8859-1 unless MSH-18 names something else. Text with
// the escape sequences of ISO 2022, as Japan's has them, is left out.
std::string to_utf8(std::string_view text, const Delimiters& marks, std::string_view charset) {
  std::string result = unescaped(text, marks);
  if (result.find('\x1b') != result.npos) return "";
  if (verifier::is_utf8(result)) return result;
  const bool latin = charset.empty() || charset == "8859/1" || charset == "ASCII";
  return latin ? utf8_from_latin1(result) : std::string();
}

// What one message says, read segment by segment.
class Message {
 public:
  explicit Message(std::string_view msh) : marks_(delimiters_of(msh)) {
    charset_ = part(field(msh, 17), marks_.repetition, 0);
    found_.media_type = "application/hl7-v2+er7";
    found_.event_time = parse_hl7_time(first_component(field(msh, 6)));
    const auto type = field(msh, 8);
    found_.record_type = clean_text(text_of(part(type, marks_.component, 0)));
    const auto trigger = clean_text(text_of(part(type, marks_.component, 1)));
    if (!trigger.empty()) found_.record_type = clean_text(found_.record_type + "^" + trigger);
    found_.language = clean_identifier(text_of(first_component(field(msh, 18))));
  }

  void read(std::string_view segment) {
    if (segment.size() < 4 || segment[3] != marks_.field) return;
    const auto name = segment.substr(0, 3);
    if (name == "PID" && !found_.patient) found_.patient = patient_of(segment);
    if (name == "EVN" && !found_.event_time) {
      found_.event_time = parse_hl7_time(first_component(field(segment, 2)));
    }
    if (name == "TXA" && found_.author.empty()) found_.author = person(field(segment, 9));
  }

  const Recognized& found() const { return found_; }

 private:
  // Field `index` counted so that the segment's name is 0; MSH-n is n - 1, as MSH-1 is the mark.
  std::string_view field(std::string_view segment, std::size_t index) const {
    return part(segment, marks_.field, index);
  }
  std::string_view first_component(std::string_view text) const {
    return part(text, marks_.component, 0);
  }
  std::string text_of(std::string_view text) const { return to_utf8(text, marks_, charset_); }

  // HD: namespace & universal id & its type. An OID is the same in every format.
  std::string authority(std::string_view hd) const {
    const auto name = part(hd, marks_.subcomponent, 0);
    const auto universal = part(hd, marks_.subcomponent, 1);
    return text_of(name.empty() || is_oid(universal) ? universal : name);
  }

  // CX: id ^ check digit ^ scheme ^ assigning authority ^ type code.
  std::optional<Patient> identifier(std::string_view cx) const {
    return make_patient(text_of(first_component(cx)), authority(part(cx, marks_.component, 3)));
  }

  // PID-3: the first repetition of type MR, else the first that is no number of another kind (SS,
  // DL, PPN), else the first; without any, PID-2.
  std::optional<Patient> patient_of(std::string_view pid) const {
    std::optional<Patient> best;
    int best_rank = 0;
    auto rest = field(pid, 3);
    while (!rest.empty()) {
      const auto cx = take_part(rest, marks_.repetition);
      const auto type = part(cx, marks_.component, 4);
      const int rank = type == "MR" ? 3 : type == "SS" || type == "DL" || type == "PPN" ? 1 : 2;
      if (rank <= best_rank) continue;
      if (auto candidate = identifier(cx)) {
        best = std::move(candidate);
        best_rank = rank;
      }
    }
    return best ? best : identifier(part(field(pid, 2), marks_.repetition, 0));
  }

  // XCN: id ^ family ^ given ^ ...
  std::string person(std::string_view xcn) const {
    const auto one = part(xcn, marks_.repetition, 0);
    const auto family = part(part(one, marks_.component, 1), marks_.subcomponent, 0);
    const auto given = part(one, marks_.component, 2);
    return clean_text(text_of(given) + " " + text_of(family));
  }

  Delimiters marks_;
  std::string charset_;
  Recognized found_;
};

bool same_patient(const std::optional<Patient>& a, const Patient& b) {
  return a && a->id == b.id && a->issuer == b.issuer;
}

bool begins_message(std::string_view text) {
  return text.starts_with("MSH") && is_header(text.substr(0, 8));
}

// Reads the message that `rest` begins with; `rest` moves to the next one, or to the end.
Recognized take_message(std::string_view& rest) {
  Message message(take_segment(rest));
  while (!rest.empty() && !begins_message(rest)) message.read(take_segment(rest));
  return message.found();
}

}  // namespace

std::optional<Recognized> recognize_hl7v2(ByteView head) {
  std::string_view rest = as_text(head);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  while (!rest.empty() && (rest[0] == '\x0b' || rest[0] == '\r' || rest[0] == '\n')) {
    rest.remove_prefix(1);
  }
  if (!is_header(rest.substr(0, 8))) return std::nullopt;
  while (!rest.empty() && !begins_message(rest)) take_segment(rest);  // FHS, BHS
  if (rest.empty()) return Recognized{.media_type = "application/hl7-v2+er7"};
  Recognized first = take_message(rest);
  bool several_patients = false;
  while (!rest.empty()) {
    const Recognized next = take_message(rest);
    if (!next.patient) continue;
    if (first.patient && !same_patient(first.patient, *next.patient)) several_patients = true;
    if (!first.patient) first.patient = next.patient;
  }
  if (several_patients) first.patient.reset();
  return first;
}

}  // namespace perdura::archive
