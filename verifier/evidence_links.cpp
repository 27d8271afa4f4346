#include "verifier/evidence_links.hpp"

#include "verifier/der.hpp"
#include "verifier/findings.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::verifier {

// RFC 4998 §5.2: the whole ContentInfo.
Result<Digest> DerLinks::time_stamp(std::size_t, std::size_t, const JudgedToken& token,
                                    DigestAlgorithm algorithm) const {
  return token.digest(algorithm);
}

// §5.2 step 3: a DER ArchiveTimeStampSequence of all chains before, in their octets.
Result<Digest> DerLinks::sequence(std::size_t c, Hasher& hasher) const {
  const ByteView first = record_.chains.front().encoding;
  const ByteView last = record_.chains[c - 1].encoding;
  const ByteView chains(first.data(), last.data() + last.size());
  const Bytes header = der_header(tag::sequence, chains.size());
  return hasher.update(header).update(chains).finish();
}

// §5.2 step 4: H(H(d) || H(sequence)) for each document. Figure 4 of the RFC sorts the two values,
// its text does not; the text holds.
std::vector<RenewedValues> DerLinks::renewed(Hasher& hasher, std::span<const Digest> documents,
                                             const Digest& sequence, bool) const {
  std::vector<RenewedValues> readings(2);
  for (const Digest& document : documents) {
    readings[0].values.push_back(renewed_leaf(hasher, document, sequence));
    readings[1].values.push_back(node_hash(hasher, document, sequence));
  }
  readings[1].note = warned(say("evidence.tree-renewal-sorted"), "RFC 4998 figure 4",
                            "RFC 4998 section 5.2 steps 3 to 5, section 5.3 step 3");
  return readings;
}

}  // namespace perdura::verifier
