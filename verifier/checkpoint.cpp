#include "verifier/checkpoint.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

namespace perdura::verifier {
namespace {

constexpr std::size_t signature_lines_max = 64;
constexpr std::size_t ed25519_size = 32;
constexpr std::size_t ed25519_signature_size = 64;
constexpr std::uint8_t ed25519_type = 0x01;
constexpr std::string_view signature_start = "\u2014 ";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeMdContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using MdContext = std::unique_ptr<EVP_MD_CTX, FreeMdContext>;
using KeyId = std::array<std::uint8_t, 4>;

Error not_a_note(std::string what) { return malformed(std::move(what), "signed note"); }

// c2sp.org/signed-note: not empty, no Unicode space, no plus sign. Spaces beyond ASCII are refused
// by taking printable ASCII alone.
bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F && c != '+'; });
}

// The text of a note: UTF-8, no control character but LF, LF at the end.
bool is_note_text(std::string_view text) {
  return !text.empty() && text.back() == '\n' && is_utf8(text) &&
         std::ranges::all_of(text, [](char c) {
           return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\n';
         });
}

// The public key with its type octet, as vkeys and key identifiers hold it.
Bytes typed_key(ByteView public_key) {
  Bytes typed(1 + public_key.size());
  typed[0] = ed25519_type;
  std::ranges::copy(public_key, typed.begin() + 1);
  return typed;
}

// The first four octets of SHA-256(name || LF || type || key).
KeyId key_id(std::string_view name, ByteView typed) {
  Hasher sha256(DigestAlgorithm::sha256);
  const Digest digest = sha256.update(as_bytes(name)).update(as_bytes("\n")).update(typed).finish();
  KeyId id{};
  std::copy_n(digest.view().begin(), id.size(), id.begin());
  return id;
}

std::string write_vkey(const std::string& name, ByteView public_key) {
  const Bytes typed = typed_key(public_key);
  return name + "+" + to_hex(key_id(name, typed)) + "+" + to_base64(typed);
}

Bytes public_octets(EVP_PKEY* key) {
  Bytes octets(ed25519_size);
  std::size_t size = octets.size();
  check(EVP_PKEY_get_raw_public_key(key, octets.data(), &size) == 1 && size == ed25519_size,
        "an Ed25519 key has a public half");
  return octets;
}

bool signature_holds(EVP_PKEY* key, std::string_view text, ByteView signature) {
  const MdContext context(EVP_MD_CTX_new());
  check(context != nullptr, "memory for a signature check");
  check(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1,
        "libcrypto verifies Ed25519");
  const ByteView signed_octets = as_bytes(text);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), signed_octets.data(),
                          signed_octets.size()) == 1;
}

// One line of signatures, without its LF.
struct SignatureLine {
  std::string_view name;
  KeyId id{};
  Bytes signature;
};

std::optional<SignatureLine> parse_signature_line(std::string_view line) {
  if (!line.starts_with(signature_start)) return std::nullopt;
  line.remove_prefix(signature_start.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return std::nullopt;
  const std::optional<Bytes> octets = from_base64(line.substr(space + 1));
  if (!octets || octets->size() <= KeyId().size()) return std::nullopt;
  SignatureLine result;
  result.name = line.substr(0, space);
  std::copy_n(octets->begin(), result.id.size(), result.id.begin());
  result.signature.assign(octets->begin() + static_cast<std::ptrdiff_t>(result.id.size()),
                          octets->end());
  return result;
}

// Takes the next line off `rest`, which ends with LF.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  if (checkpoint.origin.empty()) return malformed("origin is empty", "checkpoint");
  const std::optional<std::uint64_t> size = from_decimal(take_line(text));
  if (!size) return malformed("size is not a decimal number without leading zeros", "checkpoint");
  checkpoint.size = *size;
  const std::optional<Bytes> root = from_base64(take_line(text));
  if (!root || root->size() != digest_size(DigestAlgorithm::sha256)) {
    return malformed("root is not base64 of 32 octets", "checkpoint");
  }
  checkpoint.root = Digest(*root);
  while (!text.empty()) {  // extension lines: of any meaning, but not empty
    if (take_line(text).empty()) return malformed("an extension line is empty", "checkpoint");
  }
  return checkpoint;
}

}  // namespace

struct NoteKey::State {
  std::string name;
  Key key;
  Bytes public_key;
  KeyId id{};
};

Result<NoteKey> NoteKey::from_seed(std::string name, ByteView seed) {
  if (!is_key_name(name)) {
    return Error{Errc::misuse, "not fit as the name of a key: \"" + name + "\"", "key name",
                 "use printable ASCII without spaces and '+', such as archive.example.org"};
  }
  if (seed.size() != ed25519_size) {
    return Error{Errc::misuse, "the seed of an Ed25519 key has 32 octets", name, ""};
  }
  auto state = std::make_shared<State>();
  state->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  check(state->key != nullptr, "libcrypto makes Ed25519 keys");
  state->public_key = public_octets(state->key.get());
  state->id = key_id(name, typed_key(state->public_key));
  state->name = std::move(name);
  return NoteKey(std::move(state));
}

Result<NoteKey> NoteKey::generate(std::string name) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  check(key != nullptr, "libcrypto generates Ed25519 keys");
  Bytes seed(ed25519_size);
  std::size_t size = seed.size();
  check(EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size) == 1, "a new key has a seed");
  return from_seed(std::move(name), seed);
}

const std::string& NoteKey::name() const { return state_->name; }

Bytes NoteKey::seed() const {
  Bytes seed(ed25519_size);
  std::size_t size = seed.size();
  check(EVP_PKEY_get_raw_private_key(state_->key.get(), seed.data(), &size) == 1,
        "a private key has a seed");
  return seed;
}

std::string NoteKey::vkey() const { return write_vkey(state_->name, state_->public_key); }

std::string NoteKey::sign(std::string_view text) const {
  check(is_note_text(text), "a note is UTF-8 that ends with LF");
  const MdContext context(EVP_MD_CTX_new());
  check(context != nullptr &&
            EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1,
        "libcrypto signs with Ed25519");
  Bytes signature(state_->id.size() + ed25519_signature_size);
  std::ranges::copy(state_->id, signature.begin());
  std::size_t size = ed25519_signature_size;
  const ByteView octets = as_bytes(text);
  check(EVP_DigestSign(context.get(), signature.data() + state_->id.size(), &size, octets.data(),
                       octets.size()) == 1,
        "an Ed25519 key signs");
  std::string note(text);
  note += '\n';
  note += signature_start;
  note += state_->name + " " + to_base64(signature) + "\n";
  return note;
}

struct NoteVerifier::State {
  std::string name;
  Key key;
  Bytes public_key;
  KeyId id{};

  // The hashes of the last notes that verified, to be overwritten in turn.
  std::mutex mutex;
  std::array<Digest, 64> verified;
  std::size_t next = 0;

  bool knows(const Digest& note) {
    const std::lock_guard lock(mutex);
    return std::ranges::find(verified, note) != verified.end();
  }
  void remember(const Digest& note) {
    const std::lock_guard lock(mutex);
    verified[next++ % verified.size()] = note;
  }
};

Result<NoteVerifier> NoteVerifier::from_vkey(std::string_view vkey) {
  const Error not_one = malformed("not a key of the form name+12345678+base64", "log key");
  const std::size_t plus = vkey.find('+');
  if (plus == std::string_view::npos || vkey.size() < plus + 10 || vkey[plus + 9] != '+') {
    return not_one;
  }
  const std::string_view name = vkey.substr(0, plus);
  const std::string_view id = vkey.substr(plus + 1, 8);
  const std::optional<Bytes> typed = from_base64(vkey.substr(plus + 10));
  if (!is_key_name(name) || !typed || typed->empty()) return not_one;
  if (typed->front() != ed25519_type) {
    return Error{Errc::unsupported, "the key is not Ed25519 (type 1)", "log key", ""};
  }
  if (typed->size() != 1 + ed25519_size) return not_one;
  auto state = std::make_shared<State>();
  state->name = name;
  state->id = key_id(name, *typed);
  if (to_hex(state->id) != id) return malformed("key and identifier do not match", "log key");
  state->public_key.assign(typed->begin() + 1, typed->end());
  state->key.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, state->public_key.data(),
                                               state->public_key.size()));
  if (!state->key) return not_one;
  return NoteVerifier(std::move(state));
}

const std::string& NoteVerifier::name() const { return state_->name; }
std::string NoteVerifier::vkey() const { return write_vkey(state_->name, state_->public_key); }

Result<std::string_view> NoteVerifier::verify(std::string_view note) const {
  const auto parts = parse_note(note);
  if (!parts) return parts.error();
  const Digest digest = hash(DigestAlgorithm::sha256, as_bytes(note));
  if (state_->knows(digest)) return parts->text;
  bool signed_by_key = false;
  for (std::string_view rest = parts->signatures; !rest.empty();) {
    const std::optional<SignatureLine> line = parse_signature_line(take_line(rest));
    // Other keys may sign too; with the same name as well (a key that was rolled over).
    if (!line || line->name != state_->name || line->id != state_->id) continue;
    if (line->signature.size() != ed25519_signature_size ||
        !signature_holds(state_->key.get(), parts->text, line->signature)) {
      return Error{Errc::denied, "the signature of " + state_->name + " does not verify",
                   "signed note", ""};
    }
    signed_by_key = true;
  }
  if (!signed_by_key) {
    return Error{Errc::denied, "not signed by the key " + vkey(), "signed note", ""};
  }
  state_->remember(digest);
  return parts->text;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > note_size_max) {
    return Error{Errc::too_large, "longer than 65,536 octets", "signed note", ""};
  }
  if (!is_note_text(note)) {
    return not_a_note("not UTF-8 text that ends with a line feed and has no control characters");
  }
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return not_a_note("no blank line before the signatures");
  const SignedNote parts{note.substr(0, blank + 1), note.substr(blank + 2)};
  if (parts.signatures.empty()) return not_a_note("no signature");
  std::size_t lines = 0;
  for (std::string_view rest = parts.signatures; !rest.empty(); ++lines) {
    if (lines == signature_lines_max) return not_a_note("more than 64 signatures");
    if (!parse_signature_line(take_line(rest))) {
      return not_a_note("signature " + std::to_string(lines + 1) + " is not of its form");
    }
  }
  return parts;
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

Result<Checkpoint> parse_signed_checkpoint(std::string_view note, const NoteVerifier& verifier) {
  const auto text = verifier.verify(note);
  if (!text) return text.error();
  auto checkpoint = parse_checkpoint_text(*text);
  if (checkpoint && checkpoint->origin != verifier.name()) {
    return Error{Errc::denied, "is of the log " + checkpoint->origin + ", not " + verifier.name(),
                 "checkpoint", ""};
  }
  return checkpoint;
}

Result<Checkpoint> parse_checkpoint_unverified(std::string_view note) {
  const auto parts = parse_note(note);
  if (!parts) return parts.error();
  return parse_checkpoint_text(parts->text);
}

}  // namespace perdura::verifier
