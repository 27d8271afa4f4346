// PDF 1.4 files: letters and reports as text, and pages as a scanner leaves them.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <string>

#include "tests/corpus/document.hpp"

namespace perdura::corpus {

// `pages` pages of text in Flate streams.
std::string make_pdf_report(Random& random, const Visit& visit, int pages);

// `pages` scanned pages in grey, `width` pixels wide (about 0.5 octets a pixel in the file; a page
// is 1.29 times as high as wide), after a page of text.
std::string make_pdf_scan(Random& random, const Visit& visit, int pages, int width);

}  // namespace perdura::corpus
