#include "verifier/inspection.hpp"

#include <cctype>

#include "verifier/canonical_json.hpp"
#include "verifier/printable.hpp"

namespace perdura::verifier {
namespace {

// "hashFunction" to "hash function".
std::string spoken(std::string_view name) {
  std::string words;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital) words += ' ';
    words += capital ? static_cast<char>(std::tolower(c)) : c;
  }
  return words;
}

}  // namespace

Shown& Shown::add(std::string_view name, Shown value) {
  members_.emplace_back(name, std::move(value));
  return *this;
}

Shown& Shown::add(Shown value) { return add("", std::move(value)); }

std::string Shown::leaf() const {
  if (kind_ == Kind::number) return std::to_string(number_);
  if (kind_ == Kind::boolean) return number_ != 0 ? "yes" : "no";
  return printable(text_);
}

std::string Shown::as_text() const {
  std::string out;
  write_text(out, 0);
  return out;
}

void Shown::write_text(std::string& out, std::size_t depth) const {
  std::size_t position = 0;
  for (const auto& [name, value] : members_) {
    ++position;
    out.append(2 * depth, ' ');
    if (kind_ == Kind::object) {
      out += spoken(name) + ":";
    } else {
      out += value.is_leaf() ? "-" : std::to_string(position) + ".";
    }
    if (value.is_leaf()) {
      out += " " + value.leaf() + "\n";
    } else if (value.members_.empty()) {
      out += " none\n";
    } else {
      out += "\n";
      value.write_text(out, depth + 1);
    }
  }
}

std::string Shown::as_json() const {
  std::string out;
  write_json(out);
  return out;
}

void Shown::write_json(std::string& out) const {
  switch (kind_) {
    case Kind::text:
      append_json_string(out, is_utf8(text_) ? text_ : printable(text_));
      return;
    case Kind::number:
      out += std::to_string(number_);
      return;
    case Kind::boolean:
      out += number_ != 0 ? "true" : "false";
      return;
    case Kind::object:
    case Kind::list:
      break;
  }
  const bool object = kind_ == Kind::object;
  out += object ? '{' : '[';
  for (const auto& [name, value] : members_) {
    if (&value != &members_.front().second) out += ',';
    if (object) {
      append_json_string(out, name);
      out += ':';
    }
    value.write_json(out);
  }
  out += object ? '}' : ']';
}

}  // namespace perdura::verifier
