// The chains of proof that reports show: each sequence of time-stamps once, however many records
// rest on it, and each time-stamp once, as values that outlive the judging.
//
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verifier/token_facts.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::verifier {

// A certificate, as reports show it.
struct CertificateFact {
  std::string subject;
  std::string issuer;
  std::string serial_number;  // hex
  std::string key;            // "RSA 3072 bits"
  std::string sha256;         // hex, of the whole certificate
  Time not_before;
  Time not_after;
};
// What there is to show of a certificate.
CertificateFact certificate_fact(const Certificate& certificate);

// How a time-stamp follows on the one before it.
enum class ProofStep { first, time_stamp_renewal, hash_tree_renewal };

// One archive time-stamp.
struct ProofStamp {
  ProofStep step = ProofStep::first;
  std::optional<Time> gen_time;  // nothing when it could not be read
  Time until;                    // as of when it was judged: the next one's time, or "now"
  std::string authority;         // subject of the signer's certificate; may be empty
  std::string hash_function;     // of the imprint; may be empty
  std::string serial_number;     // hex
  std::vector<AlgorithmFact> algorithms;
  std::vector<CertificateFact> certificates;  // the path; else the signer alone, or nothing
  Verdict verdict = Verdict::indeterminate;
  Report report;  // every check of the token
};

// A sequence of time-stamps.
struct ProofChain {
  std::vector<std::size_t> stamps;  // positions in ProofChains::stamps(), oldest first
  std::uint64_t records = 0;        // how many rest on it
  bool self_asserted = false;
  std::string track;
  // The worst of its time-stamps' and of the evidence that it carries: a renewal that does not
  // cover the one before, or a document that is not in the tree, breaks it.
  Verdict verdict = Verdict::passed;
  bool holds = true;  // no more is wrong with it than with its time-stamps
};

// The chains that were met, up to a bound in number and octets, and the time-stamps in them, each
// once.
class ProofChains {
 public:
  // No position.
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // The chain's position, from 0, whether it was known or is new; `none` when there are too many or
  // nothing to show. `evidence` is the verdict of what the chains are of: evidence that failed
  // though its time-stamps did not has a chain of its own.
  std::size_t add(const JudgedChains& chains, const std::string& track, bool self_asserted,
                  Verdict evidence);
  // In the order in which they were met.
  const std::vector<ProofChain>& all() const { return chains_; }
  // In the order in which they were met.
  const std::vector<ProofStamp>& stamps() const { return stamps_; }
  // The chains, by position, that are alike but for moments and serial numbers: same track, kinds
  // of renewal, authorities, algorithms, verdicts. The worst and the longest first.
  std::vector<std::vector<std::size_t>> alike() const;
  // How many uses of chains could not be kept.
  std::uint64_t left_out() const { return left_out_; }

 private:
  std::size_t add_stamp(const JudgedToken& judged, ProofStep step);
  std::string likeness(const ProofChain& chain) const;

  std::map<std::string, std::size_t> known_;         // by the digests of all tokens
  std::map<std::string, std::size_t> known_stamps_;  // by digest and how it was judged
  std::vector<ProofChain> chains_;
  std::vector<ProofStamp> stamps_;
  std::size_t octets_ = 0;
  std::uint64_t left_out_ = 0;
};

// "A", "B", ... "Z", "AA": how reports call the chain at a position.
std::string chain_label(std::size_t position);

}  // namespace perdura::verifier
