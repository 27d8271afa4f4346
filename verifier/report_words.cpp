#include "verifier/report_words.hpp"

#include <array>
#include <cstdio>

namespace perdura::verifier {
namespace {

std::string_view meaning_id(SubIndication sub_indication) {
  switch (sub_indication) {
    case SubIndication::hash_failure:
      return "meaning.hash-failure";
    case SubIndication::missing_data:
      return "meaning.missing-data";
    case SubIndication::format_failure:
      return "meaning.format-failure";
    case SubIndication::signature_failure:
      return "meaning.signature-failure";
    case SubIndication::journal_failure:
      return "meaning.journal-failure";
    case SubIndication::link_failure:
    case SubIndication::hash_algorithm_failure:
      return "meaning.link-failure";
    case SubIndication::order_failure:
      return "meaning.order-failure";
    case SubIndication::revoked:
    case SubIndication::revoked_no_poe:
      return "meaning.revoked";
    case SubIndication::certificate_failure:
    case SubIndication::not_yet_valid:
      return "meaning.certificate-failure";
    case SubIndication::crypto_failure:
    case SubIndication::crypto_failure_no_poe:
      return "meaning.crypto-failure";
    case SubIndication::no_trust_anchor:
      return "meaning.no-trust-anchor";
    case SubIndication::no_certificate_chain_found:
      return "meaning.no-certificate-chain";
    case SubIndication::no_revocation_data:
    case SubIndication::try_later:
    case SubIndication::revocation_out_of_bounds_no_poe:
      return "meaning.no-revocation-data";
    case SubIndication::out_of_bounds_no_poe:
      return "meaning.expired";
    case SubIndication::unsupported_algorithm:
      return "meaning.unsupported";
    case SubIndication::no_poe:
      return "meaning.no-proof";
    case SubIndication::no_evidence:
      return "meaning.no-evidence";
    case SubIndication::none:
      break;
  }
  return "";
}

const Finding* decisive_finding(const Report& report) {
  return report.verdict() == Verdict::passed ? nullptr : report.decisive();
}

// "time-stamp authority 'a' and time-stamp authority 'b'", of those that passed.
Text authorities_of(const RecordResult& record) {
  Text text;
  for (const TrackResult& track : record.tracks) {
    if (track.verdict != Verdict::passed) continue;
    text = text.empty() ? authority_text(track)
                        : say("report.both", {{"first", text}, {"second", authority_text(track)}});
  }
  return text;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

Text verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return say("verdict.passed");
    case Verdict::indeterminate:
      return say("verdict.indeterminate");
    case Verdict::failed:
      break;
  }
  return say("verdict.failed");
}

Text verdict_text(const Report& report) {
  const Text verdict = verdict_text(report.verdict());
  const Finding* decisive = decisive_finding(report);
  if (decisive == nullptr || decisive->sub_indication == SubIndication::none) return verdict;
  return say("verdict.because",
             {{"verdict", verdict}, {"reason", std::string(name(decisive->sub_indication))}});
}

Text meaning_of(const Report& report) {
  const Finding* decisive = decisive_finding(report);
  if (decisive == nullptr || decisive->sub_indication == SubIndication::none) return {};
  return say(meaning_id(decisive->sub_indication));
}

Text authority_text(const TrackResult& track) {
  return say(track.self_asserted ? "report.own-authority" : "report.authority",
             {{"name", track.tsa.empty() ? track.name : track.tsa}});
}

Text record_sentence(const RecordResult& record) {
  const Text verdict = verdict_text(record.report);
  if (record.verdict != Verdict::passed || !record.existed_since) {
    return say("report.record", {{"record", record.record}, {"verdict", verdict}});
  }
  const std::string since = to_string(*record.existed_since);
  const Text authorities = authorities_of(record);
  if (authorities.empty()) {
    return say("report.record-since",
               {{"record", record.record}, {"verdict", verdict}, {"time", since}});
  }
  return say("report.record-since-by", {{"record", record.record},
                                        {"verdict", verdict},
                                        {"time", since},
                                        {"authorities", authorities}});
}

Text evidence_sentence(const EvidenceReport& evidence) {
  const Text verdict = verdict_text(evidence.report);
  if (!evidence.existed_since) return say("report.evidence", {{"verdict", verdict}});
  return say("report.evidence-since",
             {{"verdict", verdict}, {"time", to_string(*evidence.existed_since)}});
}

Text package_sentence(const PackageSummary& summary) {
  return say("report.package", {{"archive", summary.header.archive},
                                {"time", to_string(summary.header.exported_at)},
                                {"exporter", summary.header.exported_by}});
}

Text counts_sentence(const PackageSummary& summary) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.2f", summary.seconds);
  return say(summary.records == 1 ? "report.counts-of-one" : "report.counts",
             {{"records", grouped(summary.records)},
              {"passed", grouped(summary.passed)},
              {"indeterminate", grouped(summary.indeterminate)},
              {"failed", grouped(summary.failed)},
              {"files", grouped(summary.files)},
              {"octets", grouped(summary.bytes)},
              {"seconds", seconds.data()}});
}

Text verdict_sentence(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return say("report.verdict-passed");
    case Verdict::indeterminate:
      return say("report.verdict-indeterminate");
    case Verdict::failed:
      break;
  }
  return say("report.verdict-failed");
}

}  // namespace perdura::verifier
