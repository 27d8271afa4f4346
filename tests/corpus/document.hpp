// One document to be made: about whom, when, how large. What every maker of a kind takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/corpus/person.hpp"
#include "tests/corpus/random.hpp"
#include "verifier/time.hpp"

namespace perdura::corpus {

// A visit to the hospital that a document tells of.
struct Visit {
  Person patient;
  verifier::Time when;
  Clinician clinician;
  std::uint64_t number = 0;  // no two visits of a corpus share it
};

}  // namespace perdura::corpus
