// Reports that say the same of different things: what they have in common, so that it can be told
// once.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "verifier/verdict.hpp"

namespace perdura::verifier {

// Equal for two reports when they have the same parts and findings, sentence by sentence, but for
// the values in them. Plain words are told apart.
std::string shape_of(const Report& report);

// What two reports of the same shape have in common: a value that differs becomes "…", a detail
// that differs is left out.
Report in_common(Report one, const Report& other);

// The report without what passed, but for warnings; parts that hold nothing else go too.
Report without_passed(const Report& report);

// The findings at and below the report in one list, those of the same sentence once, as
// in_common() puts them together.
Report flattened(const Report& report);

}  // namespace perdura::verifier
