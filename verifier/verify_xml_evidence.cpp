#include "verifier/verify_xml_evidence.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "verifier/reduced_hashtree.hpp"

namespace perdura::verifier {
namespace {

// What renewals hash is written in the canonical form that the chain names.
class XmlLinks final : public EvidenceLinks {
 public:
  explicit XmlLinks(const XmlEvidenceRecord& record) : record_(record) {}

  Result<Digest> time_stamp(std::size_t c, std::size_t j, const JudgedToken&,
                            DigestAlgorithm algorithm) const override {
    Hasher hasher(algorithm);
    return record_.time_stamp_digest(c, j, hasher);
  }

  Result<Digest> sequence(std::size_t c, Hasher& hasher) const override {
    return record_.sequence_digest(c, hasher);
  }

  // RFC 6283 §4.2.2 step 6: the documents' values and the sequence's, side by side.
  std::vector<RenewedValues> renewed(Hasher& hasher, std::span<const Digest> documents,
                                     const Digest& sequence, bool alone) const override {
    std::vector<Digest> values(documents.begin(), documents.end());
    values.push_back(sequence);
    if (alone) values = {combine(hasher, values)};
    return {{std::move(values), std::nullopt}};
  }

  bool hashes_single_values() const override { return false; }

  std::optional<Canonicalization> canonicalization(std::size_t c) const override {
    return record_.canonicalization(c);
  }

 private:
  const XmlEvidenceRecord& record_;
};

// Where RFC 6283 has the rule that a finding cites from RFC 4998.
struct SameRule {
  std::string_view rfc4998;
  std::string_view rfc6283;
};
constexpr std::array same_rules = {
    SameRule{"RFC 4998 section 3.1", "RFC 6283 section 2.1"},
    SameRule{"RFC 4998 section 3.3", "RFC 6283 section 2.3"},
    SameRule{"RFC 4998 section 5.3", "RFC 6283 section 4.3"},
    SameRule{"RFC 4998 section 6.1", "RFC 6283 section 5"},
    SameRule{"RFC 4998 sections 4.1 and 4.3", "RFC 6283 section 4.1.1"},
    SameRule{"RFC 4998 section 4.3 steps 3 and 4", "RFC 6283 section 3.3"},
    SameRule{"RFC 4998 section 4.3 step 2", "RFC 6283 section 3.3"},
    SameRule{"RFC 4998 section 4.3", "RFC 6283 section 3.3"},
    SameRule{"RFC 4998 section 5.1", "RFC 6283 section 4.1"},
    SameRule{"RFC 4998 section 5.2 steps 3 to 5, section 5.3 step 3",
             "RFC 6283 sections 4.2.2 and 4.3"},
    SameRule{"RFC 4998 section 5.3 step 2", "RFC 6283 sections 4.2.1 and 4.3"},
    SameRule{"RFC 5698 section 6, RFC 4998 section 5.3",
             "RFC 5698 section 6, RFC 6283 section 4.3"},
};

void cite_rfc6283(Report& report) {
  for (Finding& finding : report.findings) {
    const auto same = std::ranges::find(same_rules, finding.rule, &SameRule::rfc4998);
    if (same != same_rules.end()) finding.rule = same->rfc6283;
  }
  for (Report& part : report.parts) cite_rfc6283(part);
}

}  // namespace

EvidenceReport judge_xml_evidence(const XmlEvidenceRecord& record,
                                  std::span<const DataObject> objects, GroupProof proof,
                                  const JudgeOptions& options) {
  JudgeOptions with_its_own = options;
  const auto add = [](const std::vector<Bytes>& from, std::vector<Bytes>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(record.certificates(), with_its_own.extra_certificates);
  add(record.crls(), with_its_own.accompanying_crls);
  add(record.ocsp_responses(), with_its_own.accompanying_ocsp_responses);
  const TokenJudge judge(std::move(with_its_own));
  EvidenceReport result =
      judge_linked_evidence(record.record(), XmlLinks(record), objects, proof, judge);
  cite_rfc6283(result.report);
  return result;
}

}  // namespace perdura::verifier
