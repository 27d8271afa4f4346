// One renewal, from its plan to its commit.
//
// Thread safety: one thread at a time; the archive's renewing lock must be held.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "archive/lineage.hpp"
#include "archive/renew.hpp"

namespace perdura::archive {

// Makes the planned renewal. Until it returns Ok nothing counts that it wrote. Errors: unavailable
// (no TSA stamps, within `patience` if there is one; or its time-stamp would end no later than what
// it should renew), malformed, io.
Result<RenewalOutcome> make_renewal(Archive& archive, TsaClients& tsas,
                                    const std::shared_ptr<const Lineages>& lineages,
                                    const PlannedRenewal& planned, const RenewOptions& options,
                                    std::optional<std::chrono::milliseconds> patience);

}  // namespace perdura::archive
