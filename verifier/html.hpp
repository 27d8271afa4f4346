// Writing HTML, so that nothing of the text that goes into it can be taken for anything but text.
//
// Thread safety: plain values.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace perdura::verifier {

// `text` for HTML, as content or within an attribute's quotation marks: printable(), with & < > " '
// as references, cut off after 4,096 octets.
std::string html_escaped(std::string_view text);

// A growing piece of HTML. Names of elements and attributes, and raw(), are ours; text() and values
// of attributes may be anybody's.
class Html {
 public:
  // Text as content.
  Html& text(std::string_view text);
  // Text of the evidence, whose direction of writing shall not spread.
  Html& foreign(std::string_view text);
  // Opens and closes elements; "td", or "td class=\"x\"" with attributes of ours.
  Html& open(std::string_view tag);
  Html& close(std::string_view tag);
  // <tag>text</tag>, with the same meaning of `tag`.
  Html& element(std::string_view tag, std::string_view text);
  Html& foreign_element(std::string_view tag, std::string_view text);
  // HTML of ours.
  Html& raw(std::string_view html);

  // What was written.
  const std::string& get() const { return out_; }
  // The same, and leaves nothing.
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace perdura::verifier
