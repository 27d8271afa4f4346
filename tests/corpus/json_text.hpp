// Writes JSON member by member, on one line or indented as servers do.
//
// Thread safety: one JsonText is used by one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perdura::corpus {

class JsonText {
 public:
  // `indent` blanks a level; 0 writes all on one line.
  explicit JsonText(std::size_t indent) : indent_(indent) {}

  // Opens an object or array as the value of member `name`, or as an element when `name` is "".
  void object(std::string_view name = "") { open(name, '{'); }
  void array(std::string_view name = "") { open(name, '['); }
  // Closes what was opened last.
  void close();
  // A string, or with raw() a number, true or false.
  void text(std::string_view name, std::string_view value);
  void raw(std::string_view name, std::string_view value);

  std::size_t size() const { return text_.size(); }
  // What was written; nothing may be open.
  std::string take() { return std::move(text_); }

 private:
  void open(std::string_view name, char bracket);
  void begin_value(std::string_view name);
  void new_line();
  void quoted(std::string_view value);

  std::size_t indent_;
  std::string text_;
  std::string closers_;  // of what is open
  bool first_ = true;    // in what was opened last
};

}  // namespace perdura::corpus
