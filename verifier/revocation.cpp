#include "verifier/revocation.hpp"

#include <algorithm>

namespace perdura::verifier {
namespace {

constexpr const char* revocation_rule =
    "RFC 5280 section 6.3, RFC 3161 section 4, RFC 4998 section 5.3";

// RFC 5280 §5.3.1
enum Reason { unspecified = 0, affiliation_changed = 3, superseded = 4, cessation = 5, hold = 6 };

bool harmless(int reason) {
  return reason == unspecified || reason == affiliation_changed || reason == superseded ||
         reason == cessation;
}

std::string reason_text(int reason) {
  static constexpr const char* names[] = {
      "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
      "superseded",    "cessationOfOperation", "certificateHold", "reason 7",
      "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
  if (reason < 0 || reason > 10) return "no reason given";
  return names[reason];
}

bool counts(const CertificateStatus& status, const StatusQuestion& question) {
  const Time not_after = question.certificate->not_after();
  const bool knows_expired = status.expired_since && *status.expired_since <= not_after;
  // After its expiry a certificate may be left out of a list.
  const bool expired = status.this_update > not_after || question.reference > not_after;
  if ((expired && !knows_expired) || status.issuer_expired) return false;
  if (status.this_update >= question.reference) return true;
  return question.gen_time <= status.this_update && status.next_update &&
         question.reference <= *status.next_update;
}

Finding about(const StatusQuestion& question, Verdict verdict, SubIndication sub, Text what,
              std::string detail) {
  return {verdict,         sub,
          std::move(what), question.certificate->subject() + ": " + std::move(detail),
          revocation_rule, false};
}

Finding judge_revoked(const StatusQuestion& question, const CertificateStatus& status) {
  const CertificateStatus::Revocation& revocation = *status.revocation;
  const std::string detail = "revoked " + to_string(revocation.when) + " (" +
                             reason_text(revocation.reason) + "), judged as of " +
                             to_string(question.reference) + ", " + status.from;
  if (revocation.reason == hold) {
    return about(question, Verdict::indeterminate, SubIndication::try_later,
                 say("revocation.suspended"), detail);
  }
  const auto passed = [&](Text what) {
    Finding finding =
        about(question, Verdict::passed, SubIndication::none, std::move(what), detail);
    finding.warning = true;
    return finding;
  };
  if (harmless(revocation.reason)) {
    if (question.gen_time < revocation.when) {
      return passed(say("revocation.after-harmless"));
    }
  } else {
    const Time suspect = std::min(revocation.when, revocation.invalidity.value_or(revocation.when));
    if (question.covered && question.reference < suspect) {
      return passed(say("revocation.after-covered"));
    }
  }
  // EN 319 102-1 would leave the second undecided; RFC 3161 §4 has it that nothing is shown.
  if (question.gen_time < revocation.when) {
    return about(question, Verdict::failed, SubIndication::revoked_no_poe,
                 say("revocation.revoked-after"), detail);
  }
  return about(question, Verdict::failed, SubIndication::revoked, say("revocation.revoked"),
               detail);
}

std::string joined(std::span<const std::string> notes) {
  std::string text;
  for (const std::string& note : notes) text += (text.empty() ? "" : "; ") + note;
  return text;
}

Finding judge_missing(const StatusQuestion& question, std::span<const CertificateStatus> statuses,
                      std::span<const std::string> notes) {
  std::string detail = "judged as of " + to_string(question.reference);
  for (const CertificateStatus& status : statuses) {
    detail += "; " + status.from + ": issued " + to_string(status.this_update) +
              (status.next_update ? ", next due " + to_string(*status.next_update) : "");
  }
  if (!notes.empty()) detail += "; " + joined(notes);
  const bool outdated = !statuses.empty();
  Finding finding = about(question, Verdict::indeterminate,
                          outdated ? SubIndication::try_later : SubIndication::no_revocation_data,
                          outdated ? say("revocation.out-of-date") : say("revocation.unknown"),
                          std::move(detail));
  if (outdated && std::ranges::all_of(statuses, &CertificateStatus::issuer_expired)) {
    finding.sub_indication = SubIndication::revocation_out_of_bounds_no_poe;
    finding.what = say("revocation.issuer-expired");
  }
  if (question.mode == RevocationMode::if_present) {
    finding.verdict = Verdict::passed;
    finding.sub_indication = SubIndication::none;
    finding.warning = true;
  }
  return finding;
}

// A certificate that has expired by T: only status that knows of expired ones helps.
Finding judge_expired(const StatusQuestion& question) {
  return about(question, Verdict::indeterminate, SubIndication::out_of_bounds_no_poe,
               say("revocation.expired"),
               "valid until " + to_string(question.certificate->not_after()) + ", judged as of " +
                   to_string(question.reference));
}

}  // namespace

Finding judge_status(const StatusQuestion& question, std::span<const CertificateStatus> statuses,
                     std::span<const std::string> notes) {
  const CertificateStatus* newest = nullptr;
  const CertificateStatus* counting = nullptr;
  std::optional<Finding> revoked;
  for (const CertificateStatus& status : statuses) {
    if (newest == nullptr || status.this_update > newest->this_update) newest = &status;
    if (counts(status, question) && (counting == nullptr || !status.revocation)) counting = &status;
    if (!status.revocation || status.revocation->reason == hold) continue;
    Finding finding = judge_revoked(question, status);
    if (!revoked || finding.verdict > revoked->verdict) revoked = std::move(finding);
  }
  if (revoked && revoked->verdict != Verdict::passed) return *revoked;
  if (newest != nullptr && newest->revocation && newest->revocation->reason == hold) {
    return judge_revoked(question, *newest);
  }
  if (!question.certificate->valid_at(question.reference) && counting == nullptr) {
    return judge_expired(question);
  }
  if (counting == nullptr) return judge_missing(question, statuses, notes);
  if (revoked) return *revoked;
  return about(question, Verdict::passed, SubIndication::none, say("revocation.not-revoked"),
               counting->from + ", issued " + to_string(counting->this_update) + ", judged as of " +
                   to_string(question.reference));
}

}  // namespace perdura::verifier
