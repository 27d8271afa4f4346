#include "tests/corpus/hl7_messages.hpp"

#include <string_view>

#include "tests/corpus/vocabulary.hpp"

namespace perdura::corpus {
namespace {

// One message as it grows.
class Message {
 public:
  Message(Random& random, const Visit& visit) : random_(random), visit_(visit) {}

  std::string adt() {
    constexpr std::string_view events[] = {"A01", "A03", "A04", "A08"};
    const std::string event(random_.pick(events));
    header(joined({"ADT^", event, "^ADT_A01"}));
    segment({"EVN", event, hl7_time(visit_.when)});
    patient_and_visit();
    const Diagnosis& d = random_.pick(diagnoses());
    segment(
        {"DG1", "1", "", joined({d.icd10, "^", d.name, "^I10C"}), "", hl7_time(visit_.when), "A"});
    return std::move(text_);
  }

  std::string oru(std::size_t size) {
    header("ORU^R01^ORU_R01");
    patient_and_visit();
    const std::string order = std::to_string(visit_.number);
    segment({"ORC", "RE", order + "^LAB", order + "^LIS"});
    segment({"OBR", "1", order + "^LAB", order + "^LIS", "24323-8^Comprehensive metabolic panel^LN",
             "", "", hl7_time(visit_.when), "", "", "", "", "", "", "", "", clinician()});
    for (int set_id = 1; text_.size() < size; ++set_id) {
      const Measurement& m = random_.pick(measurements());
      const std::string value = measured(random_, m);
      segment({"OBX", std::to_string(set_id), "NM", joined({m.loinc, "^", m.name, "^LN"}), "",
               value, m.unit, "", random_.chance(20) ? "H" : "N", "", "", "F", "", "",
               hl7_time(visit_.when)});
    }
    return std::move(text_);
  }

  std::string mdm(std::size_t size) {
    header("MDM^T02^MDM_T02");
    segment({"EVN", "T02", hl7_time(visit_.when)});
    patient_and_visit();
    const DocumentType& type = random_.pick(document_types());
    segment({"TXA", "1", joined({type.loinc, "^", type.name, "^LN"}), "TX", hl7_time(visit_.when),
             "", "", "", "", clinician(), "", "", make_uuid(random_)});
    for (int set_id = 1; text_.size() < size; ++set_id) {
      segment({"OBX", std::to_string(set_id), "TX", joined({type.loinc, "^", type.name, "^LN"}), "",
               narrative(random_, 160), "", "", "", "", "", "F"});
    }
    return std::move(text_);
  }

 private:
  void segment(std::initializer_list<std::string_view> fields) {
    for (const auto field : fields) {
      text_ += field;
      text_ += '|';
    }
    while (text_.ends_with('|')) text_.pop_back();
    text_ += '\r';
  }

  void header(const std::string& type) {
    segment({"MSH", "^~\\&", "HIS", issuer_name, "ARCHIVE", issuer_name, hl7_time(visit_.when), "",
             type, joined({"MSG", std::to_string(visit_.number)}), "P", "2.5.1", "", "", "AL", "NE",
             "USA", "UNICODE UTF-8", "en"});
  }

  std::string clinician() const {
    return joined({visit_.clinician.npi, "^", visit_.clinician.family, "^", visit_.clinician.given,
                   "^^^Dr.^MD^^NPI"});
  }

  void patient_and_visit() {
    const Person& p = visit_.patient;
    segment({"PID", "1", "",
             joined({p.ssn, "^^^USSSA^SS~", p.mrn, "^^^", issuer_name, "&", issuer_oid, "&ISO^MR"}),
             "", joined({p.family, "^", p.given, "^^^^^L"}), "", hl7_date(p.birth),
             std::string(1, p.sex), "", "",
             joined({p.street, "^^", p.city, "^", p.state, "^", p.postal_code, "^USA"}), "",
             p.phone});
    segment({"PV1",
             "1",
             random_.chance(40) ? "I" : "O",
             joined({random_.pick(wards()), "^", std::to_string(random_.between(100, 480)), "^",
                     random_.chance(50) ? "A" : "B"}),
             "",
             "",
             "",
             clinician(),
             "",
             "",
             "",
             "",
             "",
             "",
             "",
             "",
             "",
             "",
             "",
             joined({"V", std::to_string(visit_.number)})});
  }

  Random& random_;
  const Visit& visit_;
  std::string text_;
};

}  // namespace

std::string make_hl7_message(Random& random, const Visit& visit, std::size_t size) {
  const int kind = random.between(0, 99);
  Message message(random, visit);
  if (kind < 35) return message.adt();
  return kind < 85 ? message.oru(size) : message.mdm(size);
}

}  // namespace perdura::corpus
