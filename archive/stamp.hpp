// Tokens that the archive keeps: asked for, and judged by its own verifier before they are kept.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>
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

// What a TSA is asked to stamp.
struct StampQuestion {
  const Track* track = nullptr;
  TsaClient* tsa = nullptr;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  Digest root;
};

// A token that the verifier accepts as of now. Errors: those of asking; unavailable when the
// verifier finds fault with it.
Result<Bytes> stamp(const Archive& archive, const StampQuestion& question,
                    std::stop_token given_up = {});

// The same for several TSAs, which are asked at once: answers in the order of the questions. Once
// `enough` of them are good, the others are waited for as long as `grace`, then given up on.
std::vector<Result<Bytes>> stamp_all(const Archive& archive,
                                     std::span<const StampQuestion> questions, std::size_t enough,
                                     std::chrono::milliseconds grace);

}  // namespace perdura::archive
