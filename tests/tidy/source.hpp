// C++ source as the tidy tests see it: lines, code without comments and literals, and functions.
//
// A reader of our own code style, not of C++: it follows braces, and knows a function by its
// parentheses. What it takes for a function that is none shows up as a wrong name in a failure.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace perdura::tidy {

// A function with a body; lines count from 1 and include signature and closing brace.
struct Function {
  std::string signature;
  std::size_t first_line = 0;
  std::size_t last_line = 0;
  std::size_t lines() const { return last_line - first_line + 1; }
};

// A declaration at namespace scope or in a public part of a type, in a header.
struct Declaration {
  std::string text;
  std::size_t line = 0;
  // Directly above, on its line, above a run of lines that it belongs to, or at the head of the
  // file for the first.
  bool commented = false;
};

struct Source {
  std::string path;                // from the repository root: "verifier/der.hpp"
  std::vector<std::string> lines;  // as written
  std::string code;                // comments, literals and directives blanked; same offsets
  std::vector<bool> comment_line;  // nothing but a comment stands on this line
  std::vector<bool> literal_line;  // stands in a literal or ends in one
};

// What one #include line names.
struct Include {
  std::string name;
  bool quoted = false;
  std::size_t line = 0;
};

// Reads `root / path`.
Source read_source(const std::filesystem::path& root, const std::string& path);

std::vector<Include> includes_of(const Source& source);
std::vector<Function> functions_of(const Source& source);
// Types and functions only: variables, aliases and forward declarations need no comment of their
// own.
std::vector<Declaration> declarations_of(const Source& source);

}  // namespace perdura::tidy
