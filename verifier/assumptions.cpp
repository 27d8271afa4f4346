#include "verifier/assumptions.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

#include "verifier/der.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view tsa_prefix = "tsa=";

std::vector<std::string> numbered_oids(const std::string& arc, int first, int last) {
  std::vector<std::string> oids;
  for (int number = first; number <= last; ++number) oids.push_back(arc + std::to_string(number));
  return oids;
}

// What a name stands for; `from` is left to the caller.
std::optional<AlgorithmBreak> algorithm_break(std::string_view name) {
  using enum SignatureScheme;
  const std::string nist = "2.16.840.1.101.3.4.3.";
  if (name == "rsa") return AlgorithmBreak{{rsa_pkcs1, rsa_pss}, {}, {}};
  if (name == "dsa") return AlgorithmBreak{{dsa}, {}, {}};
  if (name == "ecdsa") return AlgorithmBreak{{ecdsa}, {}, {}};
  if (name == "eddsa") return AlgorithmBreak{{eddsa}, {}, {}};
  if (name == "ecc") return AlgorithmBreak{{ecdsa, eddsa}, {}, {}};
  if (name == "ml-dsa") return AlgorithmBreak{{}, numbered_oids(nist, 17, 19), {}};
  if (name == "slh-dsa") return AlgorithmBreak{{}, numbered_oids(nist, 20, 31), {}};
  if (const auto digest = digest_algorithm_from_name(name)) {
    return AlgorithmBreak{{}, {oid_text(oid(*digest))}, {}};
  }
  if (oid_from_text(name)) return AlgorithmBreak{{}, {std::string(name)}, {}};
  return std::nullopt;
}

// Digits and the letters of hex in lower case, when all of it is the SHA-256 of something.
std::string authority_name(std::string_view given) {
  const auto octets = from_hex(given);
  return octets && octets->size() == digest_size(DigestAlgorithm::sha256) ? to_hex(*octets)
                                                                          : std::string(given);
}

}  // namespace

Result<Ok> read_assumptions(std::string_view text, Time from, Assumptions& into) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string_view whole = text.substr(start, end - start);
    std::string_view one = whole;
    start = end + 1;
    Time since = from;
    if (const std::size_t at = one.rfind('@'); at != std::string_view::npos) {
      // A name may hold one too.
      if (const auto time = parse_time(one.substr(at + 1))) {
        since = *time;
        one = one.substr(0, at);
      }
    }
    auto algorithm = algorithm_break(one);
    if (algorithm) {
      algorithm->from = since;
      into.algorithms.push_back(*std::move(algorithm));
    } else if (one.starts_with(tsa_prefix) && one.size() > tsa_prefix.size()) {
      into.authorities.push_back({authority_name(one.substr(tsa_prefix.size())), since,
                                  std::make_shared<std::atomic<bool>>(false)});
    } else {
      return Error{
          Errc::misuse, "'" + std::string(whole) + "' is nothing that can be assumed broken", "",
          "name a hash function (sha256), rsa, dsa, ecdsa, eddsa, ecc, ml-dsa, slh-dsa, an "
          "object identifier, or tsa=NAME; each with @TIME when it matters"};
    }
  }
  return Ok{};
}

void assume(const Assumptions& assumptions, JudgeOptions& options) {
  const auto& policy = options.policy ? options.policy : AlgorithmPolicy::built_in();
  options.policy = std::make_shared<const AlgorithmPolicy>(policy->table(), assumptions.algorithms);
  options.broken_authorities = assumptions.authorities;
}

}  // namespace perdura::verifier
