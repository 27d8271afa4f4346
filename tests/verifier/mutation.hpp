// Every octet of something changed in turn, and what of it may go unnoticed.
//
// Each build changes some octets. PERDURA_MUTATE=bits flips each bit of each octet, but one of each
// octet where there are over 50,000; PERDURA_MUTATE=all changes each octet to each other value.
// tests/README.md has what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"

namespace perdura::verifier::test {

// How much is changed.
enum class Extent { sampled, bits, all };
// What the environment asks for.
Extent extent();

// Counts changes, and what they were not noticed in. A part that goes unnoticed and that no line
// "part -- reason" of vectors/carries_nothing/`list` names is a failure of the test. Any thread.
class Mutations {
 public:
  explicit Mutations(const std::string& list);
  // Prints what was found.
  ~Mutations();
  Mutations(const Mutations&) = delete;
  Mutations& operator=(const Mutations&) = delete;

  // Changes each octet of `good`, or every `stride`-th when sampled, and asks `passes` about the
  // result, from several threads. `part_of` says to which part a change belongs, by its place and
  // the new value.
  void change(const std::string& good, std::size_t stride,
              const std::function<std::string(std::size_t, char)>& part_of,
              const std::function<bool(const std::string&)>& passes);

 private:
  void unnoticed(const std::string& part, std::size_t place);

  std::string list_;
  std::map<std::string, std::string> reasons_;  // by part
  std::mutex lock_;
  std::map<std::string, std::size_t> unnoticed_;  // changes, by part
  std::size_t tried_ = 0;
};

// The parts of an evidence record that matter here: those that nothing may protect.
class EvidenceParts {
 public:
  // `octets` are an evidence record.
  explicit EvidenceParts(ByteView octets);
  const std::string& of(std::size_t place) const { return parts_.at(place); }

 private:
  void name(ByteView view, const std::string& part);
  void name_token(ByteView octets, const std::string& token);

  const std::uint8_t* base_;
  std::vector<std::string> parts_;
};

}  // namespace perdura::verifier::test
