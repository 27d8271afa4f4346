// Policies as people and machines read them. Thread safety: pure functions.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "verifier/policy.hpp"

namespace perdura::tools {

// A table: algorithm, key length, last good day, source.
std::string policy_text(const verifier::PolicyTable& table);

// One object with everything that the policy says. "unfitFrom" is the first moment at which an
// algorithm is unfit.
boost::json::object policy_json(const verifier::PolicyTable& table);

}  // namespace perdura::tools
