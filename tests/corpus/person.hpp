// The people whom documents are about, and who write them. Each is made from the corpus's seed and
// a number alone, so that documents made in any order speak of the same people.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/corpus/random.hpp"
#include "verifier/time.hpp"

namespace perdura::corpus {

// Who issues patient identifiers: an OID, and the name by which HL7 v2 and DICOM call it.
constexpr std::string_view issuer_oid = "2.16.840.1.113883.3.99999.1";
constexpr std::string_view issuer_name = "STELM";
constexpr std::string_view hospital_name = "St. Elmo Regional Hospital";

// A patient. Text is UTF-8; some names are not ASCII, as in life.
struct Person {
  std::string mrn;   // the medical record number: "M0000042"
  std::string uuid;  // of the FHIR Patient resource
  std::string family;
  std::string given;
  char sex = 'F';  // F or M
  verifier::Time birth;
  std::string street;
  std::string city;
  std::string state;
  std::string postal_code;
  std::string phone;
  std::string ssn;  // of the 999 range, which is never issued
};

// A clinician.
struct Clinician {
  std::string npi;  // ten digits
  std::string family;
  std::string given;
};

// Patient `number` of the corpus of this seed.
Person make_person(std::uint64_t seed, std::uint64_t number);

// One of the hospital's clinicians.
Clinician make_clinician(Random& random);

// A version 4 UUID.
std::string make_uuid(Random& random);

// "20190304101112", "20190304", "2019-03-04".
std::string hl7_time(verifier::Time time);
std::string hl7_date(verifier::Time time);
std::string iso_date(verifier::Time time);

}  // namespace perdura::corpus
