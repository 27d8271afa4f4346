// Any text: parsing ends; a checkpoint that is taken is written again as the start of the note; and
// no note but the known one is taken as signed by the known key.
#include <cstdint>
#include <cstdlib>

#include "verifier/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  static const NoteKey key = *NoteKey::from_seed("archive.example.org", Bytes(32, 0x42));
  static const NoteVerifier verifier = *NoteVerifier::from_vkey(key.vkey());
  const std::string_view note = as_text({data, size});
  const auto checkpoint = parse_checkpoint_unverified(note);
  if (checkpoint && !note.starts_with(write_checkpoint(*checkpoint))) std::abort();
  // The fuzzer can't sign, but it may copy a signed text whole out of its corpus.
  const auto text = verifier.verify(note);
  if (text && key.sign(*text).substr(text->size()) != note.substr(text->size()) &&
      note.find(key.sign(*text).substr(text->size() + 1)) == std::string_view::npos) {
    std::abort();
  }
  if (const auto other = NoteVerifier::from_vkey(note); other && other->vkey() != note)
    std::abort();
  return 0;
}
