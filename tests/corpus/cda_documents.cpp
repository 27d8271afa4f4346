#include "tests/corpus/cda_documents.hpp"

#include <string_view>

#include "tests/corpus/vocabulary.hpp"

namespace perdura::corpus {
namespace {

constexpr std::string_view loinc_oid = "2.16.840.1.113883.6.1";
constexpr std::string_view snomed_oid = "2.16.840.1.113883.6.96";
constexpr std::string_view rxnorm_oid = "2.16.840.1.113883.6.88";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else {
      result += c;
    }
  }
  return result;
}

// One document as it grows.
class Cda {
 public:
  Cda(Random& random, const Visit& visit) : random_(random), visit_(visit) {}

  std::string document(std::size_t size) {
    header();
    put({"  <component>\n    <structuredBody>\n"});
    text_section();
    // Sections in turn until it is large enough, at least one of each.
    for (int round = 0; round == 0 || text_.size() < size; ++round) {
      problems();
      medications();
      results();
    }
    put({"    </structuredBody>\n  </component>\n</ClinicalDocument>\n"});
    return std::move(text_);
  }

 private:
  void put(std::initializer_list<std::string_view> parts) {
    for (const auto part : parts) text_ += part;
  }

  void header() {
    const DocumentType& type = random_.pick(document_types());
    const std::string time = hl7_time(visit_.when) + "+0000";
    put(
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:sdtc=\"urn:hl7-org:sdtc\"\n"
         "    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
         "  <realmCode code=\"US\"/>\n"
         "  <typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_HD000040\"/>\n"
         "  <templateId root=\"2.16.840.1.113883.10.20.22.1.1\" extension=\"2015-08-01\"/>\n"
         "  <id root=\"",
         make_uuid(random_), "\"/>\n", "  <code code=\"", type.loinc, "\" codeSystem=\"", loinc_oid,
         "\" codeSystemName=\"LOINC\" displayName=\"", type.name, "\"/>\n", "  <title>", type.name,
         "</title>\n", "  <effectiveTime value=\"", time, "\"/>\n",
         "  <confidentialityCode code=\"N\" codeSystem=\"2.16.840.1.113883.5.25\"/>\n"
         "  <languageCode code=\"en-US\"/>\n"});
    record_target();
    author(time);
    put(
        {"  <custodian>\n    <assignedCustodian>\n      <representedCustodianOrganization>\n"
         "        <id root=\"",
         issuer_oid, "\"/>\n        <name>", hospital_name,
         "</name>\n"
         "      </representedCustodianOrganization>\n    </assignedCustodian>\n  </custodian>\n"});
  }

  void record_target() {
    const Person& p = visit_.patient;
    put(
        {"  <recordTarget>\n    <patientRole>\n"
         "      <id extension=\"",
         p.ssn,
         "\" root=\"2.16.840.1.113883.4.1\"/>\n"
         "      <id extension=\"",
         p.mrn,
         "\" root=\"",
         issuer_oid,
         "\"/>\n"
         "      <addr use=\"HP\">\n        <streetAddressLine>",
         p.street,
         "</streetAddressLine>\n        <city>",
         p.city,
         "</city>\n        <state>",
         p.state,
         "</state>\n        <postalCode>",
         p.postal_code,
         "</postalCode>\n        <country>US</country>\n      </addr>\n"
         "      <telecom value=\"tel:",
         p.phone,
         "\" use=\"HP\"/>\n"
         "      <patient>\n        <name use=\"L\">\n          <given>",
         p.given,
         "</given>\n          <family>",
         escaped(p.family),
         "</family>\n        </name>\n"
         "        <administrativeGenderCode code=\"",
         p.sex == 'F' ? "F" : "M",
         "\" codeSystem=\"2.16.840.1.113883.5.1\"/>\n        <birthTime value=\"",
         hl7_date(p.birth),
         "\"/>\n      </patient>\n    </patientRole>\n  </recordTarget>\n"});
  }

  void author(const std::string& time) {
    const Clinician& c = visit_.clinician;
    put({"  <author>\n    <time value=\"", time,
         "\"/>\n    <assignedAuthor>\n"
         "      <id extension=\"",
         c.npi,
         "\" root=\"2.16.840.1.113883.4.6\"/>\n"
         "      <assignedPerson>\n        <name><prefix>Dr.</prefix><given>",
         c.given, "</given><family>", c.family,
         "</family></name>\n      </assignedPerson>\n    </assignedAuthor>\n  </author>\n"});
  }

  void open_section(std::string_view loinc, std::string_view title) {
    put({"      <component>\n        <section>\n          <code code=\"", loinc, "\" codeSystem=\"",
         loinc_oid, "\" codeSystemName=\"LOINC\"/>\n          <title>", title, "</title>\n"});
  }

  void close_section() { put({"        </section>\n      </component>\n"}); }

  void text_section() {
    open_section("8648-8", "Hospital Course");
    put({"          <text>\n"});
    for (int paragraphs = random_.between(1, 5); paragraphs > 0; --paragraphs) {
      put({"            <paragraph>", escaped(narrative(random_, random_.skewed(100, 1500))),
           "</paragraph>\n"});
    }
    put({"          </text>\n"});
    close_section();
  }

  void act_time(std::string_view name) {
    const verifier::Time when = visit_.when + -static_cast<int>(random_.below(86400 * 30));
    put({"              <effectiveTime><", name, " value=\"", hl7_time(when),
         "\"/></effectiveTime>\n"});
  }

  void problems() {
    open_section("11450-4", "Problem List");
    for (int n = random_.between(1, 6); n > 0; --n) {
      const Diagnosis& d = random_.pick(diagnoses());
      put(
          {"          <entry typeCode=\"DRIV\">\n"
           "            <observation classCode=\"OBS\" moodCode=\"EVN\">\n"
           "              <templateId root=\"2.16.840.1.113883.10.20.22.4.4\" "
           "extension=\"2015-08-01\"/>\n              <id root=\"",
           make_uuid(random_),
           "\"/>\n"
           "              <code code=\"55607006\" codeSystem=\"",
           snomed_oid,
           "\" displayName=\"Problem\"/>\n              <statusCode code=\"completed\"/>\n"});
      act_time("low");
      put({"              <value xsi:type=\"CD\" code=\"", d.snomed, "\" codeSystem=\"", snomed_oid,
           "\" displayName=\"", d.name, "\"/>\n            </observation>\n          </entry>\n"});
    }
    close_section();
  }

  void medications() {
    open_section("10160-0", "History of Medication Use");
    for (int n = random_.between(1, 5); n > 0; --n) {
      const Medicine& m = random_.pick(medicines());
      put(
          {"          <entry typeCode=\"DRIV\">\n"
           "            <substanceAdministration classCode=\"SBADM\" moodCode=\"EVN\">\n"
           "              <templateId root=\"2.16.840.1.113883.10.20.22.4.16\" "
           "extension=\"2014-06-09\"/>\n              <id root=\"",
           make_uuid(random_),
           "\"/>\n"
           "              <statusCode code=\"active\"/>\n"});
      act_time("low");
      put({"              <doseQuantity value=\"", std::to_string(random_.between(1, 3)),
           "\"/>\n"
           "              <consumable><manufacturedProduct><manufacturedMaterial><code code=\"",
           m.rxnorm, "\" codeSystem=\"", rxnorm_oid, "\" displayName=\"", m.name,
           "\"/></manufacturedMaterial></manufacturedProduct></consumable>\n"
           "            </substanceAdministration>\n          </entry>\n"});
    }
    close_section();
  }

  void results() {
    open_section("30954-2", "Relevant Diagnostic Tests and Laboratory Data");
    for (int n = random_.between(2, 12); n > 0; --n) {
      const Measurement& m = random_.pick(measurements());
      put(
          {"          <entry typeCode=\"DRIV\">\n"
           "            <observation classCode=\"OBS\" moodCode=\"EVN\">\n"
           "              <templateId root=\"2.16.840.1.113883.10.20.22.4.2\" "
           "extension=\"2015-08-01\"/>\n              <id root=\"",
           make_uuid(random_),
           "\"/>\n"
           "              <code code=\"",
           m.loinc, "\" codeSystem=\"", loinc_oid, "\" displayName=\"", m.name,
           "\"/>\n              <statusCode code=\"completed\"/>\n"});
      act_time("center");
      put({"              <value xsi:type=\"PQ\" value=\"", measured(random_, m), "\" unit=\"",
           m.unit, "\"/>\n            </observation>\n          </entry>\n"});
    }
    close_section();
  }

  Random& random_;
  const Visit& visit_;
  std::string text_;
};

}  // namespace

std::string make_cda_document(Random& random, const Visit& visit, std::size_t size) {
  return Cda(random, visit).document(size);
}

}  // namespace perdura::corpus
