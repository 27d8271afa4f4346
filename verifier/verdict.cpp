#include "verifier/verdict.hpp"

#include <algorithm>
#include <array>

namespace perdura::verifier {
namespace {

constexpr std::array<std::string_view, 24> sub_indication_names = {
    "",
    "FORMAT_FAILURE",
    "HASH_FAILURE",
    "SIG_CRYPTO_FAILURE",
    "CERTIFICATE_FAILURE",
    "REVOKED",
    "REVOKED_NO_POE",
    "NOT_YET_VALID",
    "TIMESTAMP_ORDER_FAILURE",
    "LINK_FAILURE",
    "HASH_ALGORITHM_FAILURE",
    "JOURNAL_FAILURE",
    "SIGNED_DATA_NOT_FOUND",
    "CRYPTO_CONSTRAINTS_FAILURE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "NO_TRUST_ANCHOR",
    "NO_CERTIFICATE_CHAIN_FOUND",
    "NO_REVOCATION_DATA",
    "TRY_LATER",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    "OUT_OF_BOUNDS_NO_POE",
    "UNSUPPORTED_ALGORITHM",
    "NO_POE",
    "NO_EVIDENCE",
};

// The worst verdict at or below `report`; nothing checked counts as `worst`.
void descend(const Report& report, Verdict& worst, bool& checked) {
  for (const Finding& finding : report.findings) {
    worst = std::max(worst, finding.verdict);
    checked = true;
  }
  for (const Report& part : report.parts) descend(part, worst, checked);
}

const Finding* first_as_bad_as(const Report& report, Verdict verdict) {
  for (const Finding& finding : report.findings) {
    if (finding.verdict == verdict) return &finding;
  }
  for (const Report& part : report.parts) {
    if (const Finding* found = first_as_bad_as(part, verdict)) return found;
  }
  return nullptr;
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "PASSED";
    case Verdict::indeterminate:
      return "INDETERMINATE";
    case Verdict::failed:
      break;
  }
  return "FAILED";
}

std::string_view name(SubIndication sub_indication) {
  return sub_indication_names[static_cast<std::size_t>(sub_indication)];
}

Verdict Report::verdict() const {
  Verdict worst = Verdict::passed;
  bool checked = false;
  descend(*this, worst, checked);
  return checked ? worst : Verdict::indeterminate;
}

const Finding* Report::decisive() const { return first_as_bad_as(*this, verdict()); }

}  // namespace perdura::verifier
