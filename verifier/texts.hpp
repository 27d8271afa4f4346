// All sentences of the reports, in every language: one table a language, with the same identifiers.
//
// A further language: texts_XX.cpp with its table, declared at the end of this file, and its row in
// texts.cpp. tests/verifier/texts_test.cpp checks that tables agree. Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "verifier/text.hpp"

namespace perdura::verifier {

// The languages of reports.
enum class Language { en, ja };

// "en", "ja": RFC 5646 tags.
std::string_view name(Language language);
std::optional<Language> language_from_name(std::string_view name);
// All of them.
std::span<const Language> languages();

// A row of a table: the words of a sentence, with {name} where a parameter stands.
struct Sentence {
  std::string_view id;
  std::string_view words;
};
// The table of a language.
std::span<const Sentence> sentences(Language language);

// `text` in words of `language`. What the language's table lacks is told in English.
std::string in_words(const Text& text, Language language);

// The same in English.
std::string in_english(const Text& text);

// The tables; in the files of their names.
std::span<const Sentence> english_sentences();
std::span<const Sentence> japanese_sentences();
std::span<const Sentence> english_page_sentences();
std::span<const Sentence> japanese_page_sentences();

}  // namespace perdura::verifier
