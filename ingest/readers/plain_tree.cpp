#include "ingest/readers/plain_tree.hpp"

#include "ingest/readers/source_text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::ingest {
namespace {

/// Whether blanks carry meaning in the line: indentation, columns, tabs.
bool is_arranged(std::string_view line) {
  if (line.empty())
    return false;
  const auto inner = line.substr(0, line.find_last_not_of(" \t\r\f\v") + 1);
  return inner.front() == ' ' || inner.find('\t') != inner.npos || inner.find("   ") != inner.npos;
}

void add_plain_block(tree::document& to, std::string_view text, std::size_t begin,
                     bool preformatted) {
  tree::block made;
  made.from.begin = static_cast<std::int64_t>(begin);
  made.from.end = static_cast<std::int64_t>(begin + text.size());
  if (preformatted)
    made.content = tree::preformatted{std::string{text}};
  else
    made.content = tree::paragraph{{{tree::span_kind::text, std::string{text}}}, true};
  to.content.push_back(std::move(made));
}

}  // namespace

tree::document plain_tree(std::string_view text) {
  tree::document made;
  std::size_t begin = 0;
  bool is_open = false;
  bool arranged = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const bool is_blank = line.find_first_not_of(" \t\r\f\v") == line.npos;
    if (is_blank && is_open)
      add_plain_block(made, text.substr(begin, at - begin), begin, arranged);
    if (!is_blank && !is_open) {
      begin = at;
      arranged = false;
    }
    is_open = !is_blank;
    arranged = arranged || is_arranged(line);
    at = end + 1;
  }
  if (is_open)
    add_plain_block(made, text.substr(begin), begin, arranged);
  return made;
}

tree::read_result read_plain(const tree::source_file& file) {
  const auto text = source_text(file);
  if (const auto* wrong = std::get_if<tree::unreadable>(&text))
    return *wrong;
  const auto& known = std::get<decoded_text>(text);
  auto made = plain_tree(known.text);
  warn_of_encoding(known, made);
  return made;
}

}  // namespace millrace::ingest
