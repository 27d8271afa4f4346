#include "tests/corpus/pdf_documents.hpp"

#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "tests/corpus/vocabulary.hpp"
#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::corpus {
namespace {

std::string deflated(std::string_view plain, int level) {
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::string result(size, '\0');
  const int outcome = compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                                reinterpret_cast<const Bytef*>(plain.data()),
                                static_cast<uLong>(plain.size()), level);
  verifier::check(outcome == Z_OK, "zlib refuses to deflate");
  result.resize(size);
  return result;
}

// A literal string (ISO 32000-1 §7.3.4.2); what is not ASCII is left out.
std::string literal(std::string_view text) {
  std::string result = "(";
  for (const char c : text) {
    if (c == '(' || c == ')' || c == '\\') result += '\\';
    if (c >= 0x20 && c < 0x7f) result += c;
  }
  return result + ")";
}

// A text string (§7.9.2.2): in UTF-16BE and hexadecimal when it is not ASCII. `text` is UTF-8 of
// at most two octets a character, as all names of ours are.
std::string text_string(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return literal(text);
  std::string octets = "\xfe\xff";
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = static_cast<unsigned>(static_cast<unsigned char>(text[i]));
    if (code >= 0xc0) code = (code & 0x1f) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f);
    octets += static_cast<char>(code >> 8);
    octets += static_cast<char>(code & 0xff);
  }
  return "<" + verifier::to_hex(verifier::as_bytes(octets)) + ">";
}

// A file as it grows: objects are numbered as they come; 1 is the catalogue, 2 the page tree, 3 the
// font, 4 the Info dictionary, all written last.
class Pdf {
 public:
  Pdf() : text_("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), offsets_(5, 0) {}

  void add_page(std::string_view content, std::string_view resources) {
    const auto stream = add_stream("", deflated(content, 6));
    pages_.push_back(add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " +
                         reference(stream) + " /Resources << " + std::string(resources) +
                         " >> >>"));
  }

  std::size_t add_stream(std::string_view dictionary, std::string_view data) {
    std::string object = "<< ";
    object += dictionary;
    object += "/Filter /FlateDecode /Length " + std::to_string(data.size()) + " >>\nstream\n";
    object += data;
    return add(object + "\nendstream");
  }

  static std::string reference(std::size_t number) { return std::to_string(number) + " 0 R"; }

  std::string finish(std::string_view title, const Visit& visit) {
    std::string kids;
    for (const auto page : pages_) kids += reference(page) + " ";
    set(1, "<< /Type /Catalog /Pages 2 0 R /Lang (en-US) >>");
    set(2, "<< /Type /Pages /Kids [ " + kids + "] /Count " + std::to_string(pages_.size()) + " >>");
    set(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    set(4, "<< /Title " + literal(title) + " /Author " +
               text_string("Dr. " + visit.clinician.given + " " + visit.clinician.family) +
               " /Producer (Perdura corpus) /CreationDate (D:" + hl7_time(visit.when) +
               "+00'00') >>");
    cross_reference();
    return std::move(text_);
  }

 private:
  std::size_t add(std::string_view object) {
    offsets_.push_back(0);
    set(offsets_.size() - 1, object);
    return offsets_.size() - 1;
  }

  void set(std::size_t number, std::string_view object) {
    offsets_[number] = text_.size();
    text_ += std::to_string(number) + " 0 obj\n";
    text_ += object;
    text_ += "\nendobj\n";
  }

  // ISO 32000-1 §7.5.4: entries of exactly 20 octets.
  void cross_reference() {
    const std::size_t start = text_.size();
    text_ += "xref\n0 " + std::to_string(offsets_.size()) + "\n0000000000 65535 f \n";
    for (std::size_t number = 1; number < offsets_.size(); ++number) {
      const std::string offset = std::to_string(offsets_[number]);
      text_ += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    }
    text_ += "trailer\n<< /Size " + std::to_string(offsets_.size()) +
             " /Root 1 0 R /Info 4 0 R >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
  }

  std::string text_;
  std::vector<std::size_t> offsets_;  // by object number
  std::vector<std::size_t> pages_;
};

// A content stream that sets `text` in lines.
std::string typeset(std::string_view heading, std::string_view text) {
  std::string content = "BT /F1 14 Tf 72 730 Td " + literal(heading) + " Tj /F1 10 Tf 0 -24 Td\n";
  while (!text.empty()) {
    auto end = text.size() <= 92 ? text.size() : text.rfind(' ', 92);
    if (end == text.npos) end = 92;
    content += literal(text.substr(0, end)) + " Tj 0 -13 Td\n";
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return content + "ET\n";
}

std::string heading(const DocumentType& type, const Visit& visit) {
  return joined({type.name, ", ", visit.patient.mrn, ", ", iso_date(visit.when)});
}

void add_text_page(Pdf& pdf, Random& random, std::string_view title) {
  const std::string text = narrative(random, random.skewed(500, 4000));
  pdf.add_page(typeset(title, text), "/Font << /F1 3 0 R >>");
}

// A page of paper under a scanner: noise of a few grey levels, and dark strokes in lines.
std::string scanned_page(Random& random, std::size_t width, std::size_t height) {
  FastNoise noise(random);
  std::string pixels(width * height, '\0');
  const std::size_t line = height / 50 + 1;
  for (std::size_t y = 0; y < height; ++y) {
    char* row = pixels.data() + y * width;
    for (std::size_t x = 0; x + 8 <= width; x += 8) {
      const std::uint64_t bits = noise.next();
      for (unsigned i = 0; i < 8; ++i) {
        const auto grain = static_cast<int>((bits >> (i * 8)) & 3);
        row[x + i] = static_cast<char>(244 + grain);
      }
    }
    const std::size_t in_line = y % line;
    const bool inked = y > height / 12 && y < height - height / 12 && in_line < line / 2;
    if (!inked) continue;
    const std::uint64_t letters = mixed(y / line);
    for (std::size_t x = width / 10; x + width / 10 < width; ++x) {
      const bool stroke = ((letters >> ((x / 3) % 61)) & 1) != 0 && (x * 7 + in_line * 3) % 5 < 2;
      if (stroke) row[x] = static_cast<char>(40 + (static_cast<unsigned char>(row[x]) & 15));
    }
  }
  return pixels;
}

}  // namespace

std::string make_pdf_report(Random& random, const Visit& visit, int pages) {
  const std::string title = heading(random.pick(document_types()), visit);
  Pdf pdf;
  for (; pages > 0; --pages) add_text_page(pdf, random, title);
  return pdf.finish(title, visit);
}

std::string make_pdf_scan(Random& random, const Visit& visit, int pages, int width) {
  const std::string title = heading(random.pick(document_types()), visit);
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t rows = columns * 129 / 100;
  Pdf pdf;
  add_text_page(pdf, random, title);
  for (; pages > 0; --pages) {
    const auto image = pdf.add_stream(
        "/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Width " +
            std::to_string(columns) + " /Height " + std::to_string(rows) + " ",
        deflated(scanned_page(random, columns, rows), 1));
    pdf.add_page("q 612 0 0 792 0 0 cm /Im0 Do Q\n",
                 "/XObject << /Im0 " + Pdf::reference(image) + " >>");
  }
  return pdf.finish(title, visit);
}

}  // namespace perdura::corpus
