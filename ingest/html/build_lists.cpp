#include "ingest/document/numerals.hpp"
#include "ingest/html/elements.hpp"
#include "ingest/html/tree_builder.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

using tree::span_kind;

std::int64_t whole_number(std::string_view digits, std::int64_t otherwise) {
  const auto begin = digits.find_first_not_of(" \t\r\n\f+");
  if (begin == std::string_view::npos)
    return otherwise;
  digits.remove_prefix(begin);
  std::int64_t value = otherwise;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool sound = read.ec == std::errc{} && value > -100'000'000 && value < 100'000'000;
  return sound ? value : otherwise;
}

char list_type(const GumboElement& list) {
  const auto type = attribute(list, "type");
  if (type == "a" || type == "A" || type == "i" || type == "I")
    return type[0];
  const auto style = squeezed(attribute(list, "style"));
  constexpr std::pair<std::string_view, char> types[]{
      {"lower-alpha", 'a'},        {"lower-latin", 'a'},  {"upper-alpha", 'A'},
      {"upper-latin", 'A'},        {"lower-roman", 'i'},  {"upper-roman", 'I'},
      {"list-style-type:none", 0}, {"list-style:none", 0}};
  for (const auto& [name, sign] : types)
    if (style.find(name) != std::string::npos)
      return sign;
  return '1';
}

/// "c. " or "iv. ", as the page shows; empty where it shows no more than a number.
std::string written_marker(char type, std::int64_t number) {
  if (type == '1' || type == 0 || number <= 0 || number >= 4000)
    return {};
  auto sign = type == 'a' || type == 'A' ? letter_numeral(number) : roman_numeral(number);
  if (type == 'A' || type == 'I')
    std::transform(sign.begin(), sign.end(), sign.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return sign + ". ";
}

void begin_with(tree::blocks& content, std::string marker) {
  if (marker.empty() || content.empty())
    return;
  if (!std::holds_alternative<tree::paragraph>(content[0].content))
    content.insert(content.begin(), tree::block{tree::paragraph{}, {}});
  auto& words = std::get<tree::paragraph>(content[0].content).words;
  if (words.empty() || words[0].kind != span_kind::text)
    words.insert(words.begin(), tree::span{span_kind::text, std::move(marker)});
  else
    words[0].text.insert(0, marker);
}

/// A note to the text, which refers to it by its number.
bool is_note(const GumboElement& item) {
  const auto role = attribute(item, "role");
  const auto id = attribute(item, "id");
  if (role == "doc-footnote" || role == "doc-endnote" || id.starts_with("cite_note") ||
      id.starts_with("footnote"))
    return true;
  const auto at = id.starts_with("user-content-") ? id.substr(13) : id;
  return at.starts_with("fn") && at.size() > 2 &&
         (at[2] == ':' || at[2] == '-' || at[2] == '_' || (at[2] >= '0' && at[2] <= '9'));
}

}  // namespace

tree_builder::counter tree_builder::counter_of(const GumboNode& list) {
  const auto& element = list.v.element;
  counter count;
  count.ordered = element.tag == GUMBO_TAG_OL;
  if (!count.ordered)
    return count;
  count.type = list_type(element);
  std::int64_t first = 1;
  if (has_attribute(element, "reversed")) {
    count.step = -1;
    first = 0;
    for (unsigned i = 0; i < element.children.length; ++i)
      if (const auto& child = child_at(element.children, i); is_element(child))
        first += child.v.element.tag == GUMBO_TAG_LI ? 1 : 0;
  }
  count.next = whole_number(attribute(element, "start"), first);
  return count;
}

void tree_builder::step_to(counter& count, const GumboNode& item) {
  count.next = whole_number(attribute(item.v.element, "value"), count.next);
}

void tree_builder::add_list(const GumboNode& node, scope& to) {
  boundary(to);
  auto count = counter_of(node);
  if (to.flat)
    return add_flat_list(node, count, to);
  if (is_too_deep(to)) {
    visit_children(node, to);
    return boundary(to);
  }
  tree::list list;
  tree::blocks notes;
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    add_to_list(child_at(children, i), count, list, notes, to);
  if (!list.items.empty())
    push(to, std::move(list), node);
  std::move(notes.begin(), notes.end(), std::back_inserter(to.out));
}

void tree_builder::add_flat_list(const GumboNode& node, counter count, scope& to) {
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    if (is_element(child) && child.v.element.tag == GUMBO_TAG_LI && count.ordered) {
      step_to(count, child);
      auto marker = written_marker(count.type, count.next);
      if (marker.empty() && count.type != 0)
        marker = std::to_string(count.next) + ". ";
      to.words.line_break();
      to.words.text(marker);
      count.next += count.step;
      visit_children(child, to);
      continue;
    }
    visit(child, to);
  }
  to.words.line_break();
}

void tree_builder::add_to_list(const GumboNode& child, counter& count, tree::list& list,
                               tree::blocks& notes, const scope& around) {
  const bool is_item = is_element(child) && child.v.element.tag == GUMBO_TAG_LI;
  if (is_item && page_.left_out.contains(&child))
    return;
  if (!is_item) {
    // A list or a text that stands between the items belongs to the one before it.
    scope inside;
    inside.depth = around.depth + 1;
    visit(child, inside);
    flush(inside);
    if (inside.out.empty())
      return;
    if (list.items.empty())
      list.items.emplace_back();
    std::move(inside.out.begin(), inside.out.end(), std::back_inserter(list.items.back().content));
    return;
  }
  step_to(count, child);
  const auto number = count.next;
  count.next += count.step;
  auto item = read_item(child, around);
  if (item.content.empty() && !item.checked)
    return;
  if (count.ordered && is_note(child.v.element)) {
    tree::block note{tree::footnote{std::to_string(number), std::move(item.content)},
                     place_of(child)};
    notes.push_back(std::move(note));
    return;
  }
  if (count.ordered && count.type == '1')
    item.number = number;
  else if (count.ordered)
    begin_with(item.content, written_marker(count.type, number));
  list.items.push_back(std::move(item));
}

tree::list_item tree_builder::read_item(const GumboNode& node, const scope& around) {
  tree::list_item item;
  scope inside;
  inside.depth = around.depth + 1;
  inside.item = &item;
  visit_children(node, inside);
  flush(inside);
  item.content = std::move(inside.out);
  return item;
}

void tree_builder::add_stray_item(const GumboNode& node, scope& to) {
  flush(to);
  auto item = read_item(node, to);
  if (item.content.empty() && !item.checked)
    return;
  if (to.stray_items != to.out.size() || to.out.empty())
    push(to, tree::list{}, node);
  to.stray_items = to.out.size();
  auto& last = to.out.back();
  std::get<tree::list>(last.content).items.push_back(std::move(item));
  last.from.end = std::max(last.from.end, place_of(node).end);
}

void tree_builder::add_definitions(const GumboNode& node, scope& to) {
  boundary(to);
  if (to.flat || is_too_deep(to)) {
    visit_children(node, to);
    return boundary(to);
  }
  std::vector<tree::definition> list;
  add_definition_parts(node, list, to);
  for (auto& one : list)
    if (!one.terms.empty() || !one.content.empty())
      push(to, std::move(one), node);
}

void tree_builder::add_definition_parts(const GumboNode& node, std::vector<tree::definition>& list,
                                        const scope& around) {
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    const auto tag = is_element(child) ? child.v.element.tag : GUMBO_TAG_UNKNOWN;
    if (page_.left_out.contains(&child))
      continue;
    if (tag == GUMBO_TAG_DIV) {
      add_definition_parts(child, list, around);
      continue;
    }
    if (list.empty() || (tag == GUMBO_TAG_DT && !list.back().content.empty()))
      list.emplace_back();
    if (tag == GUMBO_TAG_DT) {
      if (auto term = flat_words(child, around, true); !term.empty())
        list.back().terms.push_back(std::move(term));
      continue;
    }
    scope inside;
    inside.depth = around.depth + 1;
    visit(child, inside);
    flush(inside);
    std::move(inside.out.begin(), inside.out.end(), std::back_inserter(list.back().content));
  }
}

}  // namespace millrace::ingest::html_tree
