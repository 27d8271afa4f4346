// Reports for programs: JSON, one line each, members always present and in a fixed order; see
// formats/report.md.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {

// {"subject":..,"verdict":..,"findings":[{"verdict":..,"subIndication":..,"what":..,"detail":..,
// "rule":..,"warning":..}],"parts":[..]}
std::string report_json(const Report& report);

// {"record":id,"verdict":..,"existedSince":..|null,"documents":n,"bytes":n,"tracks":[..],"report":..}
std::string record_json(const RecordResult& record);

// {"package":{"archive":..,..},"verdict":..,"records":n,"passed":n,..,"report":..}
std::string summary_json(const PackageSummary& summary);

// {"verdict":..,"existedSince":..|null,"report":..}
std::string evidence_json(const EvidenceReport& evidence);

}  // namespace perdura::verifier
