// Tokens that the archive keeps: asked for, and judged by its own verifier before they are kept.
//
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "verifier/trust_anchors.hpp"

namespace perdura::archive {

// The TSA of each track, in the order of the settings.
using TsaClients = std::vector<std::unique_ptr<TsaClient>>;

// Clients of all tracks of the archive. Errors: of opening a local TSA.
Result<TsaClients> open_tsas(const Archive& archive);

// How the archive judges its own evidence: as of now, by its policy, trusting the CAs of all its
// tracks; missing status data is a warning, since it may still come. Errors: not_found, malformed,
// io (of a CA file).
Result<verifier::JudgeOptions> judge_options(const Archive& archive);

// A token of `tsa` over `root` that the verifier accepts as of now. Errors: those of asking;
// unavailable when the verifier finds fault with it.
Result<Bytes> stamp(const Archive& archive, const Track& track, TsaClient& tsa,
                    DigestAlgorithm algorithm, const Digest& root);

}  // namespace perdura::archive
