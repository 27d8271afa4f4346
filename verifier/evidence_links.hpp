// What the two syntaxes of evidence records do differently: what their renewals hash, and how
// documents are hashed. Everything else about chains and sequences is the same
// (verify_evidence.hpp).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "verifier/digest.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/result.hpp"
#include "verifier/verdict.hpp"
#include "verifier/verify_token.hpp"
#include "verifier/xml.hpp"

namespace perdura::verifier {

// What a hash-tree renewal must have in its first list, in one reading of its standard.
struct RenewedValues {
  std::vector<Digest> values;
  std::optional<Finding> note;  // when this reading is not the one of the standard's text
};

// The links of one evidence record. Thread safety: any thread.
class EvidenceLinks {
 public:
  virtual ~EvidenceLinks() = default;
  // What the renewal of time-stamp `j` of chain `c` covers. Errors: unsupported, too_large.
  virtual Result<Digest> time_stamp(std::size_t c, std::size_t j, const JudgedToken& token,
                                    DigestAlgorithm algorithm) const = 0;
  // The hash value of all chains before chain `c` > 0. Errors: unsupported, too_large.
  virtual Result<Digest> sequence(std::size_t c, Hasher& hasher) const = 0;
  // What the first list of a further chain holds, by each reading, the best first. Without a hash
  // tree (`alone`) it is what was time-stamped.
  virtual std::vector<RenewedValues> renewed(Hasher& hasher, std::span<const Digest> documents,
                                             const Digest& sequence, bool alone) const = 0;
  // Whether a first list of one value may have been hashed: RFC 4998 §4.3 step 3 excepts none,
  // while RFC 6283 §3.1.1 does.
  virtual bool hashes_single_values() const = 0;
  // How documents that are XML are written before they are hashed for chain `c`; nothing: as is.
  virtual std::optional<Canonicalization> canonicalization(std::size_t c) const = 0;
};

// RFC 4998: tokens and chains are hashed in the octets in which they are written.
class DerLinks final : public EvidenceLinks {
 public:
  explicit DerLinks(const EvidenceRecord& record) : record_(record) {}
  Result<Digest> time_stamp(std::size_t c, std::size_t j, const JudgedToken& token,
                            DigestAlgorithm algorithm) const override;
  Result<Digest> sequence(std::size_t c, Hasher& hasher) const override;
  std::vector<RenewedValues> renewed(Hasher& hasher, std::span<const Digest> documents,
                                     const Digest& sequence, bool alone) const override;
  bool hashes_single_values() const override { return true; }
  std::optional<Canonicalization> canonicalization(std::size_t) const override {
    return std::nullopt;
  }

 private:
  const EvidenceRecord& record_;
};

}  // namespace perdura::verifier
