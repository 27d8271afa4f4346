// Codes, names and sentences of which documents are made. The codes are real (LOINC, SNOMED CT,
// RxNorm, ICD-10-CM), the people are not.
//
// Thread safety: constants.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "tests/corpus/random.hpp"

namespace perdura::corpus {

// A measurement: its LOINC code, UCUM unit, and values from `low` to `high` in units of
// 10^-decimals.
struct Measurement {
  std::string_view loinc;
  std::string_view name;
  std::string_view unit;
  int low;
  int high;
  int decimals;
  bool vital_sign;
};

// A diagnosis in SNOMED CT and ICD-10-CM.
struct Diagnosis {
  std::string_view snomed;
  std::string_view name;
  std::string_view icd10;
};

// A medicine as prescribed, in RxNorm.
struct Medicine {
  std::string_view rxnorm;
  std::string_view name;
};

// A kind of document, in LOINC.
struct DocumentType {
  std::string_view loinc;
  std::string_view name;
};

std::span<const Measurement> measurements();
std::span<const Diagnosis> diagnoses();
std::span<const Medicine> medicines();
std::span<const DocumentType> document_types();
std::span<const std::string_view> wards();

// A value of `measurement`, as written: "7.4".
std::string measured(Random& random, const Measurement& measurement);

// The parts one after the other. Unlike operands of +, elements of a braced list run in order, so
// that random parts come out the same from every compiler.
std::string joined(std::initializer_list<std::string_view> parts);

// A paragraph as clinicians write them, of about `size` octets, ASCII.
std::string narrative(Random& random, std::size_t size);

}  // namespace perdura::corpus
