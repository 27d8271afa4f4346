// What the verifier's page tells of chains of proof: the chains, pictures of those that differ, and
// each time-stamp, certificate and algorithm once, by numbers that the rest of the page refers to.
//
// All lists are bounded; what is left out is counted. Thread safety: plain values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/page_parts.hpp"
#include "verifier/proof_chain.hpp"

namespace perdura::verifier {

// Writes the sections.
class PageChains {
 public:
  PageChains(const PageParts& parts, const ProofChains& chains, Time at)
      : parts_(parts), chains_(chains), at_(at) {}

  // The chains, their pictures, time-stamps, certificates and algorithms; nothing when there are no
  // chains.
  void write(Html& page) const;
  // The checks of each time-stamp; those of which the same is to be told are told together.
  void checks(Html& page) const;

 private:
  void table(Html& page) const;
  void pictures(Html& page) const;
  void picture(Html& page, const std::vector<std::size_t>& alike) const;
  void stamps(Html& page) const;
  void certificates(Html& page) const;
  void algorithms(Html& page) const;
  void left_out(Html& page, std::size_t count) const;

  const PageParts& parts_;
  const ProofChains& chains_;
  Time at_;
};

// "1, 3-5" with an en dash, of numbers that are one less, in ascending order.
std::string number_ranges(const std::vector<std::size_t>& positions);

}  // namespace perdura::verifier
