#include "ingest/html/code_block.hpp"
#include "ingest/html/elements.hpp"
#include "ingest/html/tree_builder.hpp"

#include <charconv>
#include <iterator>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

std::size_t places(std::string_view digits, std::size_t least) {
  std::size_t value = 1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value < least || value > 100'000 ? 1 : value;
}

bool is_group(GumboTag tag) {
  return tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_TFOOT;
}

}  // namespace

void tree_builder::add_table(const GumboNode& node, scope& to) {
  boundary(to);
  if (auto code = code_of_table(node, page_))
    return add_code(node, *std::move(code), to);
  if (to.flat || page_.layouts.contains(&node)) {
    visit_children(node, to);
    return boundary(to);
  }
  std::vector<table_row> rows;
  std::vector<table_row> foot;
  tree::spans caption;
  read_rows(node, rows, foot, caption, to);
  std::move(foot.begin(), foot.end(), std::back_inserter(rows));
  auto table = make_grid(std::move(rows));
  if (!table.rows.empty() && table.rows[0].size() > 1) {
    table.caption = std::move(caption);
    return push(to, std::move(table), node);
  }
  // One column is a text.
  if (!caption.empty())
    push(to, tree::paragraph{std::move(caption)}, node);
  for (auto& row : table.rows)
    push(to, tree::paragraph{std::move(row[0])}, node);
}

void tree_builder::read_rows(const GumboNode& node, std::vector<table_row>& rows,
                             std::vector<table_row>& foot, tree::spans& caption,
                             const scope& around) {
  const auto& children = node.v.element.children;
  const auto own_tag = node.v.element.tag;
  ++groups_;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    if (!is_element(child) || page_.left_out.contains(&child))
      continue;
    const auto tag = child.v.element.tag;
    if (tag == GUMBO_TAG_CAPTION) {
      caption = flat_words(child, around, true);
    } else if (is_group(tag)) {
      read_rows(child, rows, foot, caption, around);
    } else if (tag == GUMBO_TAG_TR) {
      auto row = read_row(child, around);
      row.in_head = own_tag == GUMBO_TAG_THEAD;
      row.group = groups_;
      (own_tag == GUMBO_TAG_TFOOT ? foot : rows).push_back(std::move(row));
    }
  }
}

table_row tree_builder::read_row(const GumboNode& node, const scope& around) {
  table_row row;
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    if (!is_element(child) || page_.left_out.contains(&child))
      continue;
    const auto& element = child.v.element;
    if (element.tag != GUMBO_TAG_TD && element.tag != GUMBO_TAG_TH)
      continue;
    table_cell cell;
    cell.words = flat_words(child, around, false);
    cell.columns = places(attribute(element, "colspan"), 1);
    cell.rows = has_attribute(element, "rowspan") ? places(attribute(element, "rowspan"), 0) : 1;
    cell.head = element.tag == GUMBO_TAG_TH;
    row.cells.push_back(std::move(cell));
  }
  return row;
}

}  // namespace millrace::ingest::html_tree
