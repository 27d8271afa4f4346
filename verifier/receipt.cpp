#include "verifier/receipt.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "verifier/canonical_json.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/statement.hpp"

namespace perdura::verifier {
namespace {

namespace json = boost::json;

constexpr std::size_t entry_size_max = 64u << 10;
constexpr std::size_t inclusion_length_max = 64;  // levels of a tree of 2^64 leaves
constexpr std::uint64_t index_max = (std::uint64_t{1} << 53) - 1;
constexpr std::string_view tlog_proof_start = "c2sp.org/tlog-proof@";
constexpr std::string_view tlog_proof_version = "v1";

void append_decimal(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// The signature, the entry's position, and nothing about what the entry says.
void judge_inclusion(Report& report, std::string_view note, const Digest& leaf, std::uint64_t index,
                     std::span<const Digest> proof, const NoteVerifier* log) {
  const auto checkpoint = parse_checkpoint_unverified(note);
  if (!checkpoint) {
    report.findings.push_back({Verdict::failed, SubIndication::format_failure,
                               say("journal.checkpoint-unreadable-in-proof"),
                               to_string(checkpoint.error()), "c2sp.org/tlog-checkpoint"});
    return;
  }
  const bool included = verify_inclusion(leaf, index, checkpoint->size, proof, checkpoint->root);
  const std::string detail = "entry " + std::to_string(index) + " of " +
                             std::to_string(checkpoint->size) + ", root " + checkpoint->root.hex();
  if (included) {
    report.findings.push_back({Verdict::passed, SubIndication::none, say("journal.entry-included"),
                               detail, "RFC 9162 section 2.1.3.2"});
  } else {
    report.findings.push_back({Verdict::failed, SubIndication::journal_failure,
                               say("journal.entry-not-included"), detail,
                               "RFC 9162 section 2.1.3.2"});
  }
  if (log == nullptr) {
    report.findings.push_back({Verdict::indeterminate, SubIndication::no_trust_anchor,
                               say("journal.no-key-given"), "origin " + checkpoint->origin,
                               "c2sp.org/signed-note"});
    return;
  }
  if (const auto verified = parse_signed_checkpoint(note, *log); !verified) {
    report.findings.push_back({Verdict::failed, SubIndication::signature_failure,
                               say("journal.checkpoint-not-signed"), to_string(verified.error()),
                               "c2sp.org/signed-note"});
    return;
  }
  report.findings.push_back({Verdict::passed, SubIndication::none, say("journal.checkpoint-signed"),
                             log->vkey(), "c2sp.org/signed-note"});
}

// The lines of a text that ends each with LF.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  // The next line without its LF; nothing when there is no LF.
  std::optional<std::string_view> next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace

std::string write_journal_act(const JournalAct& act) {
  check(is_utf8(act.act) && is_utf8(act.actor) && is_utf8(act.record), "an entry is UTF-8");
  std::string out = "{\"act\":";
  append_json_string(out, act.act);
  out += ",\"actor\":";
  append_json_string(out, act.actor);
  if (!act.record.empty()) {
    out += ",\"record\":";
    append_json_string(out, act.record);
  }
  out += ",\"time\":";
  append_json_string(out, to_string(act.time));
  out += '}';
  return out;
}

Result<JournalAct> parse_journal_act(std::string_view text) {
  const auto value = parse_canonical_json(text, "journal entry", {entry_size_max, 16});
  if (!value) return value.error();
  JsonMembers in(*value, "journal entry");
  JournalAct act;
  act.act = in.text("act");
  act.actor = in.text("actor");
  act.record = in.optional_text("record");
  act.time = in.time("time");
  if (in.error()) return *in.error();
  if (!act.record.empty() && !is_record_id(act.record)) {
    return malformed("is not a record's identifier", "journal entry: record");
  }
  return act;
}

Digest journal_leaf_data(Hasher& sha256, const JournalEntry& entry) {
  return sha256.update(entry.salt).update(as_bytes(entry.text)).finish();
}

Digest journal_leaf(Hasher& sha256, const JournalEntry& entry) {
  const Digest data = journal_leaf_data(sha256, entry);
  return leaf_hash(sha256, data.view());
}

Digest journal_leaf(const JournalEntry& entry) {
  Hasher sha256(DigestAlgorithm::sha256);
  return journal_leaf(sha256, entry);
}

std::string write_receipt(const Receipt& receipt) {
  std::string out;
  out.reserve(640 + 48 * receipt.proof.size());
  out += "{\"checkpoint\":";
  append_json_string(out, receipt.checkpoint);
  out += ",\"entry\":";
  append_json_string(out, receipt.entry.text);
  out += ",\"index\":";
  append_decimal(out, receipt.index);
  out += ",\"perdura\":\"receipt/1\",\"proof\":[";
  for (const Digest& digest : receipt.proof) {
    if (out.back() != '[') out += ',';
    out += '"';
    append_base64(out, digest.view());
    out += '"';
  }
  out += "],\"record\":";
  append_json_string(out, receipt.record);
  out += ",\"salt\":\"";
  append_base64(out, receipt.entry.salt);
  out += "\"}";
  return out;
}

Result<Receipt> parse_receipt(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto value = parse_canonical_json(text, "receipt", {receipt_size_max, 4});
  if (!value) return value.error();
  JsonMembers in(*value, "receipt");
  in.kind("receipt", "1");
  Receipt receipt;
  receipt.checkpoint = in.text("checkpoint");
  receipt.entry.text = in.text("entry");
  receipt.index = in.integer("index", index_max);
  if (const json::array* proof = in.array("proof", inclusion_length_max)) {
    for (const json::value& one : *proof) {
      const json::string* written = one.if_string();
      const auto octets =
          written == nullptr ? std::nullopt : from_base64({written->data(), written->size()});
      if (!octets || octets->size() != 32) {
        in.fail("proof", "holds what is not base64 of 32 octets");
        break;
      }
      receipt.proof.emplace_back(*octets);
    }
  }
  receipt.record = in.text("record");
  receipt.entry.salt = in.base64("salt", journal_salt_size);
  in.end();
  if (in.error()) return *in.error();
  if (!is_record_id(receipt.record)) {
    return malformed("is not 64 lower-case hex digits", "receipt: record");
  }
  return receipt;
}

Report judge_receipt(const Receipt& receipt, const NoteVerifier* log) {
  Report report{.subject = say("subject.receipt"), .findings = {}, .parts = {}};
  const auto act = parse_journal_act(receipt.entry.text);
  if (!act) {
    report.findings.push_back({Verdict::failed, SubIndication::format_failure,
                               say("receipt.entry-unreadable"), to_string(act.error()),
                               "formats/journal.md"});
  } else if (act->act != "deposit" || act->record != receipt.record) {
    report.findings.push_back({Verdict::failed, SubIndication::journal_failure,
                               say("receipt.entry-of-another-record"), act->act + " " + act->record,
                               "formats/journal.md"});
  } else {
    report.findings.push_back(
        {Verdict::passed, SubIndication::none,
         say("receipt.for-this-deposit", {{"actor", act->actor}, {"time", to_string(act->time)}}),
         receipt.record, "formats/journal.md"});
  }
  judge_inclusion(report, receipt.checkpoint, journal_leaf(receipt.entry), receipt.index,
                  receipt.proof, log);
  return report;
}

std::string write_tlog_proof(const TlogProof& proof) {
  std::string out = std::string(tlog_proof_start) + std::string(tlog_proof_version) + "\n";
  if (proof.extra) out += "extra " + to_base64(*proof.extra) + "\n";
  out += "index ";
  append_decimal(out, proof.index);
  out += '\n';
  for (const Digest& digest : proof.proof) out += to_base64(digest.view()) + "\n";
  out += '\n';
  return out + proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  const std::string where = "tlog-proof";
  if (text.size() > receipt_size_max) {
    return Error{Errc::too_large, "longer than 1 MiB", where, ""};
  }
  Lines lines(text);
  const auto first = lines.next();
  if (!first || !first->starts_with(tlog_proof_start)) return malformed("is not one", where);
  if (first->substr(tlog_proof_start.size()) != tlog_proof_version) {
    return Error{Errc::unsupported, "is of another version: " + std::string(*first), where, ""};
  }
  TlogProof proof;
  auto line = lines.next();
  if (line && line->starts_with("extra ")) {
    proof.extra = from_base64(line->substr(6));
    if (!proof.extra) return malformed("extra is not base64", where);
    line = lines.next();
  }
  if (!line || !line->starts_with("index ")) return malformed("index is missing", where);
  const auto index = from_decimal(line->substr(6));
  if (!index) return malformed("index is not a decimal number without leading zeros", where);
  proof.index = *index;
  for (line = lines.next(); line && !line->empty(); line = lines.next()) {
    const auto octets = from_base64(*line);
    if (!octets || octets->size() != 32) {
      return malformed("a line of the proof is not base64 of 32 octets", where);
    }
    if (proof.proof.size() == inclusion_length_max) {
      return malformed("the proof is too long", where);
    }
    proof.proof.emplace_back(*octets);
  }
  if (!line) return malformed("no blank line before the checkpoint", where);
  proof.checkpoint = lines.rest();
  if (const auto checkpoint = parse_checkpoint_unverified(proof.checkpoint); !checkpoint) {
    return checkpoint.error();
  }
  return proof;
}

Report judge_tlog_proof(const TlogProof& proof, const Digest& leaf, const NoteVerifier* log) {
  Report report{.subject = say("subject.journal-proof"), .findings = {}, .parts = {}};
  judge_inclusion(report, proof.checkpoint, leaf, proof.index, proof.proof, log);
  return report;
}

bool of_one_journal(const Receipt& receipt, const TlogProof& proof) {
  const auto a = parse_checkpoint_unverified(receipt.checkpoint);
  const auto b = parse_checkpoint_unverified(proof.checkpoint);
  if (!a || !b || receipt.index != proof.index) return true;  // judging them says so
  if (a->size == b->size && a->root != b->root) return false;
  return proofs_agree(receipt.index, a->size, receipt.proof, b->size, proof.proof);
}

}  // namespace perdura::verifier
