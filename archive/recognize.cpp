#include "archive/recognize.hpp"

#include <algorithm>
#include <exception>
#include <string>

#include "archive/recognize_formats.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

using verifier::as_text;

// How much of a text is looked at to tell it from other octets.
constexpr std::size_t text_sample = std::size_t{64} << 10;

std::string lower_extension(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == file_name.npos) return "";
  std::string extension(file_name.substr(dot + 1, 8));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

bool is_text_octet(std::uint8_t c) {
  return c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0x1b;
}

// Without the octets of a character that the end of a sample parted.
std::string_view without_parted_character(std::string_view text) {
  for (int n = 0; n < 3 && !text.empty() && !verifier::is_utf8(text); ++n) text.remove_suffix(1);
  return text;
}

Recognized recognize_octets(ByteView head, bool whole, std::string_view file_name) {
  const std::string extension = lower_extension(file_name);
  const bool named_dicom = extension == "dcm" || extension == "dicom" || extension == "ima";
  if (extension == "ndjson") {
    if (auto found = recognize_ndjson(head, whole, true)) return *found;
  }
  if (auto found = recognize_json(head, whole)) return *found;
  if (auto found = recognize_ndjson(head, whole, false)) return *found;
  if (auto found = recognize_hl7v2(head)) return *found;
  if (auto found = recognize_pdf(head, whole)) return *found;
  if (auto found = recognize_dicom(head, named_dicom)) return *found;
  if (auto found = recognize_xml(head, whole, extension == "xml" || extension == "cda"))
    return *found;
  if (auto found = recognize_plain_text(head)) return *found;
  const bool named_text = extension == "txt" || extension == "csv" || extension == "text";
  if (head.empty() && named_text) return {.media_type = "text/plain"};
  return {.media_type = "application/octet-stream"};
}

}  // namespace

std::optional<Recognized> recognize_plain_text(ByteView head) {
  const ByteView sample = head.first(std::min(head.size(), text_sample));
  if (sample.empty()) return std::nullopt;
  const Recognized text{.media_type = "text/plain"};
  const bool utf16 = sample.size() >= 4 && sample.size() % 2 == 0 &&
                     ((sample[0] == 0xff && sample[1] == 0xfe && sample[3] == 0) ||
                      (sample[0] == 0xfe && sample[1] == 0xff && sample[2] == 0));
  if (utf16) return text;
  if (!std::ranges::all_of(sample, is_text_octet)) return std::nullopt;
  const auto ascii = std::ranges::count_if(sample, [](std::uint8_t c) { return c < 0x80; });
  const bool mostly_ascii = sample.size() >= 8 && ascii * 10 >= std::ssize(sample) * 7;
  if (mostly_ascii || verifier::is_utf8(without_parted_character(as_text(sample)))) return text;
  return std::nullopt;
}

Recognized recognize(ByteView head, bool whole, std::string_view file_name) {
  try {
    return recognize_octets(head, whole, file_name);
  } catch (const std::exception&) {
    // Out of memory, or a library that meets what it did not expect.
    return {.media_type = "application/octet-stream"};
  }
}

}  // namespace perdura::archive
