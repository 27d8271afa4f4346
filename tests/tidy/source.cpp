#include "tests/tidy/source.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace perdura::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Blanks [from, to) of `code`, line ends excepted.
void blank(std::string& code, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, code.size()); ++i) {
    if (code[i] != '\n') code[i] = ' ';
  }
}

// The offset after the literal that starts with the quote at `at`.
std::size_t literal_end(const std::string& text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

// The offset after the raw literal whose quote is at `at`.
std::size_t raw_literal_end(const std::string& text, std::size_t at) {
  const std::size_t open = text.find('(', at);
  if (open == std::string::npos) return text.size();
  const std::string close = ")" + text.substr(at + 1, open - at - 1) + "\"";
  const std::size_t found = text.find(close, open);
  return found == std::string::npos ? text.size() : found + close.size();
}

// The offset after a directive, with its continued lines.
std::size_t directive_end(const std::string& text, std::size_t at) {
  std::size_t end = text.find('\n', at);
  while (end != std::string::npos && text[end - 1] == '\\') end = text.find('\n', end + 1);
  return std::min(end, text.size());
}

// The offset after the comment, literal or directive that starts at `at`; `at` when none does.
std::size_t not_code_end(const std::string& text, std::size_t at) {
  if (text.compare(at, 2, "//") == 0) return std::min(text.find('\n', at), text.size());
  if (text.compare(at, 2, "/*") == 0) return std::min(text.find("*/", at + 2) + 2, text.size());
  const char before = at == 0 ? '\n' : text[at - 1];
  if (text[at] == '"') {
    return before == 'R' ? raw_literal_end(text, at) : literal_end(text, at);
  }
  if (text[at] == '\'' && !is_word(before)) return literal_end(text, at);  // else 1'000
  if (text[at] == '#' && before == '\n') return directive_end(text, at);
  return at;
}

std::string without_comments(const std::string& text) {
  std::string code = text;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = not_code_end(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    blank(code, at, end);
    at = end;
  }
  return code;
}

// Where the code of a line ends that is otherwise a literal: what follows one is `");` at most.
constexpr std::size_t columns_of_code = 80;

std::size_t characters_of_code(const std::string& line) {
  return line.find_last_not_of(" ,;)") + 1;
}

enum class Scope { space, type, function, other };

// A statement's head: what stands before its `{` or `;`, in one line.
std::string squeezed(const std::string& text) {
  static const std::regex spaces("\\s+");
  std::string result = std::regex_replace(text, spaces, " ");
  while (!result.empty() && result.front() == ' ') result.erase(result.begin());
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

bool matches(const std::string& text, const char* pattern) {
  return std::regex_search(text, std::regex(pattern));
}

// Whether the brace after `head` opens a member's initialiser in a constructor's list.
bool initialises_member(const std::string& head) {
  if (head.empty() || !(is_word(head.back()) || head.back() == '>')) return false;
  return matches(head, "\\)( noexcept)? : ");
}

Scope scope_of(const std::string& head, Scope outer) {
  if (outer == Scope::function || outer == Scope::other) return Scope::other;
  if (matches(head, "^(inline )?namespace\\b") || head == "extern") return Scope::space;
  if (matches(head, "\\benum\\b")) return Scope::other;
  if (matches(head, "^(template ?<.*> ?)?(class|struct|union)\\b") && !matches(head, "\\)$")) {
    return Scope::type;
  }
  if (initialises_member(head)) return Scope::other;
  if (head.find('(') != std::string::npos && !matches(head, "= ?$")) return Scope::function;
  return Scope::other;
}

// Walks the braces of `source` and tells `visit(head, line, scope, outer)` of each statement that
// ends in `;` (scope: other) or opens a brace, and `close(scope, line)` of each that closes.
template <typename Visit, typename Close>
void walk(const Source& source, const Visit& visit, const Close& close) {
  std::vector<Scope> scopes = {Scope::space};
  std::size_t start = 0;
  std::size_t line = 1;
  std::size_t head_line = 1;
  int parentheses = 0;
  bool keep_head = false;  // a brace inside a statement: what follows still belongs to it
  for (std::size_t at = 0; at < source.code.size(); ++at) {
    const char c = source.code[at];
    if (c == '\n') ++line;
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    const bool blank_so_far = start == at && !keep_head;
    if (blank_so_far && std::isspace(static_cast<unsigned char>(c)) != 0) {
      start = at + 1;
      head_line = line;
      continue;
    }
    const std::string head =
        c == '{' || c == ';' ? squeezed(source.code.substr(start, at - start)) : std::string();
    if (c == '{') {
      const Scope scope = parentheses > 0 ? Scope::other : scope_of(head, scopes.back());
      visit(head, head_line, scope, scopes.back(), false);
      keep_head = scope == Scope::other && initialises_member(head);
      scopes.push_back(scope);
    } else if (c == '}' && scopes.size() > 1) {
      close(scopes.back(), line);
      scopes.pop_back();
    } else if (c == ';' && parentheses == 0) {
      visit(head, head_line, Scope::other, scopes.back(), true);
      keep_head = false;
    }
    const bool ends = c == '{' || c == '}' || (c == ';' && parentheses == 0);
    if (ends && !keep_head) {
      start = at + 1;
      head_line = line;
    }
  }
}

bool has_comment(const Source& source, std::size_t line) {
  if (source.lines[line - 1].find("//") != std::string::npos) return true;
  // Up through the run of lines that it belongs to, to a comment or to an empty line.
  for (std::size_t above = line - 1; above > 0; --above) {
    if (source.comment_line[above - 1]) return true;
    const std::string text = squeezed(source.lines[above - 1]);
    if (text.empty() || text == "public:" || text.back() == '{') return false;
  }
  return false;
}

bool needs_comment(const std::string& head, Scope scope) {
  if (scope == Scope::type) return true;
  if (matches(head, "\\benum (class )?\\w+$")) return true;
  if (head.find('(') == std::string::npos || matches(head, "^(friend|using|typedef|return)\\b")) {
    return false;
  }
  // Constructors, destructors, defaulted and deleted members, operators.
  if (matches(head, "~|= (default|delete)$|\\boperator\\b|^(explicit )?\\w+\\(")) return false;
  // What a seam's own header comments, and what only tells a member.
  if (matches(head, "\\boverride$|\\b\\w+\\(\\) const( noexcept)?$")) return false;
  return scope == Scope::function || matches(head, "\\)( const| noexcept| override| = 0)*$");
}

}  // namespace

Source read_source(const std::filesystem::path& root, const std::string& path) {
  std::ifstream in(root / path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  Source source{path, {}, without_comments(text), {}, {}};
  std::istringstream stream(text);
  std::istringstream code(source.code);
  std::string code_of_line;
  for (std::string line; std::getline(stream, line) && std::getline(code, code_of_line);) {
    const bool comment = squeezed(line).starts_with("//");
    source.comment_line.push_back(comment);
    source.literal_line.push_back(!comment && characters_of_code(code_of_line) < columns_of_code);
    source.lines.push_back(line);
  }
  return source;
}

std::vector<Include> includes_of(const Source& source) {
  static const std::regex pattern("^#include ([<\"])([^>\"]+)[>\"]");
  std::vector<Include> result;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(source.lines[i], match, pattern)) {
      result.push_back({match[2], match[1] == "\"", i + 1});
    }
  }
  return result;
}

std::vector<Function> functions_of(const Source& source) {
  std::vector<Function> result;
  walk(
      source,
      [&](const std::string& head, std::size_t line, Scope scope, Scope, bool) {
        if (scope == Scope::function) result.push_back({head, line, 0});
      },
      [&](Scope scope, std::size_t line) {
        if (scope == Scope::function) result.back().last_line = line;
      });
  return result;
}

std::vector<Declaration> declarations_of(const Source& source) {
  std::vector<Declaration> result;
  std::vector<bool> is_public = {true};
  const auto visit = [&](const std::string& raw, std::size_t line, Scope scope, Scope outer,
                         bool ends) {
    std::string head = raw;
    std::smatch label;
    static const std::regex access("^(public|protected|private) ?: ?");
    while (std::regex_search(head, label, access)) {
      is_public.back() = label[1] == "public";
      line += label[1] == "public" || label[1] == "private" ? 1 : 0;
      head = label.suffix();
    }
    const bool declares = outer == Scope::space || outer == Scope::type;
    const bool forward = ends && matches(head, "^(class|struct|enum|union)\\b");
    if (declares && is_public.back() && !forward && needs_comment(head, scope)) {
      // The comment at the head of the file is that of its first declaration too.
      result.push_back({head, line, result.empty() || has_comment(source, line)});
    }
    if (!ends) {
      const bool opens_class = scope == Scope::type && matches(head, "\\bclass\\b");
      is_public.push_back(scope == Scope::type ? !opens_class : is_public.back());
    }
  };
  walk(source, visit, [&](Scope, std::size_t) { is_public.pop_back(); });
  return result;
}

}  // namespace perdura::tidy
