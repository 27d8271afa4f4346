#include "verifier/policy_reader.hpp"

#include <algorithm>
#include <set>

#include "verifier/der.hpp"
#include "verifier/signature.hpp"
#include "verifier/xml_digest.hpp"

namespace perdura::verifier {
namespace {

std::optional<DigestAlgorithm> digest_by_uri(const PolicyAlgorithm& algorithm) {
  for (const std::string& uri : algorithm.uris) {
    if (const auto known = digest_algorithm_from_uri(uri)) return known;
  }
  return std::nullopt;
}

std::optional<DigestAlgorithm> digest_by_oid(const std::string& dotted) {
  const auto octets = oid_from_text(dotted);
  return octets ? digest_algorithm_from_oid(*octets) : std::nullopt;
}

std::string quoted(const PolicyAlgorithm& algorithm) { return "'" + algorithm.name + "'"; }

// Holds the OBJECT IDENTIFIERs of an entry against what its name and URI say it is. Whether the
// entry is to be kept.
bool settle_names(PolicyAlgorithm& algorithm, std::vector<std::string>& notes) {
  const auto by_uri = digest_by_uri(algorithm);
  const auto claimed = by_uri ? by_uri : digest_algorithm_from_name(algorithm.name);
  if (!claimed) return true;
  const std::string right = oid_text(oid(*claimed));
  for (const std::string& given : algorithm.oids) {
    const auto other = digest_by_oid(given);
    const bool something_else = (other && *other != *claimed) || is_signature_algorithm(given);
    if (!something_else) continue;
    notes.push_back(quoted(algorithm) + " was left out: " + given + " is " +
                    (other ? std::string(name(*other)) : "a signature algorithm") + ", not " +
                    std::string(name(*claimed)));
    return false;
  }
  if (std::ranges::find(algorithm.oids, right) != algorithm.oids.end()) return true;
  if (!by_uri) {
    notes.push_back(quoted(algorithm) + " says nothing about " + std::string(name(*claimed)) +
                    ", whose object identifier is " + right);
    return true;
  }
  notes.push_back(quoted(algorithm) + " was taken for " + std::string(name(*claimed)) +
                  " by its URI: its object identifier should be " + right);
  algorithm.oids.push_back(right);
  return true;
}

// RFC 5698 §3.1: an algorithm stands in a policy once.
std::optional<Error> repetition(const PolicyTable& table) {
  std::set<std::string> seen;
  for (const PolicyAlgorithm& algorithm : table.algorithms) {
    for (const std::string& oid : algorithm.oids) {
      if (seen.insert(oid).second) continue;
      return Error{Errc::malformed, "names the algorithm " + oid + " twice",
                   "algorithm " + quoted(algorithm), ""};
    }
  }
  return std::nullopt;
}

// An arc of 2^56 and more, as of the UUIDs below 2.25, which no algorithm known here has.
bool has_huge_arc(const std::string& oid) {
  constexpr std::size_t digits_max = 16;
  std::size_t digits = 0;
  for (const char c : oid) {
    digits = c == '.' ? 0 : digits + 1;
    if (digits > digits_max) return true;
  }
  return false;
}

void leave_out_huge_names(PolicyFile& file) {
  std::erase_if(file.table.algorithms, [&](const PolicyAlgorithm& algorithm) {
    if (!std::ranges::any_of(algorithm.oids, has_huge_arc)) return false;
    file.notes.push_back(quoted(algorithm) + " was left out: its object identifier is too long");
    return true;
  });
}

std::optional<Error> bad_names(const PolicyTable& table) {
  for (const PolicyAlgorithm& algorithm : table.algorithms) {
    for (const std::string& oid : algorithm.oids) {
      if (oid_from_text(oid)) continue;
      return Error{Errc::malformed, "'" + oid + "' is no object identifier",
                   "algorithm " + quoted(algorithm), ""};
    }
  }
  return std::nullopt;
}

// Never met, but hardly meant.
void note_emptiness(const PolicyAlgorithm& algorithm, std::vector<std::string>& notes) {
  for (const PolicyEvaluation& one : algorithm.evaluations) {
    const auto& [start, end] = one.validity;
    if (!start || !end || *start < *end) continue;
    notes.push_back(quoted(algorithm) + " is never fit by an evaluation that starts " +
                    to_string(*start) + ", after its end");
  }
}

// Longer keys that end earlier: met as RFC 5698 has it, but hardly meant.
void note_steps(const PolicyAlgorithm& algorithm, std::vector<std::string>& notes) {
  for (const PolicyEvaluation& a : algorithm.evaluations) {
    for (const PolicyEvaluation& b : algorithm.evaluations) {
      if (a.parameters.size() != 1 || b.parameters.size() != 1) continue;
      const PolicyParameter& less = a.parameters.front();
      const PolicyParameter& more = b.parameters.front();
      const bool longer = less.name == more.name && less.min && more.min && *less.min < *more.min;
      const bool earlier = b.validity.end && (!a.validity.end || *b.validity.end < *a.validity.end);
      if (!longer || !earlier || less.max) continue;
      notes.push_back(quoted(algorithm) + " ends earlier with a " + more.name + " of " +
                      std::to_string(*more.min) + " than of " + std::to_string(*less.min));
    }
  }
}

}  // namespace

Time first_unfit(Time last_fit) { return last_fit + (last_fit.seconds % day_s == 0 ? day_s : 1); }

Time last_fit(Time first_unfit) {
  return first_unfit + (first_unfit.seconds % day_s == 0 ? -day_s : -1);
}

Result<PolicyFile> read_policy(ByteView octets) {
  if (octets.size() > policy_limits::size) {
    return Error{Errc::too_large, "is longer than 4 MiB", "", ""};
  }
  const bool der = !octets.empty() && octets.front() == tag::sequence;
  auto file = der ? read_policy_asn1(octets) : read_policy_xml(octets);
  if (!file) return file;
  leave_out_huge_names(*file);
  if (auto bad = bad_names(file->table)) return *bad;
  std::erase_if(file->table.algorithms,
                [&](PolicyAlgorithm& algorithm) { return !settle_names(algorithm, file->notes); });
  if (auto twice = repetition(file->table)) return *twice;
  for (const PolicyAlgorithm& algorithm : file->table.algorithms) {
    note_steps(algorithm, file->notes);
    note_emptiness(algorithm, file->notes);
  }
  if (file->table.algorithms.empty()) {
    return Error{Errc::malformed, "names no algorithm", "", ""};
  }
  return file;
}

}  // namespace perdura::verifier
