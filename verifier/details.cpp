// Details in other languages (declared in texts.hpp).
#include <algorithm>
#include <optional>
#include <vector>

#include "verifier/texts.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t detail_size_max = 1000;  // longer ones stay as they are: time is bounded

using Values = std::vector<std::string_view>;

// Whether `value` may stand where `kind` stands: '{' for {}.
bool fits(std::string_view value, char kind) {
  if (value.empty()) return false;
  if (kind == '@') return value.find(' ') == value.npos;
  if (kind != '#') return true;
  return value.find_first_not_of("0123456789,") == value.npos;
}

// The values in `english` when it is written as `pattern` says. The first way that fits is taken.
std::optional<Values> match(std::string_view pattern, std::string_view english) {
  const std::size_t place = pattern.find_first_of("{#@");
  const std::string_view start = pattern.substr(0, place);
  if (!english.starts_with(start)) return std::nullopt;
  english.remove_prefix(start.size());
  if (place == pattern.npos) return english.empty() ? std::optional(Values()) : std::nullopt;
  const char kind = pattern[place];
  const std::string_view rest = pattern.substr(place + (kind == '{' ? 2 : 1));
  const std::string_view next = rest.substr(0, rest.find_first_of("{#@"));
  std::size_t end = rest.empty() ? english.size() : english.find(next, 1);
  for (; end != english.npos && end <= english.size(); end = english.find(next, end + 1)) {
    const std::string_view value = english.substr(0, end);
    if (fits(value, kind)) {
      if (auto values = match(rest, english.substr(end))) {
        values->insert(values->begin(), value);
        return values;
      }
    }
    if (rest.empty()) break;
  }
  return std::nullopt;
}

class Translator {
 public:
  explicit Translator(Language language) : rows_(details(language)) {}

  std::string whole_or_pieces(std::string_view english) const {
    if (const auto whole = row_of(english)) return *whole;
    if (const auto parts = pieces(english, "; ", "；")) return *parts;
    if (const auto said = after_a_place(english)) return *said;
    return pieces(english, ", ", "、").value_or(std::string(english));
  }

 private:
  std::optional<std::string> row_of(std::string_view english) const {
    for (const Detail& row : rows_) {
      if (const auto values = match(row.english, english)) return filled(row.words, *values);
    }
    return std::nullopt;
  }

  std::string filled(std::string_view words, const Values& values) const {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] != '{') {
        out += words[i];
        continue;
      }
      out += whole_or_pieces(values.at(static_cast<std::size_t>(words.at(i + 1) - '1')));
      i += 2;
    }
    return out;
  }

  // "where: what", of which the latter is known.
  std::optional<std::string> after_a_place(std::string_view english) const {
    for (std::size_t at = english.find(": "); at != english.npos; at = english.find(": ", at + 1)) {
      if (const auto what = row_of(english.substr(at + 2))) {
        return whole_or_pieces(english.substr(0, at)) + "：" + *what;
      }
    }
    return std::nullopt;
  }

  // Nothing when none of them is known.
  std::optional<std::string> pieces(std::string_view english, std::string_view between,
                                    std::string_view joined_by) const {
    if (english.find(between) == english.npos) return std::nullopt;
    std::string out;
    bool known = false;
    for (;;) {
      const std::size_t end = english.find(between);
      const std::string_view piece = english.substr(0, end);
      const std::string said = whole_or_pieces(piece);
      known |= said != piece;
      out += said;
      if (end == english.npos) break;
      out += joined_by;
      english.remove_prefix(end + between.size());
    }
    return known ? std::optional(out) : std::nullopt;
  }

  std::span<const Detail> rows_;
};

}  // namespace

std::string detail_in_words(const Text& detail, Language language) {
  if (!detail.id.empty()) return in_words(detail, language);
  if (details(language).empty() || detail.words.size() > detail_size_max) return detail.words;
  return Translator(language).whole_or_pieces(detail.words);
}

}  // namespace perdura::verifier
