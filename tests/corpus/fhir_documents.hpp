// FHIR R4 JSON: bundles as an export of a stay, and single resources as an interface sends them.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <string>

#include "tests/corpus/document.hpp"

namespace perdura::corpus {

// A Bundle of type collection: patient, encounter, then conditions, observations and medication
// requests until it has about `size` octets.
std::string make_fhir_bundle(Random& random, const Visit& visit, std::size_t size);

// A single Observation, Encounter or MedicationRequest.
std::string make_fhir_resource(Random& random, const Visit& visit);

}  // namespace perdura::corpus
