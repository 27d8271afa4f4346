// The measures that our code keeps, and the rule of the layers. What stands in a list of exceptions
// may stay as it is, but not grow.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source.hpp"

namespace perdura::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t columns_max = 100;
constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 70;

// What may be longer than the measure, up to `lines`, and why.
struct Exception {
  std::string_view where;
  std::size_t lines;
  std::string_view reason;
};

constexpr std::array long_lines = {
    Exception{"archive/package_writer.hpp", 101, "one comment"},
    Exception{"verifier/report_json.hpp", 102, "one line of JSON, as it is written"},
};
constexpr std::array long_files = {
    Exception{"archive/rocks_store.cpp", 560,
              "objects and index share the handles of one database"},
};
constexpr std::array<Exception, 0> long_functions = {};
// A library, by the start of the included name, and the only files that may include it.
struct Confined {
  std::string_view library;
  std::vector<std::string_view> to;  // a file, or the start of a path
};

const std::vector<Confined> confined = {
    {"boost/beast", {"archive/http", "tests/archive/"}},
    {"boost/asio", {"archive/http", "tests/archive/"}},
    {"rocksdb/", {"archive/rocks_", "tests/archive/rocks_store_test", "bench/"}},
    {"dcmtk/", {"archive/recognize_dicom", "tests/"}},
    {"pugixml", {"archive/recognize_cda", "tests/"}},
    {"cxxopts", {"tools/", "tests/corpus"}},
    {"libxml/", {"verifier/xml.cpp", "tools/libxml2_left_out.cpp"}},
    {"unicode/", {"tools/libxml2_left_out.cpp"}},
    {"zlib.h",
     {"verifier/package_zip.cpp", "archive/zip_writer", "archive/recognize_dicom", "tests/"}},
    {"libdeflate.h", {"archive/zip_writer"}},
    {"zstd", {"archive/content", "archive/frame", "archive/dictionary", "bench/"}},
    {"zdict", {"archive/dictionary"}},
    {"benchmark/", {"bench/"}},
    {"gtest/", {"tests/"}},
    {"gmock/", {"tests/"}},
};

bool is_cpp(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".hpp";
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = [] {
    const fs::path root = PERDURA_SOURCE_DIR;
    std::vector<Source> result;
    for (const char* folder : {"verifier", "archive", "tools", "tests", "bench"}) {
      for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (!is_cpp(entry.path())) continue;
        result.push_back(read_source(root, entry.path().lexically_relative(root).string()));
      }
    }
    std::sort(result.begin(), result.end(),
              [](const Source& a, const Source& b) { return a.path < b.path; });
    return result;
  }();
  return all;
}

std::string at(const Source& source, std::size_t line) {
  return source.path + ":" + std::to_string(line);
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

template <typename Exceptions>
std::size_t limit(const Exceptions& exceptions, const std::string& where, std::size_t usual) {
  for (const Exception& exception : exceptions) {
    if (exception.where == where) return exception.lines;
  }
  return usual;
}

bool is_header(const Source& source) { return source.path.ends_with(".hpp"); }

// The name before the first parenthesis of a signature.
std::string name_of(const Function& function) {
  const std::string head = function.signature.substr(0, function.signature.find('('));
  return head.substr(head.find_last_of(" *&") + 1);
}

// Rows of tables stay aligned between "clang-format off" and "on"; a line may end in a literal that
// is better not broken, such as a text that is written out as it stands.
TEST(Tidy, LinesAreAtMost100ColumnsWide) {
  for (const Source& source : sources()) {
    const std::size_t columns = limit(long_lines, source.path, columns_max);
    bool formatted = true;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (source.lines[i].find("// clang-format off") != std::string::npos) formatted = false;
      if (source.lines[i].find("// clang-format on") != std::string::npos) formatted = true;
      if (!formatted || source.literal_line[i]) continue;
      EXPECT_LE(characters(source.lines[i]), columns) << at(source, i + 1);
    }
  }
}

TEST(Tidy, FilesAreAtMost500LinesLong) {
  for (const Source& source : sources()) {
    EXPECT_LE(source.lines.size(), limit(long_files, source.path, file_lines_max)) << source.path;
  }
}

TEST(Tidy, FunctionsAreAtMost70LinesLong) {
  for (const Source& source : sources()) {
    for (const Function& function : functions_of(source)) {
      const std::string where = source.path + " " + name_of(function);
      EXPECT_LE(function.lines(), limit(long_functions, where, function_lines_max))
          << at(source, function.first_line) << " " << function.signature;
    }
  }
}

TEST(Tidy, MostFunctionsAreShort) {
  std::vector<std::size_t> lengths;
  for (const Source& source : sources()) {
    for (const Function& function : functions_of(source)) {
      if (function.lines() >= 4) lengths.push_back(function.lines());
    }
  }
  ASSERT_GT(lengths.size(), 100U);
  std::sort(lengths.begin(), lengths.end());
  const std::size_t median = lengths[lengths.size() / 2];
  const std::size_t ninth = lengths[lengths.size() * 9 / 10];
  RecordProperty("median", static_cast<int>(median));
  RecordProperty("ninth_decile", static_cast<int>(ninth));
  std::cout << lengths.size() << " functions of 4 lines or more: median " << median << ", 90 % "
            << ninth << ", longest " << lengths.back() << "\n";
  EXPECT_LE(median, 14U);
  EXPECT_LE(ninth, 40U);
}

TEST(Tidy, EveryHeaderSaysFirstWhatItIs) {
  for (const Source& source : sources()) {
    if (!is_header(source)) continue;
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_TRUE(source.comment_line[0]) << source.path << ": starts without a comment";
    EXPECT_NE(std::find(source.lines.begin(), source.lines.end(), "#pragma once"),
              source.lines.end())
        << source.path;
  }
}

TEST(Tidy, PublicDeclarationsHaveAComment) {
  std::size_t all = 0;
  std::vector<std::string> uncommented;
  for (const Source& source : sources()) {
    if (!is_header(source) || source.path.starts_with("tests/")) continue;
    for (const Declaration& declaration : declarations_of(source)) {
      ++all;
      if (declaration.commented) continue;
      uncommented.push_back(at(source, declaration.line) + " " + declaration.text);
    }
  }
  EXPECT_GT(all, 100U);
  for (const std::string& declaration : uncommented) ADD_FAILURE() << declaration;
}

TEST(Tidy, ALayerIncludesOnlyItselfAndLowerOnes) {
  const std::map<std::string, std::vector<std::string>> allowed = {
      {"verifier", {"verifier"}},
      {"archive", {"verifier", "archive"}},
      {"tools", {"verifier", "archive", "tools"}},
      {"tests", {"verifier", "archive", "tools", "tests"}},
      {"bench", {"verifier", "archive", "bench", "tests"}},
  };
  for (const Source& source : sources()) {
    const auto& layers = allowed.at(source.path.substr(0, source.path.find('/')));
    for (const Include& include : includes_of(source)) {
      // A bare name is that of a neighbour.
      if (!include.quoted || include.name.find('/') == std::string::npos) continue;
      const std::string layer = include.name.substr(0, include.name.find('/'));
      EXPECT_NE(std::find(layers.begin(), layers.end(), layer), layers.end())
          << at(source, include.line) << " includes " << include.name;
    }
  }
}

TEST(Tidy, TheVerifiersProgramIncludesTheVerifierAlone) {
  for (const Source& source : sources()) {
    if (!source.path.starts_with("tools/perdura_verify") &&
        !source.path.starts_with("tools/verify/")) {
      continue;
    }
    for (const Include& include : includes_of(source)) {
      EXPECT_FALSE(include.name.starts_with("archive/")) << at(source, include.line);
    }
  }
}

TEST(Tidy, LibrariesAreIncludedOnlyWhereTheyAreWrapped) {
  for (const Source& source : sources()) {
    for (const Include& include : includes_of(source)) {
      for (const Confined& rule : confined) {
        if (!include.name.starts_with(rule.library)) continue;
        EXPECT_TRUE(std::any_of(rule.to.begin(), rule.to.end(),
                                [&](std::string_view to) { return source.path.starts_with(to); }))
            << at(source, include.line) << " includes " << include.name;
      }
    }
  }
}

TEST(Tidy, NoFileIsNamedForWhatItIsNot) {
  for (const Source& source : sources()) {
    const std::string stem = fs::path(source.path).stem().string();
    for (const char* word : {"util", "utils", "common", "helper", "helpers", "manager", "base"}) {
      EXPECT_NE(stem, word) << source.path;
      EXPECT_FALSE(stem.ends_with(std::string("_") + word)) << source.path;
    }
  }
}

// The reader of source itself, so that a rule can't pass by seeing nothing.
TEST(TidySource, FindsFunctionsAndTheirLines) {
  Source source;
  source.code =
      "namespace a {\nA::A(int b) : b_{b}, c_(1) {\n  f();\n}\nstruct S {\n  int g() const { "
      "return 1; }\n  int h{3};\n};\nconstexpr int t[] = {1, 2};\n}\n";
  const auto functions = functions_of(source);
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(name_of(functions[0]), "A::A");
  EXPECT_EQ(functions[0].first_line, 2U);
  EXPECT_EQ(functions[0].lines(), 3U);
  EXPECT_EQ(name_of(functions[1]), "g");
  EXPECT_EQ(functions[1].lines(), 1U);
}

}  // namespace
}  // namespace perdura::tidy
