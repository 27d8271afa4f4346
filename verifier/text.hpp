// What is told to people, before it is put into a language: which sentence, and its values.
//
// A new sentence: an identifier here and there, `say("token.signature-right")`, and its words in
// texts_en.cpp and in the table of each other language. Plain words, which convert to a Text, are
// told as they are, in English, by whatever language the reader asked for.
// Thread safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perdura::verifier {

struct Parameter;

// A sentence to be told.
struct Text {
  Text();
  Text(std::string plain);  // NOLINT: meant to convert
  Text(const char* plain);  // NOLINT: meant to convert
  // See say().
  Text(std::string_view sentence, std::vector<Parameter> values);
  bool empty() const { return id.empty() && words.empty(); }

  std::string_view id;                // of the sentence, never changed once released; a literal
  std::string words;                  // plain words, when there is no id
  std::vector<Parameter> parameters;  // what stands in the sentence's {places}
};

// A value with its name. A value may be a sentence itself: "Document 1 ('scan.pdf')".
struct Parameter {
  std::string_view name;  // a literal
  Text value;
};

// Only here is Parameter known.
inline Text::Text() = default;
inline Text::Text(std::string plain) : words(std::move(plain)) {}
inline Text::Text(const char* plain) : words(plain) {}
inline Text::Text(std::string_view sentence, std::vector<Parameter> values)
    : id(sentence), parameters(std::move(values)) {}

// The sentence `id`, a literal, with its values.
inline Text say(std::string_view id, std::vector<Parameter> values) {
  return {id, std::move(values)};
}
// The same without values.
inline Text say(std::string_view id) { return {id, {}}; }

}  // namespace perdura::verifier
