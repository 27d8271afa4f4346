// The sentences that reports in words, as text and as a page, have in common.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "verifier/text.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {

// "1,234,567"
std::string grouped(std::uint64_t number);

// "FAILED (HASH_FAILURE)"
Text verdict_text(const Report& report);
// "FAILED"
Text verdict_text(Verdict verdict);

// What the decisive finding means for somebody who wants to rely on the record; empty when all
// passed.
Text meaning_of(const Report& report);

// "time-stamp authority 'CN=...'", and whether it is the archive's own.
Text authority_text(const TrackResult& track);

// "Record 3f2a...: PASSED. Unaltered since ... at the latest, by ..."
Text record_sentence(const RecordResult& record);
// "Evidence: PASSED. Unaltered since ... at the latest."
Text evidence_sentence(const EvidenceReport& evidence);
// "Package of the archive '...', exported ... by '...'."
Text package_sentence(const PackageSummary& summary);
// "3 records: 2 passed, ..."
Text counts_sentence(const PackageSummary& summary);
// "Verdict: PASSED. Every record is what was time-stamped, bit for bit."
Text verdict_sentence(Verdict verdict);

}  // namespace perdura::verifier
