#include "ingest/readers/markdown_source.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace millrace::ingest {
namespace {

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
      value.back() == value.front())
    return value.substr(1, value.size() - 2);
  return value;
}

void add_metadata(std::string_view line, tree::metadata& about) {
  const auto split = line.find_first_of(":=");
  if (split == line.npos || line.front() == ' ' || line.front() == '#' || line.front() == '-')
    return;
  const auto name = without_blanks(line.substr(0, split));
  const auto value = unquoted(without_blanks(line.substr(split + 1)));
  if (name.empty() || value.empty())
    return;
  if (name == "title")
    about.title = value;
  else if (name == "author")
    about.author = value;
  else if (name == "date")
    about.date = value;
  else if (name == "lang" || name == "language")
    about.language = value;
  else
    about.others.emplace_back(name, value);
}

/// Where the formula that begins at `at` ends; nothing where a dollar sign is only that.
std::optional<std::size_t> end_of_formula(std::string_view text, std::size_t at) {
  const bool is_block = text.substr(at).starts_with("$$");
  const auto begin = at + (is_block ? 2 : 1);
  constexpr std::size_t longest = 2000;
  if (begin >= text.size() || (!is_block && (text[begin] == ' ' || text[begin] == '\n')))
    return std::nullopt;
  const auto part = text.substr(begin, longest);
  const auto limit = std::min(part.find("\n\n"), part.size());
  const auto end = part.substr(0, limit).find(is_block ? "$$" : "$");
  if (end == part.npos || end == 0)
    return std::nullopt;
  const auto after = begin + end + 1;
  const bool is_price = after < text.size() && text[after] >= '0' && text[after] <= '9';
  const char last = part[end - 1];
  if (!is_block && (last == ' ' || last == '\n' || is_price))
    return std::nullopt;
  return begin + end + (is_block ? 2 : 1);
}

bool begins_fence(std::string_view line) {
  const auto at = line.find_first_not_of(" \t>");
  return at != line.npos &&
         (line.substr(at).starts_with("```") || line.substr(at).starts_with("~~~"));
}

/// Signs of lists and quotes with which a line begins.
std::size_t signs_before(std::string_view line) {
  std::size_t signs = 0;
  for (const char c : line) {
    if (c == '>' || c == '-' || c == '*' || c == '+' || c == '.' || c == ')')
      ++signs;
    else if (c != ' ' && c != '\t' && !(c >= '0' && c <= '9'))
      break;
  }
  return signs;
}

}  // namespace

std::string_view take_front_matter(std::string_view text, tree::metadata& about) {
  const bool is_yaml = text.starts_with("---\n") || text.starts_with("---\r\n");
  const bool is_toml = text.starts_with("+++\n") || text.starts_with("+++\r\n");
  if (!is_yaml && !is_toml)
    return text;
  const std::string_view mark = is_yaml ? "---" : "+++";
  const auto begin = text.find('\n') + 1;
  tree::metadata found = about;
  for (auto at = begin; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = without_blanks(text.substr(at, end - at));
    if (line == mark || (is_yaml && line == "...")) {
      about = std::move(found);
      return text.substr(std::min(end + 1, text.size()));
    }
    // A rule above a paragraph is no front matter.
    if (at == begin && line.find_first_of(":=") == line.npos)
      return text;
    if (!line.empty())
      add_metadata(text.substr(at, end - at), found);
    at = end + 1;
  }
  return text;
}

bool is_costly(std::string_view markdown) {
  constexpr std::size_t most_signs = 100;
  constexpr std::size_t most_marks = 4000;
  constexpr std::size_t most_in_tables = 20'000;
  std::size_t marks = 0;
  bool in_fence = false;
  for (std::size_t at = 0; at < markdown.size();) {
    const auto end = std::min(markdown.find('\n', at), markdown.size());
    const auto line = markdown.substr(at, end - at);
    const auto signs = signs_before(line);
    // A rule of many dashes does not nest.
    const bool is_rule =
        line.find_first_not_of("-=*_+. \t\r") == line.npos && line.find(' ') == line.npos;
    if (signs > most_signs && !is_rule)
      return true;
    in_fence = in_fence != begins_fence(line);
    if (in_fence || without_blanks(line).empty())
      marks = 0;
    for (const char c : in_fence ? std::string_view{} : line)
      marks += c == '[' || c == '*' || c == '_' || c == '`' || c == '<' || c == '~' || c == '|';
    if (marks > (line.find('|') == line.npos ? most_marks : most_in_tables))
      return true;
    at = end + 1;
  }
  return false;
}

std::string markdown_formulas::masked(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_fence = false;
  bool in_code = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line &&
        begins_fence(text.substr(at, std::min(text.find('\n', at), text.size()) - at)))
      in_fence = !in_fence;
    if (begins_line)
      in_code = false;
    in_code = in_code != (text[at] == '`');
    if (text[at] == '\\' && at + 1 < text.size()) {
      out.append(text, at, 2);
      at += 2;
      continue;
    }
    const auto end =
        text[at] == '$' && !in_fence && !in_code ? end_of_formula(text, at) : std::nullopt;
    if (!end) {
      out += text[at++];
      continue;
    }
    out += mark;
    out += std::to_string(formulas_.size());
    out += mark;
    formulas_.emplace_back(text.substr(at, *end - at));
    at = *end;
  }
  return out;
}

std::string markdown_formulas::restored(std::string_view text) const {
  std::string out;
  each_part(text, [&](std::string_view part, bool is_formula) {
    out += is_formula ? "$" : "";
    out += part;
    out += is_formula ? "$" : "";
  });
  return out;
}

const std::string* markdown_formulas::formula_at(std::string_view text, std::size_t& at) const {
  const auto begin = at + mark.size();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + std::min(begin, text.size()),
                                            text.data() + text.size(), number);
  const auto after = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || number >= formulas_.size() || !text.substr(after).starts_with(mark))
    return nullptr;
  at = after + mark.size();
  return &formulas_[number];
}

std::string_view markdown_formulas::inside(std::string_view formula) {
  const std::size_t signs = formula.starts_with("$$") ? 2 : 1;
  return formula.substr(signs, formula.size() - 2 * signs);
}

}  // namespace millrace::ingest
