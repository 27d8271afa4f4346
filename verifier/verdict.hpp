// What judging yields: findings in a tree that has the shape of the evidence, and a verdict.
//
// Thread safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verifier/text.hpp"

namespace perdura::verifier {

// After ETSI EN 319 102-1. The order is that of badness: the worst of several is their maximum.
enum class Verdict { passed = 0, indeterminate = 1, failed = 2 };

// Why a verdict is not PASSED, after the sub-indications of ETSI EN 319 102-1 section 4.3 and some
// of our own for what that standard does not cover.
enum class SubIndication {
  none,
  // FAILED
  format_failure,          // the evidence is not what its format says
  hash_failure,            // bytes differ from the digest that the evidence holds
  signature_failure,       // a signature does not verify
  certificate_failure,     // a certificate is not fit to stamp time
  revoked,                 // the certificate was revoked before the time-stamp was made
  revoked_no_poe,          // it was revoked after that, and before anything shows the time-stamp
  not_yet_valid,           // the signature is dated outside its certificate's validity
  order_failure,           // times or chains are out of order
  link_failure,            // a renewal does not cover what it renews
  hash_algorithm_failure,  // a hash tree or chain has another hash function than it should
  journal_failure,         // the journal's proofs contradict
  missing_data,            // the package lacks, or has too much of, what its manifest names
  // INDETERMINATE
  crypto_failure,                   // an algorithm was no longer fit when it was used
  crypto_failure_no_poe,            // it was fit then, but no longer when the evidence was renewed
  no_trust_anchor,                  // nobody said whom to trust
  no_certificate_chain_found,       // no path to an anchor
  no_revocation_data,               // no status information that counts
  try_later,                        // status information is out of date
  revocation_out_of_bounds_no_poe,  // its issuer's certificate expired before it was sealed
  out_of_bounds_no_poe,             // expired, and nothing shows that the evidence existed before
  unsupported_algorithm,            // this build cannot verify it
  no_poe,                           // a proof of existence is missing
  no_evidence,                      // nothing to judge: the record was not sealed yet
};

// "PASSED", "INDETERMINATE", "FAILED".
std::string_view name(Verdict verdict);
// "HASH_FAILURE"; empty for none.
std::string_view name(SubIndication sub_indication);

// One thing that was checked, or could not be.
struct Finding {
  Verdict verdict = Verdict::passed;
  SubIndication sub_indication = SubIndication::none;
  Text what;             // a sentence that a lawyer understands: what was checked and what came out
  Text detail;           // for the expert: values, offsets, OIDs; may be empty
  std::string rule;      // "RFC 4998 section 4.3 step 3"; may be empty
  bool warning = false;  // passed, but the reader should know
};

// What judging one piece of evidence yielded; parts are the pieces that it is made of.
struct Report {
  Text subject;                   // "chain 2, time-stamp 1"
  std::vector<Finding> findings;  // of this node alone; a passed one says what was checked
  std::vector<Report> parts;

  // The worst of all findings here and below; indeterminate when nothing was checked at all.
  Verdict verdict() const;
  // The first finding, depth first, that is as bad as verdict(); null when there is none.
  const Finding* decisive() const;
};

}  // namespace perdura::verifier
