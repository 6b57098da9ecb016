#include "ingest/formats/build.hpp"
#include "ingest/formats/odf/odf_file.hpp"
#include "ingest/formats/office/word_styles.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::ingest::formats {
namespace {

/// Deeper lists are joined with those above.
constexpr int deepest_list = 10;

}  // namespace

tree::blocks odf_body::read(node of) {
  tree::blocks found;
  for (const auto at : of.children())
    read_block(at, found);
  return found;
}

tree::blocks odf_body::read_one(node at) {
  tree::blocks found;
  read_block(at, found);
  return found;
}

tree::blocks odf_body::take_notes() { return std::move(notes_); }

void odf_body::read_block(node at, tree::blocks& to) {
  const auto name = local(at);
  if (name == "p" || name == "h")
    read_paragraph(at, to);
  else if (name == "list")
    read_list(at, attribute(at, "style-name"), 1, to);
  else if (name == "table")
    read_table(at, to);
  else if (name == "frame" || name == "custom-shape" || name == "rect" || name == "g" ||
           name == "a" || name == "ellipse" || name == "text-box") {
    tree::spans words;
    tree::blocks after;
    read_frame(at, words, after);
    if (!words.empty())
      to.push_back({tree::paragraph{std::move(words)}});
    std::move(after.begin(), after.end(), std::back_inserter(to));
  } else if (name == "section" || name == "numbered-paragraph" || name == "index-body") {
    for (const auto inner : at.children())
      read_block(inner, to);
  } else if (name == "alphabetical-index" || name == "bibliography") {
    for (const auto inner : child(at, "index-body").children())
      read_block(inner, to);
  }
}

void odf_body::read_paragraph(node at, tree::blocks& to) {
  tree::spans words;
  tree::blocks after;
  read_inline(at, tree::span_kind::text, words, after);
  const auto style = attribute(at, "style-name");
  const auto named = [&](auto... names) {
    return from_.styles().find(style, [&](const odf_style& one) {
      return ((one.name == names) || ...);
    }) != nullptr;
  };
  head_style_ = head_style_ || named("table heading");
  long level = is(at, "h") ? number_of(attribute(at, "outline-level"), 1) : 0;
  if (level == 0)
    if (const auto* found = from_.styles().find(
            style, [](auto& one) { return one.outline > 0 || heading_in_name(one.name) > 0; }))
      level = found->outline > 0 ? found->outline : heading_in_name(found->name);
  // A style may be used that the file does not define.
  if (level == 0)
    level = heading_in_name(odf_style_name(style));
  if (is_blank(words) && std::none_of(words.begin(), words.end(), [](auto& one) {
        return one.kind == tree::span_kind::image;
      })) {
    // A blank line of a listing stays.
    if (!to.empty() && std::holds_alternative<tree::code>(to.back().content) &&
        named("preformatted text", "source code"))
      add_code_line(to, "");
  } else if (level > 0) {
    to.push_back({tree::heading{heading_level(level), std::move(words)}});
  } else if (named("preformatted text", "source code")) {
    add_code_line(to, plain(words));
  } else if (named("quotations", "quote", "block text")) {
    if (to.empty() || !std::holds_alternative<tree::quote>(to.back().content))
      to.push_back({tree::quote{}});
    std::get<tree::quote>(to.back().content).content.push_back({tree::paragraph{std::move(words)}});
  } else if (words.size() == 1 && words[0].kind == tree::span_kind::formula) {
    to.push_back({tree::formula{std::move(words[0].text)}});
  } else if (words.size() == 1 && words[0].kind == tree::span_kind::image) {
    to.push_back({tree::image{std::move(words[0].text)}});
  } else {
    to.push_back({tree::paragraph{std::move(words)}});
  }
  std::move(after.begin(), after.end(), std::back_inserter(to));
}

void odf_body::read_list(node at, std::string_view style, int level, tree::blocks& to) {
  const auto format = from_.styles().list_level(style, level);
  const std::string key = std::string{style} + '/' + std::to_string(level);
  long number = attribute(at, "continue-numbering") == "true" ? continued_[key] + 1 : format.start;
  if (level <= deepest_list || to.empty() || !std::holds_alternative<tree::list>(to.back().content))
    to.push_back({tree::list{}});
  for (const auto one : at.children()) {
    if (!is(one, "list-item") && !is(one, "list-header"))
      continue;
    tree::list_item item;
    tree::blocks deeper;
    if (format.is_numbered && is(one, "list-item")) {
      number = number_of(attribute(one, "start-value"), number);
      item.number = number++;
    }
    for (const auto inner : one.children())
      if (is(inner, "list")) {
        const auto own = attribute(inner, "style-name");
        read_list(inner, own.empty() ? style : own, level + 1,
                  level < deepest_list ? item.content : deeper);
      } else {
        read_block(inner, item.content);
      }
    auto& items = std::get<tree::list>(to.back().content).items;
    if (!item.content.empty())
      items.push_back(std::move(item));
    for (auto& block : deeper)
      for (auto& joined : std::get<tree::list>(block.content).items)
        items.push_back(std::move(joined));
  }
  continued_[key] = number - 1;
  // Headings with numbers stand in lists that have nothing else.
  auto& items = std::get<tree::list>(to.back().content).items;
  if (items.empty()) {
    to.pop_back();
  } else if (items.size() == 1 && items[0].content.size() == 1 &&
             std::holds_alternative<tree::heading>(items[0].content[0].content)) {
    auto heading = std::move(items[0].content[0]);
    to.back() = std::move(heading);
  }
}

void odf_body::read_table(node at, tree::blocks& to) {
  tree::table table;
  read_rows(at, false, table);
  square(table);
  if (table.rows.size() == 1 && table.rows[0].size() == 1)
    to.push_back({tree::paragraph{std::move(table.rows[0][0])}});
  else if (!table.rows.empty())
    to.push_back({std::move(table)});
}

void odf_body::read_rows(node of, bool in_head, tree::table& to) {
  for (const auto at : of.children()) {
    const auto name = local(at);
    if (name == "table-header-rows")
      read_rows(at, true, to);
    else if (name == "table-rows" || name == "table-row-group")
      read_rows(at, in_head, to);
    else if (name == "table-row") {
      head_style_ = false;
      read_row(at, to);
      if ((in_head || head_style_) && to.head_rows + 1 == to.rows.size())
        ++to.head_rows;
    }
  }
}

void odf_body::read_row(node at, tree::table& to) {
  tree::table::row row;
  for (const auto cell : at.children()) {
    if (!is(cell, "table-cell") && !is(cell, "covered-table-cell"))
      continue;
    const auto many =
        std::clamp<long>(number_of(attribute(cell, "number-columns-repeated"), 1), 1, 1'000);
    const auto words = is(cell, "table-cell") ? flatten(read(cell)) : tree::spans{};
    cells_ += static_cast<std::size_t>(many) * (1 + plain(words).size() / 64);
    if (cells_ > from_.limits().max_cells)
      fail("FILE_EXPANDS_TOO_MUCH", "the tables of the file have too many cells: split it");
    row.insert(row.end(), static_cast<std::size_t>(many), words);
  }
  to.rows.push_back(std::move(row));
}

}  // namespace millrace::ingest::formats
