// Reads FHIR R4 JSON event by event, without keeping it: behind recognize_json().
//
// Thread safety: one reader is used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/recognize.hpp"
#include "verifier/statement.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

// Takes a JSON document's events in order: begin() and end() in pairs, key() before each member's
// value, text() for each string (the start of it, when it is long).
class FhirReader {
 public:
  // An object or an array begins.
  void begin(bool is_array);
  // What began last ends.
  void end();
  // The name of the member whose value comes next.
  void key(std::string_view name) { key_ = name; }
  // A string value.
  void text(std::string_view text);

  // Whether key() and text() would be looked at now.
  bool listens() const { return !frames_.empty() && frames_.back().place != Place::other; }
  // Whether the root said that it is a FHIR resource.
  bool is_fhir() const { return is_fhir_; }
  // Whether nothing that may follow in a sound document changes the outcome, but a second Patient.
  bool satisfied() const;
  // What was read; `complete` when the document's end was seen.
  Recognized finish(bool complete);

 private:
  enum class Place : std::uint8_t {
    other,
    root,
    entry,
    resource,
    contained,
    meta,
    identifier,
    identifier_type,
    coding,
    subject,
    subject_identifier,
    period,
    author
  };
  struct Frame {
    Place place;
    bool is_array;
  };
  struct Identifier {
    std::string type;  // the first code, or MR when any is
    std::string use;
    std::string system;
    std::string value;
  };
  struct Resource {
    std::string type;
    std::string id;
    std::optional<verifier::Patient> identifier;
    int identifier_rank = 0;
    std::string subject_id;  // by identifier
    std::string subject_system;
    std::string reference;  // to the subject
    std::optional<verifier::Time> date;
    int date_rank = 0;  // 1 is best; 0 is none
    std::optional<verifier::Time> last_updated;
    std::string author;
    std::string language;
  };

  static bool is_resource(Place place) {
    return place == Place::root || place == Place::resource || place == Place::contained;
  }
  Place place_of_child();
  Place place_in_resource(bool is_root);
  void resource_text(Place place, std::string_view text);
  void date(int rank, std::string_view text);
  void end_identifier();
  void end_resource(Place place);

  std::vector<Frame> frames_;
  std::vector<Resource> resources_;  // those open: root, entry's, contained
  std::string key_;
  Identifier identifier_;
  int period_rank_ = 0;

  Resource root_;
  std::optional<Resource> composition_;
  bool is_fhir_ = false;
  std::string bundle_type_;
  std::optional<verifier::Time> timestamp_;
  std::optional<verifier::Time> newest_;
  std::optional<verifier::Patient> patient_;
  bool several_patients_ = false;
  std::optional<verifier::Patient> subject_;
  bool several_subjects_ = false;
};

}  // namespace perdura::archive
