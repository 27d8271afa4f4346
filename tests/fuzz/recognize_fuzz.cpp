// Any octets as a document, whole and cut off: recognising ends, and what it puts out is what its
// header promises: a media type, and UTF-8 without control characters within its bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "archive/recognize.hpp"
#include "verifier/bytes.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_text(std::string_view text) {
  require(text.size() <= perdura::archive::recognized_text_max);
  require(perdura::verifier::is_utf8(text));
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check(const perdura::archive::Recognized& found) {
  require(!found.media_type.empty());
  for (const auto& text : {found.media_type, found.record_type, found.author, found.language}) {
    check_text(text);
  }
  if (!found.patient) return;
  require(!found.patient->id.empty());
  check_text(found.patient->id);
  check_text(found.patient->issuer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const perdura::verifier::ByteView input(data, size);
  check(perdura::archive::recognize(input, true, "a.dcm"));
  check(perdura::archive::recognize(input, false, "b.xml"));
  return 0;
}
