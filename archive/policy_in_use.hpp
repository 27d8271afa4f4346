// The algorithm policy of an archive: DIR/policy, as it was published, or the one that is built in.
//
// Thread safety: pure functions on the file system, but for use_policy, which appends to the
// journal.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "archive/archive.hpp"

namespace perdura::archive {

// The policy in use in `folder`. Errors: malformed (the file is not what `use` wrote), io.
Result<std::shared_ptr<const verifier::AlgorithmPolicy>> policy_in_use(
    const std::filesystem::path& folder);

// Takes a policy, XML or DER, into use: an entry of the journal with its digest, then the file, in
// one atomic step. So an archive never uses a policy that its journal does not name. Errors:
// malformed, unsupported, too_large, conflict (it is out of date by its NextUpdate), io.
Result<Ok> use_policy(Archive& archive, verifier::ByteView octets, const std::string& actor);

}  // namespace perdura::archive
