// How long algorithms are fit, after RFC 5698: a table that somebody published, and what it says
// about one algorithm.
//
// Judged at the time that matters: when a thing was made, and when the next time-stamp covered it.
// Never at the time of reading. An end is the first moment at which an algorithm is unfit, in UTC.
// Thread safety: immutable values.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// Kinds of signature, as far as their lifetimes differ.
enum class SignatureScheme { rsa_pkcs1, rsa_pss, dsa, ecdsa, eddsa, other };

// "RSA PKCS#1 v1.5", "ECDSA".
std::string_view name(SignatureScheme scheme);

// A signature algorithm with a key of some length, as a policy judges them.
struct SignatureAlgorithm {
  SignatureScheme scheme = SignatureScheme::other;
  int key_bits = 0;       // RSA, DSA: of the modulus; ECDSA: of the order
  int subgroup_bits = 0;  // DSA: of q; 0: not known
  std::string oid;        // of the signature algorithm, dotted
};

// A time in which an algorithm is fit.
struct FitPeriod {
  std::optional<Time> start;  // the first moment at which it is fit; nothing: since ever
  std::optional<Time> end;    // the first moment at which it is unfit; nothing: no end is known

  // Whether the algorithm is fit at `time`.
  bool contains(Time time) const { return !(start && time < *start) && !(end && *end <= time); }
};

// From a moment on, an algorithm protects nothing.
struct AlgorithmBreak {
  std::vector<SignatureScheme> schemes;
  std::vector<std::string> oids;  // dotted: of hash functions, and of other signature schemes
  Time from;
  bool assumed = true;  // by who asks; false: it is known
};

// What a policy says about an algorithm with such a key.
struct Fitness {
  bool known = false;              // whether the policy names it, with such a key
  std::vector<FitPeriod> periods;  // in order, apart from each other; none: never fit
  std::string source;              // what the policy gives as its reason; may be empty
  bool assumed = false;            // the end is that of an AlgorithmBreak that is assumed

  // The latest end (RFC 5698 §6); nothing when no end is known. Never fit: the year 0.
  std::optional<Time> end() const;
};

// An inclusive range that a parameter of an algorithm must lie in ("moduluslength").
struct PolicyParameter {
  std::string name;
  std::optional<int> min;
  std::optional<int> max;
  bool understood = true;  // false: a constraint of another kind, which nothing satisfies
};

// One Evaluation of RFC 5698 §3.1: when an algorithm with such parameters is fit.
struct PolicyEvaluation {
  std::vector<PolicyParameter> parameters;
  FitPeriod validity;
};

// One Algorithm of RFC 5698 §3.1.
struct PolicyAlgorithm {
  std::string name;
  std::vector<std::string> oids;  // dotted
  std::vector<std::string> uris;
  std::vector<PolicyEvaluation> evaluations;
  std::string information;
};

// A SecuritySuitabilityPolicy, as it was published.
struct PolicyTable {
  std::string name;
  std::string publisher;
  std::optional<Time> issued;
  std::optional<Time> next_update;
  std::string usage;
  std::vector<PolicyAlgorithm> algorithms;
};

// A policy to judge by.
class AlgorithmPolicy {
 public:
  // The policy that ships with the program.
  static const std::shared_ptr<const AlgorithmPolicy>& built_in();

  explicit AlgorithmPolicy(PolicyTable table, std::vector<AlgorithmBreak> breaks = {});

  const PolicyTable& table() const { return table_; }

  // What it says of a hash function, of a signature algorithm with its key, and of any algorithm
  // that has no parameters, by its OBJECT IDENTIFIER (dotted).
  const Fitness& fitness_of(DigestAlgorithm algorithm) const;
  Fitness fitness_of(const SignatureAlgorithm& algorithm) const;
  Fitness fitness_of_oid(std::string_view oid) const;

  // The first moment at which the algorithm is unfit; nothing when no end is known. What the policy
  // does not name, or not with so short a key, ends in the year 0.
  std::optional<Time> end_of(DigestAlgorithm algorithm) const;
  std::optional<Time> end_of(const SignatureAlgorithm& algorithm) const;
  std::optional<Time> end_of_oid(std::string_view oid) const;

 private:
  Fitness fitness(std::string_view oid, const std::map<std::string, int>& parameters) const;

  PolicyTable table_;
  std::vector<AlgorithmBreak> breaks_;
  std::vector<Fitness> digests_;                            // by DigestAlgorithm
  std::map<std::string, std::size_t, std::less<>> by_oid_;  // into table_.algorithms
};

}  // namespace perdura::verifier
