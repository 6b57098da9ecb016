#include "ingest/text/source_tree.hpp"

#include "ingest/document/span_text.hpp"
#include "ingest/files/text_kinds.hpp"
#include "ingest/readers/source_text.hpp"
#include "ingest/text/text_lines.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::ingest {
namespace {

/// Parts that lie deeper are not told apart.
constexpr std::size_t deepest_part = 6;
/// Neighbours that have no more bytes together are one part.
constexpr std::size_t small_part_bytes = 300;

using code_lines = std::vector<text_line>;

bool begins_with_one_of(std::string_view line, std::string_view signs) {
  return !line.empty() && signs.find(line[0]) != std::string_view::npos;
}

/// A line after a blank one, as deep as those before it are indented less.
std::vector<tree::code_part> parts_between_blanks(const code_lines& lines, bool has_directives) {
  std::vector<tree::code_part> parts;
  std::vector<std::size_t> around{0};
  std::size_t before = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].is_blank())
      continue;
    const auto indented = lines[i].indentation();
    const auto words = lines[i].text.substr(indented);
    const bool is_directive = has_directives && indented == 0 && words[0] == '#' && before > 0;
    const bool begins =
        i > 0 && lines[i - 1].is_blank() && !begins_with_one_of(words, "})]") && !is_directive;
    before = is_directive ? before : indented;
    if (!begins)
      continue;
    while (around.back() > indented)
      around.pop_back();
    if (around.back() < indented)
      around.push_back(indented);
    parts.push_back({i, static_cast<int>(std::min(around.size() - 1, deepest_part))});
  }
  return parts;
}

/// Lines that begin within few brackets.
std::vector<tree::code_part> members_of_json(const code_lines& lines) {
  std::vector<tree::code_part> parts;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto words = lines[i].text.substr(lines[i].indentation());
    if (i > 0 && !in_string && depth > 0 && depth <= deepest_part && !words.empty() &&
        !begins_with_one_of(words, "}]"))
      parts.push_back({i, static_cast<int>(depth) - 1});
    for (std::size_t at = 0; at < words.size(); ++at) {
      const char c = words[at];
      if (in_string && c == '\\')
        ++at;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '{' || c == '['))
        ++depth;
      else if (!in_string && (c == '}' || c == ']') && depth > 0)
        --depth;
    }
  }
  return parts;
}

/// Lines at the margin for which `begins` holds, with the remarks directly above.
template <class Begins>
std::vector<tree::code_part> parts_at_margin(const code_lines& lines, Begins begins) {
  std::vector<tree::code_part> parts;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!begins(lines[i].text))
      continue;
    const auto not_before = parts.empty() ? 0 : parts.back().line;
    auto first = i;
    while (first - 1 > not_before && begins_with_one_of(lines[first - 1].text, "#;"))
      --first;
    parts.push_back({first, 0});
  }
  return parts;
}

std::vector<tree::code_part> parts_of_diff(const code_lines& lines) {
  std::vector<tree::code_part> parts;
  bool in_header = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto line = lines[i].text;
    const bool is_hunk = line.starts_with("@@");
    const bool is_file = line.starts_with("diff ") || line.starts_with("Index: ") ||
                         (!in_header && line.starts_with("--- ") && i + 1 < lines.size() &&
                          lines[i + 1].text.starts_with("+++ "));
    if (i > 0 && (is_hunk || is_file))
      parts.push_back({i, is_hunk ? 1 : 0});
    in_header = (in_header || is_file) && !is_hunk;
  }
  return parts;
}

std::vector<tree::code_part> all_parts(const code_lines& lines, std::string_view language) {
  if (language == "json")
    return members_of_json(lines);
  if (language == "jsonl")
    return parts_at_margin(lines, [](std::string_view line) { return !line.empty(); });
  if (language == "yaml")
    return parts_at_margin(lines, [](std::string_view line) {
      return !line.empty() && !begins_with_one_of(line, " \t#}])");
    });
  if (language == "diff")
    return parts_of_diff(lines);
  const auto is_section = [](std::string_view line) { return line.starts_with('['); };
  if (language == "toml" || language == "ini")
    if (auto found = parts_at_margin(lines, is_section); !found.empty())
      return found;
  return parts_between_blanks(lines, language == "c" || language == "cpp");
}

/// Joins small neighbours: a part costs more than its bytes.
std::vector<tree::code_part> joined_parts(const std::vector<tree::code_part>& parts,
                                          const code_lines& lines, std::size_t text_end) {
  std::vector<tree::code_part> kept;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto end = i + 1 < parts.size() ? lines[parts[i + 1].line].begin : text_end;
    if (parts[i].depth >= depth && end - begin <= small_part_bytes)
      continue;
    kept.push_back(parts[i]);
    begin = lines[parts[i].line].begin;
    depth = parts[i].depth;
  }
  return kept;
}

}  // namespace

std::vector<tree::code_part> parts_of_code(std::string_view text, std::string_view language) {
  const auto lines = lines_of(text);
  return joined_parts(all_parts(lines, language), lines, text.size());
}

tree::read_result read_source(const tree::source_file& file) {
  const auto text = source_text(file);
  if (const auto* wrong = std::get_if<tree::unreadable>(&text))
    return *wrong;
  const auto& known = std::get<decoded_text>(text);
  const auto language = text_kind_of(known.text, file.name).language;
  tree::document made;
  warn_of_encoding(known, made);
  auto code = verbatim_text(known.text);
  auto parts = parts_of_code(code, language);
  tree::block block;
  block.from.end = static_cast<std::int64_t>(known.text.size());
  block.content = tree::code{std::move(code), std::string{language}, std::move(parts)};
  made.content.push_back(std::move(block));
  return made;
}

}  // namespace millrace::ingest
