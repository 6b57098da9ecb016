#include "ingest/formats/build.hpp"

#include "ingest/document/numerals.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace millrace::ingest::formats {
namespace {

void flatten_into(tree::spans& to, const tree::blocks& content);

void start_line(tree::spans& to) {
  if (!to.empty())
    to.push_back({tree::span_kind::line_break, {}});
}

void flatten_block(tree::spans& to, const tree::block& one) {
  const auto add = [&](const tree::spans& words) {
    to.insert(to.end(), words.begin(), words.end());
  };
  std::visit(
      [&](const auto& it) {
        using kind = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<kind, tree::paragraph> ||
                      std::is_same_v<kind, tree::heading>) {
          start_line(to);
          add(it.words);
        } else if constexpr (std::is_same_v<kind, tree::list>) {
          for (const auto& item : it.items) {
            start_line(to);
            to.push_back(
                {tree::span_kind::text, item.number ? std::to_string(*item.number) + ". " : "- "});
            tree::spans inner;
            flatten_into(inner, item.content);
            add(inner);
          }
        } else if constexpr (std::is_same_v<kind, tree::table>) {
          for (const auto& row : it.rows) {
            start_line(to);
            for (std::size_t i = 0; i < row.size(); ++i) {
              if (i > 0)
                append(to, tree::span_kind::text, " ");
              add(row[i]);
            }
          }
        } else if constexpr (std::is_same_v<kind, tree::code> ||
                             std::is_same_v<kind, tree::preformatted>) {
          start_line(to);
          to.push_back({tree::span_kind::code, it.text});
        } else if constexpr (std::is_same_v<kind, tree::formula>) {
          start_line(to);
          to.push_back({tree::span_kind::formula, it.source});
        } else if constexpr (std::is_same_v<kind, tree::image>) {
          start_line(to);
          to.push_back({tree::span_kind::image, it.alternative});
        } else if constexpr (!std::is_same_v<kind, tree::page_break>) {
          flatten_into(to, it.content);
        }
      },
      one.content);
}

void flatten_into(tree::spans& to, const tree::blocks& content) {
  for (const auto& one : content)
    flatten_block(to, one);
}

}  // namespace

bool is_blank(const tree::spans& words) {
  return std::all_of(words.begin(), words.end(), [](const tree::span& one) {
    return one.text.find_first_not_of(" \t\r\n") == std::string::npos;
  });
}

void append(tree::spans& to, tree::span_kind kind, std::string_view text) {
  if (text.empty())
    return;
  if (!to.empty() && to.back().kind == kind && kind != tree::span_kind::formula &&
      kind != tree::span_kind::image)
    to.back().text += text;
  else
    to.push_back({kind, std::string{text}});
}

tree::spans flatten(const tree::blocks& content) {
  tree::spans words;
  flatten_into(words, content);
  return words;
}

std::string plain(const tree::spans& words) {
  std::string out;
  for (const auto& one : words)
    out += one.kind == tree::span_kind::line_break ? "\n" : one.text;
  return out;
}

int heading_level(long level) { return static_cast<int>(std::clamp<long>(level, 1, 6)); }

std::string roman(long number) {
  if (number < 1 || number > 3'999)
    return std::to_string(number);
  return roman_numeral(number);
}

std::string letters(long number) {
  if (number < 1 || number > 26 * 10)
    return std::to_string(number);
  return std::string(static_cast<std::size_t>((number - 1) / 26 + 1),
                     static_cast<char>('a' + (number - 1) % 26));
}

void add_item(tree::blocks& to, int level, tree::list_item item) {
  auto* into = &to;
  for (; level > 0; --level) {
    if (into->empty() || !std::holds_alternative<tree::list>(into->back().content))
      break;
    auto& items = std::get<tree::list>(into->back().content).items;
    into = &items.back().content;
  }
  if (into->empty() || !std::holds_alternative<tree::list>(into->back().content))
    into->push_back({tree::list{}});
  std::get<tree::list>(into->back().content).items.push_back(std::move(item));
}

void add_code_line(tree::blocks& to, std::string_view line) {
  if (to.empty() || !std::holds_alternative<tree::code>(to.back().content)) {
    to.push_back({tree::code{std::string{line}, {}}});
    return;
  }
  auto& text = std::get<tree::code>(to.back().content).text;
  text += '\n';
  text += line;
}

void square(tree::table& table) {
  while (!table.rows.empty() &&
         std::all_of(table.rows.back().begin(), table.rows.back().end(), is_blank))
    table.rows.pop_back();
  std::size_t width = 0;
  for (auto& row : table.rows)
    for (std::size_t i = row.size(); i > width; --i)
      if (!is_blank(row[i - 1])) {
        width = i;
        break;
      }
  for (auto& row : table.rows)
    row.resize(width);
  table.head_rows = std::min(table.head_rows, table.rows.size());
}

std::string column_name(std::size_t column) {
  auto name = letter_numeral(static_cast<std::int64_t>(column) + 1);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return name;
}

void warn(tree::document& to, std::string_view code, std::string_view message) {
  for (auto& one : to.warnings)
    if (one.code == code) {
      ++one.count;
      return;
    }
  to.warnings.push_back({std::string{code}, std::string{message}});
}

}  // namespace millrace::ingest::formats
