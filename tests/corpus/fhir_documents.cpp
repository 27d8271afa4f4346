#include "tests/corpus/fhir_documents.hpp"

#include "tests/corpus/json_text.hpp"
#include "tests/corpus/vocabulary.hpp"

namespace perdura::corpus {
namespace {

using verifier::Time;

std::string instant(Time time) {
  std::string text = verifier::to_string(time);
  text.insert(text.size() - 1, ".000");
  return text;
}

// One FHIR document as it grows.
class Fhir {
 public:
  Fhir(Random& random, const Visit& visit)
      : random_(random),
        visit_(visit),
        json_(random.chance(40) ? 2U : 0U),
        encounter_(make_uuid(random)),
        when_(visit.when) {}

  std::string bundle(std::size_t size) {
    json_.object();
    json_.text("resourceType", "Bundle");
    json_.text("id", make_uuid(random_));
    meta("http://hl7.org/fhir/StructureDefinition/Bundle");
    json_.text("type", "collection");
    json_.text("timestamp", instant(visit_.when));
    json_.array("entry");
    entry(visit_.patient.uuid, [this] { patient(); });
    entry(encounter_, [this] { encounter(); });
    while (json_.size() < size) {
      const auto kind = random_.below(10);
      const std::string id = make_uuid(random_);
      when_ = when_ + random_.between(60, 7200);
      if (kind < 7) entry(id, [&] { observation(id, true); });
      if (kind == 7) entry(id, [&] { condition(id); });
      if (kind > 7) entry(id, [&] { medication_request(id, true); });
    }
    json_.close();
    json_.close();
    return json_.take();
  }

  std::string resource() {
    const std::string id = make_uuid(random_);
    json_.object();
    switch (random_.below(5)) {
      case 0:
        medication_request(id, false);
        break;
      case 1:
        condition(id);
        break;
      default:
        observation(id, false);
    }
    json_.close();
    return json_.take();
  }

 private:
  template <typename Body>
  void entry(const std::string& id, const Body& body) {
    json_.object();
    json_.text("fullUrl", "urn:uuid:" + id);
    json_.object("resource");
    body();
    json_.close();
    json_.close();
  }

  void meta(std::string_view profile) {
    json_.object("meta");
    json_.text("lastUpdated", instant(visit_.when));
    json_.array("profile");
    json_.text("", profile);
    json_.close();
    json_.close();
  }

  void head(std::string_view type, const std::string& id) {
    json_.text("resourceType", type);
    json_.text("id", id);
  }

  void coding(std::string_view system, std::string_view code, std::string_view display) {
    json_.array("coding");
    json_.object();
    json_.text("system", system);
    json_.text("code", code);
    json_.text("display", display);
    json_.close();
    json_.close();
  }

  void concept_of(std::string_view member, std::string_view system, std::string_view code,
                  std::string_view display) {
    json_.object(member);
    coding(system, code, display);
    json_.text("text", display);
    json_.close();
  }

  void identifier(std::string_view type, std::string_view system, std::string_view value) {
    json_.object();
    json_.object("type");
    coding("http://terminology.hl7.org/CodeSystem/v2-0203", type,
           type == "MR" ? "Medical Record Number" : "Social Security Number");
    json_.close();
    json_.text("system", system);
    json_.text("value", value);
    json_.close();
  }

  void subject() {
    json_.object("subject");
    json_.text("reference", "urn:uuid:" + visit_.patient.uuid);
    json_.object("identifier");
    json_.text("system", joined({"urn:oid:", issuer_oid}));
    json_.text("value", visit_.patient.mrn);
    json_.close();
    json_.text("display", visit_.patient.given + " " + visit_.patient.family);
    json_.close();
  }

  void reference(std::string_view member, const std::string& id) {
    json_.object(member);
    json_.text("reference", "urn:uuid:" + id);
    json_.close();
  }

  void patient() {
    const Person& p = visit_.patient;
    head("Patient", p.uuid);
    meta("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient");
    json_.array("identifier");
    identifier("SS", "http://hl7.org/fhir/sid/us-ssn", p.ssn);
    identifier("MR", joined({"urn:oid:", issuer_oid}), p.mrn);
    json_.close();
    json_.raw("active", "true");
    json_.array("name");
    json_.object();
    json_.text("use", "official");
    json_.text("family", p.family);
    json_.array("given");
    json_.text("", p.given);
    json_.close();
    json_.close();
    json_.close();
    json_.array("telecom");
    json_.object();
    json_.text("system", "phone");
    json_.text("value", p.phone);
    json_.text("use", "home");
    json_.close();
    json_.close();
    json_.text("gender", p.sex == 'F' ? "female" : "male");
    json_.text("birthDate", iso_date(p.birth));
    address();
  }

  void address() {
    const Person& p = visit_.patient;
    json_.array("address");
    json_.object();
    json_.array("line");
    json_.text("", p.street);
    json_.close();
    json_.text("city", p.city);
    json_.text("state", p.state);
    json_.text("postalCode", p.postal_code);
    json_.text("country", "US");
    json_.close();
    json_.close();
  }

  void encounter() {
    head("Encounter", encounter_);
    json_.text("status", "finished");
    json_.object("class");
    json_.text("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode");
    json_.text("code", random_.chance(30) ? "IMP" : "AMB");
    json_.close();
    subject();
    json_.array("participant");
    json_.object();
    json_.object("individual");
    json_.text("reference",
               "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|" + visit_.clinician.npi);
    json_.text("display", "Dr. " + visit_.clinician.given + " " + visit_.clinician.family);
    json_.close();
    json_.close();
    json_.close();
    json_.object("period");
    json_.text("start", instant(visit_.when));
    json_.text("end", instant(visit_.when + random_.between(900, 500000)));
    json_.close();
    json_.object("serviceProvider");
    json_.text("display", hospital_name);
    json_.close();
  }

  void condition(const std::string& id) {
    const Diagnosis& d = random_.pick(diagnoses());
    head("Condition", id);
    concept_of("clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical",
               "active", "Active");
    concept_of("category", "http://terminology.hl7.org/CodeSystem/condition-category",
               "encounter-diagnosis", "Encounter Diagnosis");
    concept_of("code", "http://snomed.info/sct", d.snomed, d.name);
    subject();
    json_.text("onsetDateTime", instant(when_));
    json_.text("recordedDate", instant(when_));
    if (random_.chance(30)) {
      json_.array("note");
      json_.object();
      json_.text("text", narrative(random_, random_.skewed(60, 900)));
      json_.close();
      json_.close();
    }
  }

  void observation(const std::string& id, bool in_bundle) {
    const Measurement& m = random_.pick(measurements());
    head("Observation", id);
    json_.text("status", "final");
    json_.array("category");
    json_.object();
    coding("http://terminology.hl7.org/CodeSystem/observation-category",
           m.vital_sign ? "vital-signs" : "laboratory",
           m.vital_sign ? "Vital Signs" : "Laboratory");
    json_.close();
    json_.close();
    concept_of("code", "http://loinc.org", m.loinc, m.name);
    subject();
    if (in_bundle) reference("encounter", encounter_);
    json_.text("effectiveDateTime", instant(when_));
    json_.text("issued", instant(when_ + random_.between(30, 5000)));
    json_.object("valueQuantity");
    json_.raw("value", measured(random_, m));
    json_.text("unit", m.unit);
    json_.text("system", "http://unitsofmeasure.org");
    json_.text("code", m.unit);
    json_.close();
  }

  void medication_request(const std::string& id, bool in_bundle) {
    const Medicine& m = random_.pick(medicines());
    head("MedicationRequest", id);
    json_.text("status", random_.chance(50) ? "active" : "stopped");
    json_.text("intent", "order");
    concept_of("medicationCodeableConcept", "http://www.nlm.nih.gov/research/umls/rxnorm", m.rxnorm,
               m.name);
    subject();
    if (in_bundle) reference("encounter", encounter_);
    json_.text("authoredOn", instant(when_));
    json_.object("requester");
    json_.text("display", "Dr. " + visit_.clinician.given + " " + visit_.clinician.family);
    json_.close();
    json_.array("dosageInstruction");
    json_.object();
    json_.raw("sequence", "1");
    json_.text("text", joined({"Take ", std::to_string(random_.between(1, 2)), " tablet(s) ",
                               std::to_string(random_.between(1, 4)), " times daily"}));
    json_.close();
    json_.close();
  }

  Random& random_;
  const Visit& visit_;
  JsonText json_;
  std::string encounter_;
  Time when_;
};

}  // namespace

std::string make_fhir_bundle(Random& random, const Visit& visit, std::size_t size) {
  return Fhir(random, visit).bundle(size);
}

std::string make_fhir_resource(Random& random, const Visit& visit) {
  return Fhir(random, visit).resource();
}

}  // namespace perdura::corpus
