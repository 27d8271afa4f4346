// Status information where a renewal needs it (RFC 4998 section 4.2): about the TSAs of earlier
// time-stamps in the newest token, which is still open; and into open tokens that lack it, once it
// is issued.
//
// Thread safety: one thread at a time; the archive's renewing lock must be held.
#pragma once

#include <string>
#include <vector>

#include "archive/lineage.hpp"
#include "archive/stamp.hpp"

namespace perdura::archive {

// `token` with what can be had now about the signers of the tokens that it covers and their CAs.
// What can't be had is left out, with a warning: evidence is renewed all the same.
Bytes add_fresh_status(TsaClients& tsas, const std::vector<ByteView>& covered, Bytes token,
                       std::vector<std::string>& warnings);

// What can be had now about the signers of the newest tokens of all batches: a token holds no
// status from after it was made, and so does not say that its TSA was revoked since. Warnings say
// what can't be had.
FreshStatus present_status(const Lineages& lineages, TsaClients& tsas);

// Completes every open token (one that no renewal has hashed) that the verifier, asking for status
// information, can't judge yet and could with what its TSA's CA has issued since. How many it
// completed. `warnings` gets what can't be had. Errors: malformed, io.
Result<std::size_t> complete_open_tokens(Archive& archive, TsaClients& tsas,
                                         std::vector<std::string>& warnings);

}  // namespace perdura::archive
