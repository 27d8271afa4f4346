#include "verifier/policy.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

using Parameters = std::map<std::string, int>;

// RFC 5698 §6: a constraint that the algorithm's parameters do not meet, or that can't be
// understood, takes its evaluation out.
bool meets(const PolicyParameter& constraint, const Parameters& parameters) {
  const auto given = parameters.find(constraint.name);
  if (!constraint.understood || given == parameters.end()) return false;
  return (!constraint.min || *constraint.min <= given->second) &&
         (!constraint.max || given->second <= *constraint.max);
}

bool meets(const PolicyEvaluation& evaluation, const Parameters& parameters) {
  return std::ranges::all_of(evaluation.parameters, [&](const PolicyParameter& constraint) {
    return meets(constraint, parameters);
  });
}

int lowest(const PolicyEvaluation& evaluation, const std::string& parameter) {
  for (const PolicyParameter& constraint : evaluation.parameters) {
    if (constraint.name == parameter && constraint.min) return *constraint.min;
  }
  return std::numeric_limits<int>::min();
}

// Whether `a` asks for as much as `b` of every parameter, and for more of one.
bool asks_more(const PolicyEvaluation& a, const PolicyEvaluation& b, const Parameters& parameters) {
  bool more = false;
  for (const auto& [parameter, value] : parameters) {
    const int ours = lowest(a, parameter);
    const int theirs = lowest(b, parameter);
    if (ours < theirs) return false;
    more |= ours > theirs;
  }
  return more;
}

bool starts_earlier(const FitPeriod& a, const FitPeriod& b) {
  if (!a.start || !b.start) return !a.start && b.start;
  return *a.start < *b.start;
}

// In order, and joined where they touch.
std::vector<FitPeriod> joined(std::vector<FitPeriod> periods) {
  std::ranges::sort(periods, starts_earlier);
  std::vector<FitPeriod> result;
  for (const FitPeriod& period : periods) {
    if (period.start && period.end && *period.end <= *period.start) continue;
    const bool touches = !result.empty() && (!result.back().end || !period.start ||
                                             *period.start <= *result.back().end);
    if (!touches) {
      result.push_back(period);
    } else if (result.back().end) {
      result.back().end = period.end ? std::max(*result.back().end, *period.end) : period.end;
    }
  }
  return result;
}

// When both are fit.
std::vector<FitPeriod> common(const std::vector<FitPeriod>& a, const std::vector<FitPeriod>& b) {
  std::vector<FitPeriod> result;
  for (const FitPeriod& one : a) {
    for (const FitPeriod& other : b) {
      FitPeriod both = one;
      if (other.start && (!both.start || *both.start < *other.start)) both.start = other.start;
      if (other.end && (!both.end || *other.end < *both.end)) both.end = other.end;
      result.push_back(both);
    }
  }
  return joined(std::move(result));
}

// The public-key algorithm itself, for policies that name it apart from padding and hash function.
std::string_view key_oid(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1:
    case SignatureScheme::rsa_pss:
      return "1.2.840.113549.1.1.1";
    case SignatureScheme::dsa:
      return "1.2.840.10040.4.1";
    case SignatureScheme::ecdsa:
      return "1.2.840.10045.2.1";
    default:
      return "";
  }
}

Parameters parameters_of(const SignatureAlgorithm& algorithm) {
  switch (algorithm.scheme) {
    case SignatureScheme::rsa_pkcs1:
    case SignatureScheme::rsa_pss:
      return {{"moduluslength", algorithm.key_bits}};
    case SignatureScheme::dsa:
      return {{"plength", algorithm.key_bits}, {"qlength", algorithm.subgroup_bits}};
    case SignatureScheme::ecdsa:
      return {{"plength", algorithm.key_bits}, {"qlength", algorithm.key_bits}};
    default:
      return {};
  }
}

// What is left of `fitness` when the algorithm falls at `from`.
void cut(Fitness& fitness, const AlgorithmBreak& one) {
  const Time from = one.from;
  if (const auto end = fitness.end(); end && *end <= from) return;
  std::erase_if(fitness.periods,
                [&](const FitPeriod& period) { return period.start && from <= *period.start; });
  if (!fitness.periods.empty() && fitness.periods.back().contains(from)) {
    fitness.periods.back().end = from;
  }
  fitness.assumed = one.assumed;
}

constexpr Time year_0{-62'167'219'200};

}  // namespace

std::string_view name(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1:
      return "RSA PKCS#1 v1.5";
    case SignatureScheme::rsa_pss:
      return "RSASSA-PSS";
    case SignatureScheme::dsa:
      return "DSA";
    case SignatureScheme::ecdsa:
      return "ECDSA";
    case SignatureScheme::eddsa:
      return "EdDSA";
    case SignatureScheme::other:
      break;
  }
  return "other scheme";
}

std::optional<Time> Fitness::end() const {
  return periods.empty() ? std::optional(year_0) : periods.back().end;
}

AlgorithmPolicy::AlgorithmPolicy(PolicyTable table, std::vector<AlgorithmBreak> breaks)
    : table_(std::move(table)), breaks_(std::move(breaks)) {
  for (std::size_t i = 0; i < table_.algorithms.size(); ++i) {
    for (const std::string& oid : table_.algorithms[i].oids) by_oid_.emplace(oid, i);
  }
  // These are asked for with every record.
  for (std::size_t i = 0; i < digest_algorithms_known; ++i) {
    digests_.push_back(fitness_of_oid(oid_text(oid(static_cast<DigestAlgorithm>(i)))));
  }
}

// RFC 5698 §6, and where several evaluations are met, those that ask most of the parameters.
Fitness AlgorithmPolicy::fitness(std::string_view oid, const Parameters& parameters) const {
  Fitness result;
  const auto found = by_oid_.find(oid);
  if (found == by_oid_.end()) return result;
  const PolicyAlgorithm& algorithm = table_.algorithms[found->second];
  std::vector<const PolicyEvaluation*> met;
  for (const PolicyEvaluation& evaluation : algorithm.evaluations) {
    if (meets(evaluation, parameters)) met.push_back(&evaluation);
  }
  result.known = true;
  result.source = algorithm.information;
  for (const PolicyEvaluation* evaluation : met) {
    const auto outdoes = [&](const PolicyEvaluation* other) {
      return asks_more(*other, *evaluation, parameters);
    };
    if (!std::ranges::any_of(met, outdoes)) result.periods.push_back(evaluation->validity);
  }
  result.periods = joined(std::move(result.periods));
  return result;
}

const Fitness& AlgorithmPolicy::fitness_of(DigestAlgorithm algorithm) const {
  return digests_[static_cast<std::size_t>(algorithm)];
}

Fitness AlgorithmPolicy::fitness_of(const SignatureAlgorithm& algorithm) const {
  const Parameters parameters = parameters_of(algorithm);
  Fitness result = fitness(algorithm.oid, parameters);
  // PSS is listed by itself, or stands under RSA; with PKCS #1 v1.5 both must allow it.
  if (!result.known || algorithm.scheme != SignatureScheme::rsa_pss) {
    Fitness key = fitness(key_oid(algorithm.scheme), parameters);
    if (result.known && key.known) result.periods = common(result.periods, key.periods);
    if (!result.known) result = std::move(key);
  }
  for (const AlgorithmBreak& one : breaks_) {
    const bool hit = std::ranges::find(one.schemes, algorithm.scheme) != one.schemes.end() ||
                     std::ranges::find(one.oids, algorithm.oid) != one.oids.end();
    if (hit && result.known) cut(result, one);
  }
  return result;
}

Fitness AlgorithmPolicy::fitness_of_oid(std::string_view oid) const {
  Fitness result = fitness(oid, {});
  for (const AlgorithmBreak& one : breaks_) {
    const bool hit = std::ranges::find(one.oids, oid) != one.oids.end();
    if (hit && result.known) cut(result, one);
  }
  return result;
}

std::optional<Time> AlgorithmPolicy::end_of(DigestAlgorithm algorithm) const {
  return fitness_of(algorithm).end();
}

std::optional<Time> AlgorithmPolicy::end_of(const SignatureAlgorithm& algorithm) const {
  return fitness_of(algorithm).end();
}

std::optional<Time> AlgorithmPolicy::end_of_oid(std::string_view oid) const {
  return fitness_of_oid(oid).end();
}

}  // namespace perdura::verifier
