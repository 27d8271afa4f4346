#include "verifier/report_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace perdura::verifier {
namespace {

// One character of UTF-8 at the start of `text`: its code point and octets; invalid octets stand
// for themselves.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool valid = true;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size > text.size() || !is_utf8(text.substr(0, size))) return {lead, 1, false};
  if (size == 1) return {lead, 1, true};
  std::uint32_t code = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return {code, size, true};
}

// Controls, and what turns the direction of writing, joins lines or can't be seen.
bool misleads(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }

// "1,234,567"
std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string verdict_text(Verdict verdict, const Finding* decisive) {
  std::string text(name(verdict));
  if (decisive != nullptr && decisive->sub_indication != SubIndication::none &&
      verdict != Verdict::passed) {
    text += " (";
    text += name(decisive->sub_indication);
    text += ")";
  }
  return text;
}

// What a kind of finding means for somebody who wants to rely on the record.
std::string_view meaning(SubIndication sub_indication) {
  switch (sub_indication) {
    case SubIndication::hash_failure:
      return "these bytes are not the bytes that were recorded and time-stamped. Something changed "
             "them, on purpose or by accident; the evidence does not speak for them.";
    case SubIndication::missing_data:
      return "the package does not hold exactly what it should. What is missing can't be judged; "
             "what was added is covered by nothing.";
    case SubIndication::format_failure:
      return "a part can't be read as what it should be. It was damaged or altered, or made by a "
             "program that does not keep to the standard.";
    case SubIndication::signature_failure:
      return "a signature is not the one that its key would make: what it signs was altered, or "
             "somebody else signed it.";
    case SubIndication::journal_failure:
      return "the archive's journal and this record contradict each other. Either was altered.";
    case SubIndication::link_failure:
    case SubIndication::order_failure:
      return "the chain of renewed evidence is broken, so the older evidence has no support.";
    case SubIndication::revoked:
    case SubIndication::certificate_failure:
    case SubIndication::not_yet_valid:
      return "the time-stamp was not made by a key that was fit to make it at that time.";
    case SubIndication::crypto_failure:
      return "an algorithm was used when it was no longer safe, so the evidence could be forged.";
    case SubIndication::no_trust_anchor:
      return "nobody said whom to trust. Give the certificate of the time-stamping authority with "
             "--trust, from a source other than this package.";
    case SubIndication::no_certificate_chain_found:
      return "the time-stamp can't be traced to a certificate that you trust. Perhaps another one "
             "must be given with --trust.";
    case SubIndication::no_revocation_data:
    case SubIndication::try_later:
      return "it is not known whether the time-stamping authority's certificate was revoked. Give "
             "its "
             "revocation list with --crl, or accept that with --revocation if-present.";
    case SubIndication::out_of_bounds_no_poe:
      return "a certificate expired, and nothing shows that the evidence existed before.";
    case SubIndication::unsupported_algorithm:
      return "this program can't judge a part. A newer version may.";
    case SubIndication::no_poe:
      return "a proof that belongs to the record is not there. Nothing contradicts the record.";
    case SubIndication::no_evidence:
      return "there is no proof yet of when the record existed. Export it again after the next "
             "seal.";
    case SubIndication::none:
      break;
  }
  return "";
}

bool is_told(const Finding& finding, TextDetail detail) {
  return detail == TextDetail::full || finding.verdict != Verdict::passed || finding.warning;
}

bool has_anything_told(const Report& report, TextDetail detail) {
  const auto told = [detail](const Finding& finding) { return is_told(finding, detail); };
  return std::ranges::any_of(report.findings, told) ||
         std::ranges::any_of(report.parts, [detail](const Report& part) {
           return has_anything_told(part, detail);
         });
}

std::string finding_text(const Finding& finding, std::size_t depth) {
  std::string_view mark = finding.warning ? "note: " : "";
  if (finding.verdict == Verdict::failed) mark = "FAILED: ";
  if (finding.verdict == Verdict::indeterminate) mark = "INDETERMINATE: ";
  std::string text = indent(depth) + std::string(mark) + printable(finding.what) + "\n";
  std::string source = printable(finding.detail);
  if (!finding.rule.empty()) {
    if (!source.empty()) source += "; ";
    source += finding.rule;
  }
  if (!source.empty()) text += indent(depth + 2) + "[" + source + "]\n";
  return text;
}

std::string tree_text(const Report& report, TextDetail detail, std::size_t depth) {
  std::string text;
  for (const Finding& finding : report.findings) {
    if (is_told(finding, detail)) text += finding_text(finding, depth);
  }
  for (const Report& part : report.parts) {
    if (!has_anything_told(part, detail)) continue;
    text += indent(depth) + printable(part.subject) + ":\n" + tree_text(part, detail, depth + 1);
  }
  return text;
}

std::string meaning_text(const Report& report, std::size_t depth) {
  const Finding* decisive = report.verdict() == Verdict::passed ? nullptr : report.decisive();
  const std::string_view means =
      decisive == nullptr ? std::string_view() : meaning(decisive->sub_indication);
  return means.empty() ? "" : indent(depth) + "What this means: " + std::string(means) + "\n";
}

std::string track_text(const TrackResult& track) {
  std::string text =
      "time-stamp authority '" + printable(track.tsa.empty() ? track.name : track.tsa) + "'";
  if (track.self_asserted) text += " (self-asserted: the archive's own authority)";
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.valid && !misleads(character.code)) {
      out += text.substr(0, character.size);
    } else {
      std::array<char, 16> escaped{};
      std::snprintf(escaped.data(), escaped.size(), character.valid ? "\\u{%X}" : "\\x{%X}",
                    static_cast<unsigned>(character.code));
      out += escaped.data();
    }
    text.remove_prefix(character.size);
  }
  return out;
}

std::string report_text(const Report& report, TextDetail detail) {
  return tree_text(report, detail, 0);
}

std::string record_text(const RecordResult& record, TextDetail detail) {
  std::string text = "Record " + printable(record.record) + ": " +
                     verdict_text(record.verdict, record.report.decisive()) + ".";
  if (record.verdict == Verdict::passed && record.existed_since) {
    text += " Unaltered since " + to_string(*record.existed_since) + " at the latest";
    std::string sources;
    for (const TrackResult& track : record.tracks) {
      if (track.verdict != Verdict::passed) continue;
      sources += sources.empty() ? ", by " : " and ";
      sources += track_text(track);
    }
    text += sources + ".";
  }
  text += '\n';
  text += tree_text(record.report, detail, 1);
  if (record.verdict != Verdict::passed) text += meaning_text(record.report, 1);
  return text;
}

std::string summary_text(const PackageSummary& summary, TextDetail detail) {
  std::string text;
  if (!summary.header.archive.empty()) {
    text += "Package of the archive '" + printable(summary.header.archive) + "', exported " +
            to_string(summary.header.exported_at) + " by '" +
            printable(summary.header.exported_by) + "'.\n";
  }
  text += tree_text(summary.report, detail, 1);
  if (summary.report.verdict() != Verdict::passed) text += meaning_text(summary.report, 1);
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.2f", summary.seconds);
  text += grouped(summary.records) + (summary.records == 1 ? " record: " : " records: ") +
          grouped(summary.passed) + " passed, " + grouped(summary.indeterminate) +
          " indeterminate, " + grouped(summary.failed) + " failed. " + grouped(summary.files) +
          " files, " + grouped(summary.bytes) + " octets, " + seconds.data() + " s.\n";
  text += "Verdict: " + std::string(name(summary.verdict)) + ". ";
  switch (summary.verdict) {
    case Verdict::passed:
      text += "Every record is what was time-stamped, bit for bit.\n";
      break;
    case Verdict::indeterminate:
      text += "Nothing is wrong, but something that is needed is not there.\n";
      break;
    case Verdict::failed:
      text +=
          "Something is wrong: see what is marked FAILED. Each record is judged by itself; those "
          "that "
          "passed are what was time-stamped.\n";
      break;
  }
  return text;
}

std::string evidence_text(const EvidenceReport& evidence, TextDetail detail) {
  const Verdict verdict = evidence.report.verdict();
  std::string text = "Evidence: " + verdict_text(verdict, evidence.report.decisive()) + ".";
  if (evidence.existed_since) {
    text += " Unaltered since " + to_string(*evidence.existed_since) + " at the latest.";
  }
  text += '\n';
  text += tree_text(evidence.report, detail, 1);
  if (verdict != Verdict::passed) text += meaning_text(evidence.report, 1);
  return text;
}

}  // namespace perdura::verifier
