#include "archive/upkeep.hpp"

#include "archive/tsa_acts.hpp"

namespace perdura::archive {
namespace {

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

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
      append(result.warnings, result.sealed.warnings);
    } else {
      result.warnings.push_back(to_string(sealed.error()));
    }
  }
  if (!options.renewing) return result;
  auto renewed = renew(archive, *tsas, renewal);
  if (!renewed) return renewed.error();
  result.renewed = *std::move(renewed);
  append(result.warnings, result.renewed.warnings);
  return result;
}

}  // namespace perdura::archive
