#include "ingest/readers/markdown_source.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace millrace::ingest {
namespace {

std::string_view source_words(std::string_view text) { return without_ends(text, " \t\r"); }

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
  const auto name = source_words(line.substr(0, split));
  const auto value = unquoted(source_words(line.substr(split + 1)));
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

/// Whether a line is of a quote or opens code: no formula goes on there.
bool begins_other_block(std::string_view line) {
  const auto words = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  return words.starts_with('>') || words.starts_with("```") || words.starts_with("~~~");
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
  for (auto line = part.find('\n'); line < end; line = part.find('\n', line + 1))
    if (begins_other_block(part.substr(line + 1)))
      return std::nullopt;
  const char last = part[end - 1];
  if (!is_block && (last == ' ' || last == '\n' || is_price))
    return std::nullopt;
  return begin + end + (is_block ? 2 : 1);
}

/// Follows fences of code that begin a line: others may end without a line that closes them.
class fence_lines {
 public:
  /// Whether the line is code, or opens or closes it.
  bool takes(std::string_view line) {
    const auto indent = std::min(line.find_first_not_of(' '), line.size());
    const auto marks = line.substr(indent);
    const char sign = marks.empty() ? ' ' : marks.front();
    const auto run = std::min(marks.find_first_not_of(sign), marks.size());
    if (length_ > 0) {
      if (indent < 4 && sign == sign_ && run >= length_ && source_words(marks.substr(run)).empty())
        length_ = 0;
      return true;
    }
    const bool opens = indent == 0 && run >= 3 &&
                       (sign == '~' || (sign == '`' && marks.find('`', run) == marks.npos));
    if (opens) {
      sign_ = sign;
      length_ = run;
    }
    return opens;
  }

 private:
  char sign_ = ' ';
  /// Of the fence that is open; 0 where none is.
  std::size_t length_ = 0;
};

/// Quotes and items that a line opens: a bullet or a number counts where a blank follows.
std::size_t containers_before(std::string_view line) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool ends_word = i + 1 == line.size() || line[i + 1] == ' ' || line[i + 1] == '\t';
    if (c == '>' || (ends_word && (c == '-' || c == '*' || c == '+' || c == '.' || c == ')')))
      ++found;
    else if (c != ' ' && c != '\t' && !(c >= '0' && c <= '9'))
      break;
  }
  return found;
}

/// Whether a paragraph cannot go on with this line: it is empty, or the item of a list.
bool begins_paragraph(std::string_view line) {
  const auto indent = line.find_first_not_of(" \t\r");
  if (indent == line.npos)
    return true;
  const char c = line[indent];
  const auto after = line.find_first_not_of(' ', indent + 1);
  return line.find_first_not_of(' ') == indent && indent < 4 &&
         (c == '-' || c == '*' || c == '+') && after != line.npos && after > indent + 1 &&
         line[after] != '\t';
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
    const auto line = source_words(text.substr(at, end - at));
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
  constexpr std::size_t most_containers = 100;
  constexpr std::size_t most_marks = 4000;
  constexpr std::size_t most_in_tables = 20'000;
  std::size_t marks = 0;
  fence_lines fences;
  bool has_html = false;
  for (std::size_t at = 0; at < markdown.size();) {
    const auto end = std::min(markdown.find_first_of("\r\n", at), markdown.size());
    const auto line = markdown.substr(at, end - at);
    at = end + 1;
    // In a block of HTML a fence opens nothing.
    has_html = has_html || source_words(line).starts_with('<');
    if (!has_html && fences.takes(line)) {
      marks = 0;
      continue;
    }
    if (containers_before(line) > most_containers)
      return true;
    if (begins_paragraph(line))
      marks = 0;
    for (const char c : line)
      marks += c == '[' || c == '*' || c == '_' || c == '`' || c == '<' || c == '~' || c == '|';
    if (marks > (line.find('|') == line.npos ? most_marks : most_in_tables))
      return true;
  }
  return false;
}

std::string markdown_formulas::masked(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fence_lines fences;
  bool in_fence = false;
  bool in_code = false;
  for (std::size_t at = 0; at < text.size();) {
    if (at == 0 || text[at - 1] == '\n') {
      in_fence = fences.takes(text.substr(at, std::min(text.find('\n', at), text.size()) - at));
      in_code = false;
    }
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
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = std::min(text.find(mark, at), text.size());
    out += text.substr(at, begin - at);
    at = begin;
    if (at == text.size())
      break;
    if (const auto* found = formula_at(text, at)) {
      out += *found;
    } else {
      out += mark;
      at += mark.size();
    }
  }
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
