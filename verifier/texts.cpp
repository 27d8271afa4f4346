#include "verifier/texts.hpp"

#include <array>
#include <unordered_map>
#include <vector>

namespace perdura::verifier {
namespace {

constexpr std::array<Language, 2> all_languages = {Language::en, Language::ja};

using Table = std::unordered_map<std::string_view, std::string_view>;

// All words of a language.
struct Words {
  std::string_view tag;
  std::vector<Sentence> sentences;
  Table by_id;
  std::span<const Detail> details;

  Words(std::string_view name, std::span<const Sentence> report, std::span<const Sentence> page,
        std::span<const Detail> said_in_detail)
      : tag(name), sentences(report.begin(), report.end()), details(said_in_detail) {
    sentences.insert(sentences.end(), page.begin(), page.end());
    for (const Sentence& row : sentences) by_id.emplace(row.id, row.words);
  }
};

const Words& words_in(Language language) {
  static const Words english("en", english_sentences(), english_page_sentences(), {});
  static const Words japanese("ja", japanese_sentences(), japanese_page_sentences(),
                              japanese_details());
  return language == Language::ja ? japanese : english;
}

// The words of a sentence; those of English, or the identifier, when there are none.
std::string_view words_of(std::string_view id, Language language) {
  const Table& own = words_in(language).by_id;
  if (const auto at = own.find(id); at != own.end()) return at->second;
  const Table& english = words_in(Language::en).by_id;
  const auto at = english.find(id);
  return at != english.end() ? at->second : id;
}

void append(std::string& out, const Text& text, Language language);

// `name` as it stands between braces; an unknown one stays as it is.
void append_value(std::string& out, std::string_view name, const Text& text, Language language) {
  for (const Parameter& parameter : text.parameters) {
    if (parameter.name != name) continue;
    append(out, parameter.value, language);
    return;
  }
  out.append("{").append(name).append("}");
}

void append(std::string& out, const Text& text, Language language) {
  if (text.id.empty()) {
    out += text.words;
    return;
  }
  std::string_view words = words_of(text.id, language);
  while (!words.empty()) {
    const std::size_t open = words.find('{');
    const std::size_t close = words.find('}', open == words.npos ? words.size() : open);
    if (close == words.npos) break;
    out += words.substr(0, open);
    append_value(out, words.substr(open + 1, close - open - 1), text, language);
    words.remove_prefix(close + 1);
  }
  out += words;
}

}  // namespace

std::string_view name(Language language) { return words_in(language).tag; }

std::optional<Language> language_from_name(std::string_view text) {
  for (const Language language : all_languages) {
    if (name(language) == text) return language;
  }
  return std::nullopt;
}

std::span<const Language> languages() { return all_languages; }

std::span<const Sentence> sentences(Language language) { return words_in(language).sentences; }

std::span<const Detail> details(Language language) { return words_in(language).details; }

std::string in_english(const Text& text) { return in_words(text, Language::en); }

std::string in_words(const Text& text, Language language) {
  if (text.id.empty()) return text.words;
  std::string out;
  append(out, text, language);
  return out;
}

}  // namespace perdura::verifier
