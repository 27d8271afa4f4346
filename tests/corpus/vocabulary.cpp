#include "tests/corpus/vocabulary.hpp"

#include <algorithm>

namespace perdura::corpus {
namespace {

// clang-format off
constexpr Measurement measurement_table[] = {
    {"8867-4",  "Heart rate",                                                          "/min",        48,  128, 0, true},
    {"8480-6",  "Systolic blood pressure",                                             "mm[Hg]",      92,  188, 0, true},
    {"8462-4",  "Diastolic blood pressure",                                            "mm[Hg]",      51,  109, 0, true},
    {"8310-5",  "Body temperature",                                                    "Cel",        358,  396, 1, true},
    {"9279-1",  "Respiratory rate",                                                    "/min",        10,   29, 0, true},
    {"2708-6",  "Oxygen saturation in Arterial blood",                                 "%",           86,  100, 0, true},
    {"8302-2",  "Body height",                                                         "cm",        1420, 1990, 1, true},
    {"29463-7", "Body weight",                                                         "kg",         412, 1390, 1, true},
    {"39156-5", "Body mass index (BMI) [Ratio]",                                       "kg/m2",     1681, 4120, 2, true},
    {"718-7",   "Hemoglobin [Mass/volume] in Blood",                                   "g/dL",        71,  178, 1, false},
    {"4544-3",  "Hematocrit [Volume Fraction] of Blood by Automated count",            "%",          221,  532, 1, false},
    {"6690-2",  "Leukocytes [#/volume] in Blood by Automated count",                   "10*3/uL",     18,  241, 1, false},
    {"777-3",   "Platelets [#/volume] in Blood by Automated count",                    "10*3/uL",     62,  540, 0, false},
    {"789-8",   "Erythrocytes [#/volume] in Blood by Automated count",                 "10*6/uL",    281,  612, 2, false},
    {"2345-7",  "Glucose [Mass/volume] in Serum or Plasma",                            "mg/dL",       58,  341, 0, false},
    {"4548-4",  "Hemoglobin A1c/Hemoglobin.total in Blood",                            "%",           46,  119, 1, false},
    {"2160-0",  "Creatinine [Mass/volume] in Serum or Plasma",                         "mg/dL",       48,  412, 2, false},
    {"3094-0",  "Urea nitrogen [Mass/volume] in Serum or Plasma",                      "mg/dL",        6,   71, 0, false},
    {"2951-2",  "Sodium [Moles/volume] in Serum or Plasma",                            "mmol/L",     124,  152, 0, false},
    {"2823-3",  "Potassium [Moles/volume] in Serum or Plasma",                         "mmol/L",      28,   61, 1, false},
    {"2075-0",  "Chloride [Moles/volume] in Serum or Plasma",                          "mmol/L",      88,  116, 0, false},
    {"1742-6",  "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",   "U/L",   7,  214, 0, false},
    {"1920-8",  "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L",   9,  198, 0, false},
    {"1988-5",  "C reactive protein [Mass/volume] in Serum or Plasma",                 "mg/L",         2, 2411, 1, false},
    {"2093-3",  "Cholesterol [Mass/volume] in Serum or Plasma",                        "mg/dL",      109,  331, 0, false},
    {"2571-8",  "Triglyceride [Mass/volume] in Serum or Plasma",                       "mg/dL",       41,  520, 0, false},
    {"3016-3",  "Thyrotropin [Units/volume] in Serum or Plasma",                       "m[IU]/L",      8, 1190, 2, false},
    {"6598-7",  "Troponin T.cardiac [Mass/volume] in Serum or Plasma",                 "ug/L",         3,  870, 3, false},
    {"5902-2",  "Prothrombin time (PT)",                                               "s",          102,  411, 1, false},
    {"33762-6", "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma", "pg/mL", 12, 9120, 0, false},
};

constexpr Diagnosis diagnosis_table[] = {
    {"38341003",  "Hypertensive disorder, systemic arterial (disorder)", "I10"},
    {"44054006",  "Diabetes mellitus type 2 (disorder)",                 "E11.9"},
    {"53741008",  "Coronary arteriosclerosis (disorder)",                "I25.10"},
    {"84114007",  "Heart failure (disorder)",                            "I50.9"},
    {"49436004",  "Atrial fibrillation (disorder)",                      "I48.91"},
    {"13645005",  "Chronic obstructive lung disease (disorder)",         "J44.9"},
    {"195967001", "Asthma (disorder)",                                   "J45.909"},
    {"233604007", "Pneumonia (disorder)",                                "J18.9"},
    {"709044004", "Chronic kidney disease (disorder)",                   "N18.9"},
    {"73211009",  "Diabetes mellitus (disorder)",                        "E13.9"},
    {"40930008",  "Hypothyroidism (disorder)",                           "E03.9"},
    {"55822004",  "Hyperlipidemia (disorder)",                           "E78.5"},
    {"35489007",  "Depressive disorder (disorder)",                      "F32.A"},
    {"271737000", "Anemia (disorder)",                                   "D64.9"},
    {"235595009", "Gastroesophageal reflux disease (disorder)",          "K21.9"},
    {"396275006", "Osteoarthritis (disorder)",                           "M19.90"},
    {"64859006",  "Osteoporosis (disorder)",                             "M81.0"},
    {"230690007", "Cerebrovascular accident (disorder)",                 "I63.9"},
    {"22298006",  "Myocardial infarction (disorder)",                    "I21.9"},
    {"68566005",  "Urinary tract infectious disease (disorder)",         "N39.0"},
    {"74400008",  "Appendicitis (disorder)",                             "K37"},
    {"254837009", "Malignant neoplasm of breast (disorder)",             "C50.919"},
};

constexpr Medicine medicine_table[] = {
    {"314076",  "lisinopril 10 MG Oral Tablet"},        {"860975",  "metformin hydrochloride 500 MG Extended Release Oral Tablet"},
    {"617311",  "atorvastatin 40 MG Oral Tablet"},      {"197361",  "amlodipine 5 MG Oral Tablet"},
    {"310429",  "furosemide 20 MG Oral Tablet"},        {"855332",  "warfarin sodium 5 MG Oral Tablet"},
    {"243670",  "aspirin 81 MG Oral Tablet"},           {"966222",  "levothyroxine sodium 0.05 MG Oral Tablet"},
    {"308136",  "amlodipine 2.5 MG Oral Tablet"},       {"314231",  "simvastatin 10 MG Oral Tablet"},
    {"198440",  "acetaminophen 500 MG Oral Tablet"},    {"745679",  "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"},
    {"866412",  "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet"}, {"313782", "acetaminophen 325 MG Oral Tablet"},
    {"198211",  "simvastatin 40 MG Oral Tablet"},       {"1049221", "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet"},
    {"308192",  "amoxicillin 500 MG Oral Tablet"},      {"562251",  "amoxicillin 250 MG / clavulanate 125 MG Oral Tablet"},
};

constexpr DocumentType document_type_table[] = {
    {"18842-5", "Discharge Summary"}, {"34133-9", "Summarization of Episode Note"}, {"11488-4", "Consult Note"},
    {"11506-3", "Progress Note"},     {"34117-2", "History and Physical Note"},     {"11504-8", "Surgical Operation Note"},
    {"57133-1", "Referral Note"},     {"18748-4", "Diagnostic Imaging Study"},
};

constexpr std::string_view ward_table[] = {"MED", "SURG", "ICU", "CARD", "NEURO", "ONC", "PED", "ORTH", "EMER", "OBS"};

constexpr std::string_view openings[] = {
    "The patient", "On examination the patient", "This patient", "Overnight the patient", "Since admission the patient",
    "According to the family the patient", "At the time of discharge the patient", "On the ward round the patient",
};
constexpr std::string_view events[] = {
    "reported intermittent chest discomfort radiating to the left arm",
    "was afebrile and haemodynamically stable",
    "complained of shortness of breath on climbing one flight of stairs",
    "denied nausea, vomiting, diarrhoea or abdominal pain",
    "had bilateral basal crackles without wheeze",
    "tolerated a light diet and walked with one assistant",
    "was oriented to person, place and time",
    "remained in sinus rhythm on telemetry",
    "received intravenous antibiotics without adverse reaction",
    "had mild pitting oedema up to both ankles",
    "was seen by physiotherapy and occupational therapy",
    "underwent the procedure under general anaesthesia without complication",
    "described a burning pain after meals relieved by antacids",
    "showed no focal neurological deficit",
    "had a clean and dry wound with intact sutures",
    "was advised to stop smoking and to reduce alcohol",
};
constexpr std::string_view plans[] = {
    "Continue present medication and review in clinic in", "Repeat laboratory tests in", "Follow-up imaging is planned in",
    "The dose will be reduced step by step over", "Home monitoring of blood pressure was arranged for",
    "The family doctor is asked to check renal function in", "Anticoagulation shall be continued for at least",
    "A referral to cardiology was made, to be seen within",
};
constexpr std::string_view spans[] = {"days", "weeks", "months"};
// clang-format on

}  // namespace

std::span<const Measurement> measurements() { return measurement_table; }
std::span<const Diagnosis> diagnoses() { return diagnosis_table; }
std::span<const Medicine> medicines() { return medicine_table; }
std::span<const DocumentType> document_types() { return document_type_table; }
std::span<const std::string_view> wards() { return ward_table; }

std::string measured(Random& random, const Measurement& measurement) {
  const int value = random.between(measurement.low, measurement.high);
  std::string digits = std::to_string(value);
  const auto decimals = static_cast<std::size_t>(measurement.decimals);
  if (decimals == 0) return digits;
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  const std::string_view all = digits;
  const std::size_t whole = all.size() - decimals;
  return joined({all.substr(0, whole), ".", all.substr(whole)});
}

// Operands of + run in no fixed order, elements of a braced list do: texts with random parts are
// made by joined() alone.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

std::string narrative(Random& random, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    switch (random.below(4)) {
      case 0:
        text += joined({random.pick(plans), " ", std::to_string(random.between(2, 12)), " ",
                        random.pick(spans), ". "});
        break;
      case 1: {
        const Measurement& m = random.pick(measurements());
        text += joined({m.name, " was ", measured(random, m), " ", m.unit, ". "});
        break;
      }
      case 2:
        text += joined({"Known ", random.pick(diagnoses()).name, ", treated with ",
                        random.pick(medicines()).name, ". "});
        break;
      default:
        text += joined({random.pick(openings), " ", random.pick(events), ". "});
    }
  }
  text.pop_back();
  return text;
}

}  // namespace perdura::corpus
