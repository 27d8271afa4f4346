// C2SP signed notes (c2sp.org/signed-note) and the checkpoints of a log (c2sp.org/tlog-checkpoint).
//
// Ed25519 (type 0x01) is the signature that is written and verified. Lines of other keys are left
// alone, as the specification asks; a line of the known key that does not verify refuses the note.
// Limits: a note has at most 64 KiB and 64 signature lines.
//
// Thread safety: keys and verifiers are immutable and may be used from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// Octets of a signed note.
inline constexpr std::size_t note_size_max = 64u << 10;

// What a log commits to: its first `size` entries have this root.
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;  // SHA-256

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// A signed note taken apart, nothing verified. Views alias the input.
struct SignedNote {
  std::string_view text;        // with its last LF
  std::string_view signatures;  // lines "— name base64\n"
};

// A private Ed25519 key with the name under which it signs.
class NoteKey {
 public:
  // A new key from libcrypto's random source. Errors: misuse (the name is not fit for a note).
  static Result<NoteKey> generate(std::string name);
  // The key of a 32-octet seed (RFC 8032). Errors: misuse.
  static Result<NoteKey> from_seed(std::string name, ByteView seed);

  const std::string& name() const;
  // The 32 octets that from_seed() takes. Secret.
  Bytes seed() const;
  // The public key as verifiers are given it: "name+hex8+base64".
  std::string vkey() const;
  // `text`, a blank line and one signature line. `text` must be UTF-8 that ends with LF and holds
  // no other control character: anything else is a broken invariant.
  std::string sign(std::string_view text) const;

 private:
  struct State;
  explicit NoteKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// A public Ed25519 key with its name. Remembers the last notes that it verified, because many
// receipts share one.
class NoteVerifier {
 public:
  // Reads a vkey. Errors: malformed, unsupported (another type of key).
  static Result<NoteVerifier> from_vkey(std::string_view vkey);

  const std::string& name() const;
  std::string vkey() const;
  // The text of `note` if this key signed it. Errors: malformed (not a signed note), denied (no
  // signature by this key, or one that does not verify). The view aliases `note`.
  Result<std::string_view> verify(std::string_view note) const;

 private:
  struct State;
  explicit NoteVerifier(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Takes a note apart without verifying anything. Errors: malformed, too_large.
Result<SignedNote> parse_note(std::string_view note);

// The text of the note: origin, size and root, a line each.
std::string write_checkpoint(const Checkpoint& checkpoint);

// The checkpoint in `note`, which `verifier` must have signed and whose origin is the verifier's
// name. Errors: malformed, denied.
Result<Checkpoint> parse_signed_checkpoint(std::string_view note, const NoteVerifier& verifier);

// The checkpoint in a signed note whose signatures are not verified. Errors: malformed.
Result<Checkpoint> parse_checkpoint_unverified(std::string_view note);

}  // namespace perdura::verifier
