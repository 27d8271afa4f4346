#include "archive/upkeep.hpp"

#include <algorithm>
#include <iterator>

#include "archive/tsa_acts.hpp"

namespace perdura::archive {

Result<UpkeepResult> upkeep(Archive& archive, const UpkeepOptions& options) {
  UpkeepResult result;
  RenewOptions renewal = options.renew;
  renewal.wish.margin_s += options.next_turn_s;
  const std::string& actor = renewal.actor;
  auto rolled = roll_over_due_tsas(archive, renewal.wish.margin_s, actor);
  if (!rolled) return rolled.error();
  result.rolled_over = *std::move(rolled);
  auto tsas = options.clients ? options.clients(archive) : open_tsas(archive);
  if (!tsas) return tsas.error();
  if (options.seal) {
    auto sealed = seal(archive, *tsas,
                       {.actor = actor, .progress = {}, .complete_earlier = options.renewing});
    if (sealed) {
      result.sealed = *std::move(sealed);
      std::ranges::copy(result.sealed.warnings, std::back_inserter(result.warnings));
    } else {
      result.warnings.push_back(to_string(sealed.error()));
    }
  }
  if (!options.renewing) return result;
  auto renewed = renew(archive, *tsas, renewal);
  if (!renewed) return renewed.error();
  result.renewed = *std::move(renewed);
  std::ranges::copy(result.renewed.warnings, std::back_inserter(result.warnings));
  return result;
}

}  // namespace perdura::archive
