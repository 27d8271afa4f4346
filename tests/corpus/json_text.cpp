#include "tests/corpus/json_text.hpp"

namespace perdura::corpus {

void JsonText::open(std::string_view name, char bracket) {
  begin_value(name);
  text_ += bracket;
  closers_ += bracket == '{' ? '}' : ']';
  first_ = true;
}

void JsonText::close() {
  const char closer = closers_.back();
  closers_.pop_back();
  if (!first_) new_line();
  text_ += closer;
  first_ = false;
}

void JsonText::text(std::string_view name, std::string_view value) {
  begin_value(name);
  quoted(value);
}

void JsonText::raw(std::string_view name, std::string_view value) {
  begin_value(name);
  text_ += value;
}

void JsonText::begin_value(std::string_view name) {
  if (!closers_.empty()) {
    if (!first_) text_ += ',';
    new_line();
  }
  first_ = false;
  if (name.empty()) return;
  quoted(name);
  text_ += indent_ > 0 ? ": " : ":";
}

void JsonText::new_line() {
  if (indent_ == 0) return;
  text_ += '\n';
  text_.append(indent_ * closers_.size(), ' ');
}

void JsonText::quoted(std::string_view value) {
  text_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;  // values of ours hold no control characters
  }
  text_ += '"';
}

}  // namespace perdura::corpus
