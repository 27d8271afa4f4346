// Upkeep: what an archive does by itself, every day of its life, so that its evidence never ends.
//
// One call is one turn of its scheduler; 'perdura renew' makes it without sealing, and a rehearsal
// lives by it. Killed at any instant it can be made again: each step is as its own header says.
// Thread safety: nobody else may change the archive meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/renew.hpp"
#include "archive/seal.hpp"

namespace perdura::archive {

struct UpkeepOptions {
  bool seal = true;    // what is pending
  RenewOptions renew;  // its actor does all of it
  // Until the next turn: what comes within the margin by then can't wait for it.
  std::int64_t next_turn_s = 0;
  bool renewing = true;  // for showing what happens without: nothing is renewed or made up for
  // The clients of the archive's tracks; null: open_tsas().
  std::function<Result<TsaClients>(const Archive&)> clients;
};

// What a turn did.
struct UpkeepResult {
  std::vector<std::string> rolled_over;  // tracks whose local TSA got a new key
  SealResult sealed;
  RenewResult renewed;
  std::vector<std::string> warnings;  // of all steps
};

// Rolls over local TSAs that end within the margin, seals what is pending, and renews what is due,
// in this order: so that what is stamped now holds for as long as can be. A seal that failed is a
// warning, and the renewal is made all the same. Errors: those of rolling over and renewing.
Result<UpkeepResult> upkeep(Archive& archive, const UpkeepOptions& options);

}  // namespace perdura::archive
