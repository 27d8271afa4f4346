// Records as machines and people read them.
//
// Thread safety: pure functions.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "archive/deposit_row.hpp"
#include "verifier/statement.hpp"

namespace perdura::tools {

// One object: identifier, journal index, whether it is sealed, and what the statement says.
boost::json::object record_json(std::uint64_t index, bool sealed, const archive::DepositRow& row,
                                const verifier::Statement& statement);

// One line: identifier, time, type, patient, documents.
std::string record_line(bool sealed, const archive::DepositRow& row,
                        const verifier::Statement& statement);

}  // namespace perdura::tools
