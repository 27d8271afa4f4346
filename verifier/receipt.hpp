// The receipt that a depositor gets, journal entries, and proofs that an entry is in the journal.
// formats/journal.md.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/checkpoint.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"
#include "verifier/verdict.hpp"

namespace perdura::verifier {

// Octets of a receipt, and of a tlog-proof.
inline constexpr std::size_t receipt_size_max = 1u << 20;

// Octets of the salt that blinds an entry of the journal.
inline constexpr std::size_t journal_salt_size = 32;

// One act as the journal holds it: canonical JSON, blinded by a salt of 32 random octets.
struct JournalEntry {
  std::string text;
  Bytes salt;
};

// What the text of an entry says. An entry may have more members than these.
struct JournalAct {
  std::string act;     // "deposit", "seal", ...
  std::string actor;   // who did it
  std::string record;  // the record's identifier; "" when the act is about none
  Time time;
};

// The text of an entry with these members and no others. Errors of text (not UTF-8) are broken
// invariants.
std::string write_journal_act(const JournalAct& act);
// Reads the text of an entry; members of other names are left alone. Errors: malformed, too_large.
Result<JournalAct> parse_journal_act(std::string_view text);

// SHA-256(salt || text): the entry of the log, which may be public.
Digest journal_leaf_data(Hasher& sha256, const JournalEntry& entry);
// The leaf hash of that: H(0x00 || SHA-256(salt || text)).
Digest journal_leaf(Hasher& sha256, const JournalEntry& entry);
Digest journal_leaf(const JournalEntry& entry);

// What the archive gave the depositor: the entry, and the proof that the signed checkpoint holds
// it.
struct Receipt {
  std::string record;  // identifier
  JournalEntry entry;
  std::uint64_t index = 0;  // of the entry in the journal, from 0
  std::vector<Digest> proof;
  std::string checkpoint;  // signed note
};

// One line of canonical JSON, without a line end.
std::string write_receipt(const Receipt& receipt);
// Reads one; a line end after it is allowed. Errors: malformed, unsupported (another version),
// too_large (1 MiB).
Result<Receipt> parse_receipt(std::string_view json);

// Whether the receipt holds: the entry is the deposit of this record and the checkpoint has it at
// its index. With `log` also that this key signed the checkpoint; without, the verdict is
// INDETERMINATE at best. Subject "receipt".
Report judge_receipt(const Receipt& receipt, const NoteVerifier* log);

// A C2SP tlog-proof (c2sp.org/tlog-proof): inclusion of one leaf in a signed checkpoint.
struct TlogProof {
  std::optional<Bytes> extra;
  std::uint64_t index = 0;
  std::vector<Digest> proof;
  std::string checkpoint;  // signed note
};

// The text of a .tlog-proof file.
std::string write_tlog_proof(const TlogProof& proof);
// Reads one, strictly. Errors: malformed, unsupported (another version), too_large.
Result<TlogProof> parse_tlog_proof(std::string_view text);

// Whether the proof holds for the leaf with this hash, as judge_receipt() does it. Subject "journal
// proof".
Report judge_tlog_proof(const TlogProof& proof, const Digest& leaf, const NoteVerifier* log);

// Whether receipt and proof can be of one journal: their checkpoints, when of one size, have one
// root, and both give the same hash to every part of the log that both name. Judged apart from
// whether they hold.
bool of_one_journal(const Receipt& receipt, const TlogProof& proof);

}  // namespace perdura::verifier
