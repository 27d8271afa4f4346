#include "archive/recognize_fhir.hpp"

#include <algorithm>
#include <utility>

#include "archive/recognize_text.hpp"

namespace perdura::archive {
namespace {

using verifier::Patient;
using verifier::Time;

// Dates that tell when what a resource is about happened, most telling first. FHIR R4, the "w5"
// mapping FiveWs.done and FiveWs.recorded of each resource.
constexpr std::string_view date_members[] = {
    "effectiveDateTime",
    "effectiveInstant",
    "performedDateTime",
    "occurrenceDateTime",
    "started",
    "date",
    "sent",
    "onsetDateTime",
    "recordedDate",
    "authoredOn",
    "issued",
    "recorded",
    "created",
};
constexpr std::string_view period_members[] = {"effectivePeriod", "performedPeriod",
                                               "occurrencePeriod", "period"};
// FHIR type names are ASCII words.
bool is_type_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 64 && text[0] >= 'A' && text[0] <= 'Z' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

// The rank of a member in a list: 1 for the first; 0 when it is not there.
template <std::size_t N>
int rank_in(const std::string_view (&members)[N], std::string_view name) {
  const auto* found = std::ranges::find(members, name);
  return found == std::end(members) ? 0 : static_cast<int>(found - members) + 1;
}

// "[base/]Patient/id[/_history/n]" (FHIR R4 §2.3.0.1); the base is who issued the id.
std::optional<Patient> patient_of_reference(std::string_view reference) {
  constexpr std::string_view type = "Patient/";
  const auto at = reference.find(type);
  const bool starts_there = at == 0 || (at != reference.npos && reference[at - 1] == '/');
  if (!starts_there) return std::nullopt;
  const auto rest = reference.substr(at + type.size());
  const auto base = at == 0 ? std::string_view() : reference.substr(0, at - 1);
  return make_patient(rest.substr(0, rest.find_first_of("/?#")), base);
}

bool same(const Patient& a, const Patient& b) { return a.id == b.id && a.issuer == b.issuer; }

// Keeps `candidate` in `kept` when it is the first; says when it contradicts the one kept.
void keep_first(std::optional<Patient>& kept, bool& several, std::optional<Patient> candidate) {
  if (!candidate) return;
  if (kept && !same(*kept, *candidate)) several = true;
  if (!kept) kept = std::move(candidate);
}

}  // namespace

FhirReader::Place FhirReader::place_in_resource(bool is_root) {
  if (key_ == "identifier") return Place::identifier;
  if (key_ == "contained") return Place::contained;
  if (key_ == "meta") return Place::meta;
  if (key_ == "subject" || key_ == "patient") return Place::subject;
  if (key_ == "author" || key_ == "performer") return Place::author;
  if (is_root && key_ == "entry") return Place::entry;
  return rank_in(period_members, key_) != 0 ? Place::period : Place::other;
}

// An array has the place of its elements, so what repeats and what does not reads alike.
FhirReader::Place FhirReader::place_of_child() {
  const Frame& parent = frames_.back();
  if (parent.is_array) return parent.place;
  switch (parent.place) {
    case Place::root:
      return place_in_resource(true);
    case Place::resource:
    case Place::contained:
      return place_in_resource(false);
    case Place::entry:
      return key_ == "resource" ? Place::resource : Place::other;
    case Place::identifier:
      return key_ == "type" ? Place::identifier_type : Place::other;
    case Place::identifier_type:
      return key_ == "coding" ? Place::coding : Place::other;
    case Place::subject:
      return key_ == "identifier" ? Place::subject_identifier : Place::other;
    default:
      return Place::other;
  }
}

void FhirReader::begin(bool is_array) {
  Place place = Place::other;
  if (frames_.empty()) {
    place = is_array ? Place::other : Place::root;
  } else if (frames_.back().place != Place::other) {
    place = place_of_child();
  }
  frames_.push_back({place, is_array});
  if (is_array) return;
  if (is_resource(place)) resources_.emplace_back();
  if (place == Place::identifier) identifier_ = {};
  if (place == Place::period) period_rank_ = rank_in(period_members, key_);
}

void FhirReader::end() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.is_array) return;
  if (frame.place == Place::identifier) end_identifier();
  if (is_resource(frame.place)) end_resource(frame.place);
}

void FhirReader::end_identifier() {
  // A medical record number, then what is neither a civil number nor out of use.
  const bool civil =
      identifier_.type == "SS" || identifier_.type == "DL" || identifier_.type == "PPN";
  const int rank = identifier_.use == "old" ? 1 : identifier_.type == "MR" ? 4 : civil ? 2 : 3;
  Resource& resource = resources_.back();
  if (rank <= resource.identifier_rank) return;
  if (auto patient = make_patient(identifier_.value, identifier_.system)) {
    resource.identifier = std::move(patient);
    resource.identifier_rank = rank;
  }
}

void FhirReader::end_resource(Place place) {
  const Resource resource = std::move(resources_.back());
  resources_.pop_back();
  if (resource.type == "Patient") {
    keep_first(patient_, several_patients_,
               resource.identifier ? resource.identifier : make_patient(resource.id, ""));
  } else {
    auto subject = make_patient(resource.subject_id, resource.subject_system);
    if (!subject) subject = patient_of_reference(resource.reference);
    keep_first(subject_, several_subjects_, std::move(subject));
  }
  if (place == Place::root) root_ = resource;
  if (place != Place::resource) return;
  if (resource.type == "Composition" && !composition_) composition_ = resource;
  if (resource.date && (!newest_ || *newest_ < *resource.date)) newest_ = resource.date;
}

void FhirReader::date(int rank, std::string_view text) {
  Resource& resource = resources_.back();
  if (rank == 0 || (resource.date_rank != 0 && resource.date_rank <= rank)) return;
  if (const auto time = parse_fhir_time(text)) {
    resource.date = time;
    resource.date_rank = rank;
  }
}

void FhirReader::resource_text(Place place, std::string_view text) {
  Resource& resource = resources_.back();
  if (key_ == "resourceType") {
    if (is_type_name(text)) resource.type = text;
    if (place == Place::root) is_fhir_ = is_fhir_ || is_type_name(text);
  } else if (key_ == "id") {
    resource.id = text;
  } else if (place == Place::root && key_ == "type") {
    bundle_type_ = clean_identifier(text);
  } else if (place == Place::root && key_ == "timestamp") {
    timestamp_ = parse_fhir_time(text);
  } else if (key_ == "language") {
    resource.language = clean_identifier(text);
  } else {
    date(rank_in(date_members, key_), text);
  }
}

void FhirReader::text(std::string_view text) {
  if (frames_.empty() || frames_.back().place == Place::other) return;
  const Place place = frames_.back().place;
  switch (place) {
    case Place::root:
    case Place::resource:
    case Place::contained:
      if (!frames_.back().is_array) resource_text(place, text);
      break;
    case Place::identifier:
      if (key_ == "system") identifier_.system = text;
      if (key_ == "value") identifier_.value = text;
      if (key_ == "use") identifier_.use = text;
      break;
    case Place::coding:
      if (key_ == "code" && identifier_.type != "MR") identifier_.type = text;
      break;
    case Place::subject:
      if (key_ == "reference") resources_.back().reference = text;
      break;
    case Place::subject_identifier:
      if (key_ == "system") resources_.back().subject_system = text;
      if (key_ == "value") resources_.back().subject_id = text;
      break;
    case Place::period:
      // After all single dates.
      if (key_ == "start") date(100 + period_rank_, text);
      break;
    case Place::meta:
      if (key_ == "lastUpdated") resources_.back().last_updated = parse_fhir_time(text);
      break;
    case Place::author:
      if (key_ == "display" && resources_.back().author.empty()) {
        resources_.back().author = clean_text(text);
      }
      break;
    default:
      break;
  }
}

bool FhirReader::satisfied() const {
  return timestamp_ && patient_ && !bundle_type_.empty() && resources_.size() == 1 &&
         resources_.front().type == "Bundle";
}

Recognized FhirReader::finish(bool complete) {
  // What the end cut off is taken as far as it came, but the root alone: half a Patient might lack
  // its better identifier.
  if (!resources_.empty()) root_ = resources_.front();
  Recognized found{.media_type = "application/fhir+json"};
  const bool bundle = root_.type == "Bundle";
  const Resource& main = bundle && composition_ ? *composition_ : root_;
  if (patient_) {
    if (!several_patients_) found.patient = patient_;
  } else if (subject_ && !several_subjects_) {
    found.patient = subject_;
  }
  found.record_type = root_.type;
  if (bundle && !bundle_type_.empty()) {
    found.record_type = clean_text(found.record_type + "/" + bundle_type_);
  }
  found.author = main.author;
  found.language = main.language.empty() ? root_.language : main.language;
  found.event_time = bundle && timestamp_ ? timestamp_ : main.date;
  // The newest of a bundle is known only when all of it was seen.
  if (!found.event_time && bundle && complete) found.event_time = newest_;
  if (!found.event_time) found.event_time = root_.last_updated;
  return found;
}

}  // namespace perdura::archive
