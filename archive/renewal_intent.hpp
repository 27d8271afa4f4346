// What a hash-tree renewal under way covers, written before it begins, so that one that died goes
// on over the same batches and finds its pages again.
//
// It holds only as long as the track's evidence is as it was: any renewal of the track since then
// makes the pages worthless. Thread safety: the archive's renewing lock must be held.
#pragma once

#include <optional>
#include <string>

#include "archive/hash_tree_renewal.hpp"

namespace perdura::archive {

// The track's hash-tree renewal that died, when it can go on. Errors: malformed, io.
Result<std::optional<HashTreeTask>> resumable_renewal(const Archive& archive,
                                                      const Lineages& lineages,
                                                      const std::string& track);

// Forgets a note of the track that no renewal can go on from, and erases what that one wrote.
// Errors: malformed, io.
Result<Ok> forget_stale_renewal(Archive& archive, const Lineages& lineages,
                                const std::string& track);

// Notes the task, whose id is made here. Errors: too_large (over two million batches), io.
Result<HashTreeTask> begin_renewal(Archive& archive, const Lineages& lineages, HashTreeTask task);

// Forgets the track's note, after its renewal was committed. Errors: io.
Result<Ok> end_renewal(Archive& archive, const std::string& track);

// Forgets the track's note and erases what the renewal wrote. Errors: io.
Result<Ok> give_up_renewal(Archive& archive, const Lineages& lineages, const HashTreeTask& task);

}  // namespace perdura::archive
