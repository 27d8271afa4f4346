// All words of the reports, in every language.
//
// A further language: its tables (texts_XX.cpp, page_texts_XX.cpp, details_XX.cpp), declared at the
// end of this file, and its row in texts.cpp. tests/verifier/texts_test.cpp checks that nothing is
// missing. Thread safety: pure functions.
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

// A row of a table of details: English as the code writes it, where {} stands for any value, # for
// a number, @ for a value without spaces; and the same in another language, with {1}, {2} ... for
// these values in turn.
struct Detail {
  std::string_view english;
  std::string_view words;
};
// The table of a language; that of English is empty.
std::span<const Detail> details(Language language);

// A finding's detail, or the words of an error, in `language`: as a whole, or piece by piece (parts
// after ": ", "; " and ", "). Pieces that the language's table lacks stay as they are, as names do.
std::string detail_in_words(const Text& detail, Language language);

// `text` in words of `language`. What the language's table lacks is told in English.
std::string in_words(const Text& text, Language language);

// The same in English.
std::string in_english(const Text& text);

// The tables; in the files of their names.
std::span<const Sentence> english_sentences();
std::span<const Sentence> japanese_sentences();
std::span<const Sentence> english_page_sentences();
std::span<const Sentence> japanese_page_sentences();
std::span<const Detail> japanese_details();

}  // namespace perdura::verifier
