#include "ingest/html/code_block.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/html/dropped.hpp"
#include "ingest/html/elements.hpp"
#include "ingest/html/inline_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::ingest::html_tree {
namespace {

void end_line(std::string& lines) {
  if (!lines.empty() && lines.back() != '\n')
    lines += '\n';
}

/// Appends the lines in a node as they are.
void collect(const GumboNode& node, const page_survey& page, std::string& to) {
  switch (node.type) {
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_WHITESPACE:
      append_verbatim(to, node.v.text.text);
      return;
    case GUMBO_NODE_ELEMENT:
      break;
    default:
      return;
  }
  const auto& element = node.v.element;
  if (element.tag == GUMBO_TAG_BR) {
    to += '\n';
    return;
  }
  // mdBook hides the lines of an example that only make it complete.
  if (page.left_out.contains(&node) || is_line_number(element) || has_class(element, "boring"))
    return;
  const bool block = is_block(element.tag) && element.tag != GUMBO_TAG_TD;
  if (block)
    end_line(to);
  for (unsigned i = 0; i < element.children.length; ++i)
    collect(child_at(element.children, i), page, to);
  if (block)
    end_line(to);
}

std::string trimmed_lines(std::string lines) {
  const auto last = lines.find_last_not_of(" \t\n");
  lines.resize(last == std::string::npos ? 0 : last + 1);
  const auto first = lines.find_first_not_of(" \t\n");
  if (first != std::string::npos && first > 0) {
    // The first line keeps its indentation.
    const auto line = lines.rfind('\n', first);
    lines.erase(0, line == std::string::npos ? 0 : line + 1);
  }
  return lines;
}

std::string language_word(std::string_view word) {
  const bool plain =
      !word.empty() && word.size() <= 24 && std::all_of(word.begin(), word.end(), [](char c) {
        return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || is_digit(c) || c == '+' ||
               c == '#' || c == '-' || c == '_' || c == '.';
      });
  if (!plain)
    return {};
  std::string lower;
  for (const char c : word)
    lower += ascii_lower(c);
  constexpr auto none = std::to_array<std::string_view>(
      {"none", "text", "plain", "plaintext", "txt", "default", "nohighlight", "no-highlight",
       "highlight", "unknown", "auto", "undefined"});
  if (lower == "python3" || lower == "py3")
    return "python";
  return std::find(none.begin(), none.end(), lower) != none.end() ? std::string{} : lower;
}

/// Languages that are taken for one where the class is the name alone.
constexpr auto known_languages = std::to_array<std::string_view>({
    "ada",    "asm",     "awk",        "bash",       "c",      "clojure",  "cmake",      "cpp",
    "c++",    "csharp",  "css",        "d",          "dart",   "diff",     "dockerfile", "elixir",
    "erlang", "fortran", "fsharp",     "go",         "golang", "graphql",  "groovy",     "haskell",
    "html",   "ini",     "java",       "javascript", "js",     "json",     "julia",      "kotlin",
    "latex",  "lisp",    "lua",        "makefile",   "matlab", "nix",      "objectivec", "ocaml",
    "pascal", "perl",    "php",        "powershell", "prolog", "protobuf", "python",     "r",
    "ruby",   "rust",    "scala",      "scheme",     "sh",     "shell",    "sql",        "swift",
    "toml",   "ts",      "typescript", "vb",         "xml",    "yaml",     "zig",
});

std::string language_of_word(std::string_view word, bool bare_names) {
  constexpr auto starts =
      std::to_array<std::string_view>({"language-", "lang-", "highlight-source-", "highlight-text-",
                                       "mw-highlight-lang-", "brush:", "src-", "highlight-"});
  for (const auto start : starts)
    if (word.starts_with(start))
      return language_word(word.substr(start.size()));
  if (bare_names &&
      std::find(known_languages.begin(), known_languages.end(), word) != known_languages.end())
    return std::string{word};
  return {};
}

std::string language_of(const GumboElement& element, bool bare_names) {
  for (const char* name : {"data-lang", "data-language"})
    if (auto found = language_word(attribute(element, name)); !found.empty())
      return found;
  std::string language;
  bool brush = false;
  bool bare = bare_names;
  any_class(element, [&](std::string_view word) {
    bare = bare || word == "highlight" || word == "sourceCode" || word == "hljs" || word == "src";
    if (std::exchange(brush, word == "brush:"))
      word = word.substr(0, word.find(';')), language = language_word(word);
    else
      language = language_of_word(word.substr(0, word.find(';')), bare);
    return !language.empty();
  });
  return language;
}

bool is_gutter_table(const GumboElement& table) {
  return any_class(table, [](std::string_view word) {
    return word == "highlighttable" || word == "lntable" || word == "rouge-table" ||
           word == "codehilitetable" || word == "hljs-ln" || word == "syntaxhighlighter" ||
           word == "js-file-line-container";
  });
}

const GumboNode* first_element(const GumboNode& node) {
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    if (const auto& child = child_at(children, i); is_element(child))
      return &child;
  return nullptr;
}

/// The first row of a table, which may stand in a body.
const GumboNode* first_row(const GumboNode& table) {
  const auto& children = table.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    if (!is_element(child))
      continue;
    if (child.v.element.tag == GUMBO_TAG_TR)
      return &child;
    if (child.v.element.tag == GUMBO_TAG_TBODY)
      return first_row(child);
  }
  return nullptr;
}

bool begins_with_line_number(const GumboNode& table) {
  const auto* row = first_row(table);
  if (row == nullptr)
    return false;
  const auto& cells = row->v.element.children;
  for (unsigned i = 0; i < cells.length; ++i)
    if (const auto& cell = child_at(cells, i); is_element(cell))
      return is_line_number(cell.v.element);
  return false;
}

}  // namespace

std::string code_lines(const GumboNode& node, const page_survey& page) {
  std::string lines;
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    collect(child_at(children, i), page, lines);
  return trimmed_lines(std::move(lines));
}

std::optional<std::string> code_of_table(const GumboNode& table, const page_survey& page) {
  if (!is_gutter_table(table.v.element) && !begins_with_line_number(table))
    return std::nullopt;
  return code_lines(table, page);
}

std::string code_language(const GumboNode& block) {
  // The element itself, the code in it, and a few of the boxes around it.
  if (auto found = language_of(block.v.element, true); !found.empty())
    return found;
  const auto* inside = first_element(block);
  for (int i = 0; i < 3 && inside != nullptr; ++i, inside = first_element(*inside)) {
    const auto tag = inside->v.element.tag;
    if (tag == GUMBO_TAG_CODE || tag == GUMBO_TAG_PRE)
      if (auto found = language_of(inside->v.element, true); !found.empty())
        return found;
  }
  const auto* at = block.parent;
  for (int i = 0; i < 7 && at != nullptr && is_element(*at); ++i, at = at->parent) {
    if (at->v.element.tag == GUMBO_TAG_BODY)
      break;
    if (auto found = language_of(at->v.element, false); !found.empty())
      return found;
  }
  return {};
}

bool is_count(std::string_view text) {
  int expected = -1;
  int lines = 0;
  for (auto word = next_word(text); !word.empty(); word = next_word(text)) {
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() ||
        (lines > 0 && value != expected))
      return false;
    expected = value + 1;
    ++lines;
  }
  return lines > 1;
}

}  // namespace millrace::ingest::html_tree
