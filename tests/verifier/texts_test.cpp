// The tables of sentences: that languages agree, and that the code says what they hold.
#include "verifier/texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "verifier/bytes.hpp"

namespace perdura::verifier {
namespace {

namespace fs = std::filesystem;
using Names = std::multiset<std::string>;

// The names between braces.
Names places(std::string_view words) {
  static const std::regex place("\\{([a-z_]+)\\}");
  const std::string text(words);
  Names names;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), place);
       at != std::sregex_iterator(); ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

std::map<std::string, std::string> table_of(Language language) {
  std::map<std::string, std::string> table;
  for (const Sentence& row : sentences(language)) {
    EXPECT_TRUE(table.emplace(row.id, row.words).second) << row.id << " stands there twice";
  }
  return table;
}

struct SourceFile {
  std::string path;
  std::string text;
};

// The code that says things: the verifier's, and that of its program.
std::vector<SourceFile> speaking_sources() {
  std::vector<SourceFile> files;
  for (const char* folder : {"verifier", "tools/verify"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(PERDURA_SOURCE_DIR) / folder)) {
      const std::string name = entry.path().filename().string();
      if (entry.path().extension() != ".cpp" || name.starts_with("texts")) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      files.push_back({std::string(folder) + "/" + name, text.str()});
    }
  }
  return files;
}

// What stands between the bracket at `open` and the one that closes it.
std::string in_brackets(const std::string& text, std::size_t open) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '"' && text[i - 1] != '\\' && text[i - 1] != '\'') quoted = !quoted;
    if (quoted) continue;
    depth += text[i] == '(' ? 1 : 0;
    depth -= text[i] == ')' ? 1 : 0;
    if (depth == 0) return text.substr(open + 1, i - open - 1);
  }
  return "";
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
       at != std::sregex_iterator(); ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

// A call of say(): the sentences that it may say, and the values that it gives.
struct Saying {
  std::string where;
  std::vector<std::string> ids;
  Names values;
};

// Sayings within the values of another are found by themselves; their values are not the outer's.
std::vector<Saying> sayings() {
  static const std::regex id("\"([a-z]+\\.[a-z0-9-]+)\"");
  static const std::regex value("\\{\\s*\"([a-z_]+)\"\\s*,");
  std::vector<Saying> found;
  for (const SourceFile& file : speaking_sources()) {
    for (std::size_t at = file.text.find("say("); at != std::string::npos;
         at = file.text.find("say(", at + 1)) {
      std::string inside = in_brackets(file.text, at + 3);
      for (std::size_t inner = inside.find("say("); inner != std::string::npos;
           inner = inside.find("say(", inner)) {
        inside.erase(inner, in_brackets(inside, inner + 3).size() + 5);
      }
      const std::string first = inside.substr(0, inside.find('{'));
      Saying saying{file.path + ": say(" + first, matches(first, id), {}};
      for (const std::string& name : matches(inside, value)) saying.values.insert(name);
      found.push_back(std::move(saying));
    }
  }
  return found;
}

TEST(Texts, EveryLanguageHasEverySentenceWithTheSamePlaces) {
  const auto english = table_of(Language::en);
  ASSERT_GT(english.size(), 150U);
  for (const Language language : languages()) {
    const auto table = table_of(language);
    for (const auto& [id, words] : english) {
      const auto at = table.find(id);
      if (at == table.end()) {
        ADD_FAILURE() << name(language) << " lacks " << id;
        continue;
      }
      EXPECT_EQ(places(at->second), places(words)) << name(language) << ": " << id;
      EXPECT_TRUE(is_utf8(at->second)) << id;
      EXPECT_FALSE(at->second.empty()) << id;
    }
    for (const auto& row : table) {
      EXPECT_TRUE(english.contains(row.first)) << name(language) << " alone has " << row.first;
    }
  }
}

TEST(Texts, TheCodeSaysOnlyWhatTheTablesHoldAndGivesAllItsValues) {
  const auto english = table_of(Language::en);
  std::size_t checked = 0;
  for (const Saying& saying : sayings()) {
    for (const std::string& id : saying.ids) {
      const auto at = english.find(id);
      if (at == english.end()) {
        ADD_FAILURE() << saying.where << ": no table has " << id;
        continue;
      }
      ++checked;
      EXPECT_EQ(places(at->second), saying.values) << saying.where;
    }
  }
  EXPECT_GT(checked, 120U);
}

TEST(Texts, NoTableHoldsASentenceThatNobodySays) {
  static const std::regex id("\"([a-z]+\\.[a-z0-9-]+)\"");
  std::set<std::string> said;
  for (const SourceFile& file : speaking_sources()) {
    for (const std::string& one : matches(file.text, id)) said.insert(one);
  }
  for (const Sentence& row : sentences(Language::en)) {
    EXPECT_TRUE(said.contains(std::string(row.id))) << row.id;
  }
}

// The English that code says otherwise than by say(): of its literals, the pieces of two words or
// more.
std::set<std::string> plain_words(const std::string& file) {
  static const std::regex comment("//[^\n]*|check\\([^;]*;|throw [^;]*;|R\"[^;]*;");
  static const std::regex literal("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
  static const std::regex escape("\\\\(.)");
  static const std::regex piece(
      "(?:^|[,:)] )((?:[^,:)]|[,:)][^ ])*[a-z]{2,} [a-z]{2,}(?:[^,:]|[,:][^ ])*)");
  std::set<std::string> found;
  for (const std::string& one : matches(std::regex_replace(file, comment, ""), literal)) {
    for (std::string words : matches(std::regex_replace(one, escape, "$1"), piece)) {
      words.erase(words.find_last_not_of(' ') + 1);
      words.erase(0, words.find_first_not_of("), "));
      found.insert(words);
    }
  }
  return found;
}

// Errors that no report holds: of what was given to the program, before anything is judged.
bool speaks_of_what_was_given(const std::string& path) {
  static const std::set<std::string> files = {
      "assumptions.cpp", "policy.cpp", "policy_asn1.cpp", "policy_reader.cpp",
      "policy_xml.cpp",  "spool.cpp",  "html.cpp",        "trust_anchors.cpp"};
  const std::string name = fs::path(path).filename().string();
  return !path.starts_with("verifier/") || files.contains(name) || name.starts_with("page_") ||
         name.starts_with("proof_picture") || name.starts_with("inspect") ||
         name.starts_with("package_zip_directory") || name.starts_with("report_html") ||
         name.starts_with("details");
}

// Hints, and errors of keys that somebody makes: no report holds them.
const std::set<std::string> told_to_callers = {"a newer version of this program may know it",
                                               "sort it by its second column",
                                               "in octet order (LC_ALL=C sort -k2)",
                                               "key name",
                                               "not fit as the name of a key",
                                               "the seed of an Ed25519 key has 32 octets",
                                               "use printable ASCII without spaces and '+'",
                                               "such as archive.example.org",
                                               "use a build with PERDURA_XML=ON",
                                               "write the document as UTF-8",
                                               "give the folder that holds bagit.txt",
                                               "or the zip as it was exported",
                                               "it looks like archive.example.org+1a2b3c4d+base64",
                                               "use a newer perdura-verify"};

TEST(Texts, EveryLanguageHasTheDetailsAndErrorsThatReportsHold) {
  static const std::regex number("[0-9]+");
  for (const Language language : languages()) {
    if (language == Language::en) continue;
    for (const SourceFile& file : speaking_sources()) {
      if (speaks_of_what_was_given(file.path)) continue;
      for (const std::string& one : plain_words(file.text)) {
        const std::string numbered = std::regex_replace(one, number, "#");
        const auto has = [&](const Detail& row) {
          return row.english.find(one) != row.english.npos ||
                 row.english.find(numbered) != row.english.npos;
        };
        EXPECT_TRUE(told_to_callers.contains(one) || std::ranges::any_of(details(language), has))
            << file.path << " says \"" << one << "\", which " << name(language) << " lacks";
      }
    }
  }
}

TEST(Texts, DetailsAreToldAsAWholeOrPieceByPiece) {
  const auto ja = [](const char* english) { return detail_in_words(english, Language::ja); };
  EXPECT_EQ(ja("more than 48 elements"), "要素が 48 個を超えています");
  EXPECT_EQ(ja("a.ers: offset 312: length is not minimal"),
            "a.ers：オフセット 312：長さが最短の形で書かれていません");
  EXPECT_EQ(ja("CN=A, B: judged as of T; revocation list in the time-stamp: issued U, next due V"),
            "CN=A, B：判定の基準時は T；タイムスタンプの中の失効リスト：発行は U、次回は V");
  EXPECT_EQ(ja("RSA, 2048 bits, sha256"), "RSA、2048 ビット、sha256");
  EXPECT_EQ(ja("a, b: c; d"), "a, b: c; d");
  EXPECT_EQ(ja(""), "");
  EXPECT_EQ(detail_in_words("more than 48 elements", Language::en), "more than 48 elements");
}

TEST(Texts, DetailsOfAnyLengthAreToldInTime) {
  for (const char* piece : {": is empty", ", 5 files", "; x: malformed", " and ", "# bits"}) {
    std::string words;
    while (words.size() + std::strlen(piece) <= 1000) words += piece;
    EXPECT_FALSE(detail_in_words(words, Language::ja).empty());
    std::string longer = words + std::string(1u << 20, 'x');
    EXPECT_EQ(detail_in_words(longer, Language::ja), longer);
  }
}

TEST(Texts, PutValuesAndSentencesInTheirPlaces) {
  const Text text =
      say("record.document-altered",
          {{"document", say("label.document", {{"position", "2"}, {"name", "{x}"}})}});
  EXPECT_EQ(in_words(text, Language::en),
            "Document 2 ('{x}') was altered: it is not what the statement describes.");
  EXPECT_EQ(in_words(text, Language::ja),
            "文書 2（「{x}」）は改変されています。記録票に記載されたものと一致しません。");
}

TEST(Texts, PlainWordsAreToldAsTheyAreInEveryLanguage) {
  for (const Language language : languages()) {
    EXPECT_EQ(in_words(Text("Something {new} was found."), language), "Something {new} was found.");
    EXPECT_EQ(in_words(Text(), language), "");
  }
}

TEST(Texts, WhatNoTableHoldsIsToldByItsIdentifier) {
  EXPECT_EQ(in_words(say("no.such-sentence"), Language::ja), "no.such-sentence");
  EXPECT_EQ(in_words(say("record.document-missing"), Language::en), "{document} is missing.");
}

}  // namespace
}  // namespace perdura::verifier
