#include "ingest/html/tree_builder.hpp"

#include "ingest/html/code_block.hpp"
#include "ingest/html/dropped.hpp"
#include "ingest/html/elements.hpp"
#include "ingest/html/formula.hpp"

#include <algorithm>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

using tree::span_kind;

bool is_block_by_style(const GumboElement& element) {
  const auto style = attribute(element, "style");
  return !style.empty() && squeezed(style).find("display:block") != std::string::npos;
}

/// Code outside of `pre` whose lines the page keeps by its style.
bool keeps_lines(const GumboElement& code) {
  const auto style = attribute(code, "style");
  return !style.empty() && squeezed(style).find("white-space:pre") != std::string::npos;
}

bool is_verse(const GumboElement& pre) {
  return any_class(pre, [](std::string_view word) {
    return word == "verse" || word == "poem" || word == "poetry" || word == "literallayout";
  });
}

/// The title of a box beside the text ("Note"): what follows the box does not stand under it.
bool is_title_of_box(const GumboNode& heading) {
  const auto* box = heading.parent;
  if (box == nullptr || !is_element(*box) || box->v.element.tag != GUMBO_TAG_DIV)
    return false;
  const auto& children = box->v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    if (const auto& child = child_at(children, i); is_element(child)) {
      if (&child != &heading)
        return false;
      break;
    }
  return any_class(box->v.element, [](std::string_view word) {
    return word == "note" || word == "tip" || word == "warning" || word == "caution" ||
           word == "important" || word == "danger" || word == "admonition";
  });
}

/// The column of numbers of a table that sets them beside code.
bool is_gutter(const GumboNode& pre, const std::string& lines) {
  const auto* at = pre.parent;
  for (int i = 0; i < 3 && at != nullptr && is_element(*at); ++i, at = at->parent)
    if (at->v.element.tag == GUMBO_TAG_TD)
      return is_count(lines);
  return false;
}

}  // namespace

tree::blocks tree_builder::build(const GumboNode& document) {
  scope page;
  visit_children(document, page);
  flush(page);
  return std::move(page.out);
}

void tree_builder::visit(const GumboNode& node, scope& to) {
  switch (node.type) {
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_WHITESPACE:
      return add_text(node, to);
    case GUMBO_NODE_ELEMENT:
      return visit_element(node, to);
    default:
      return;
  }
}

void tree_builder::visit_children(const GumboNode& node, scope& to) {
  const auto& children = children_of(node);
  for (unsigned i = 0; i < children.length; ++i)
    visit(child_at(children, i), to);
}

void tree_builder::visit_element(const GumboNode& node, scope& to) {
  const auto& element = node.v.element;
  if (is_tex_script(element))
    return add_formula(script_source(element),
                       attribute(element, "type").find("display") != std::string_view::npos, node,
                       to);
  if (page_.left_out.contains(&node))
    return;
  switch (element.tag) {
    case GUMBO_TAG_BR:
      return add_line_break(to);
    case GUMBO_TAG_IMG:
      return add_image(node, to);
    case GUMBO_TAG_INPUT:
      return add_checkbox(node, to);
    case GUMBO_TAG_SVG:
      if (attribute(element, "role") == "img")
        to.words.whole(span_kind::image, std::string{attribute(element, "aria-label")});
      return;
    case GUMBO_TAG_MATH:
      return add_formula(formula_source(node), attribute(element, "display") == "block", node, to);
    case GUMBO_TAG_RUBY:
      return add_ruby(node, to);
    case GUMBO_TAG_Q:
      return add_quotation(node, to);
    case GUMBO_TAG_SUP:
      return visit_inline(node, to, span_kind::superscript);
    case GUMBO_TAG_SUB:
      return visit_inline(node, to, span_kind::subscript);
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_SAMP:
    case GUMBO_TAG_TT:
      if (keeps_lines(element))
        return add_code(node, code_lines(node, page_), to);
      return visit_inline(node, to,
                          to.words.kind() == span_kind::text ? span_kind::code : to.words.kind());
    case GUMBO_TAG_A:
      if (is_permalink(node, to.has_permalinks))
        return;
      break;
    default:
      break;
  }
  visit_box(node, to);
}

void tree_builder::visit_box(const GumboNode& node, scope& to) {
  const auto& element = node.v.element;
  switch (element.tag) {
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
      return add_code(node, code_lines(node, page_), to);
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_DIR:
      return add_list(node, to);
    case GUMBO_TAG_LI:
      if (!to.flat && !is_too_deep(to))
        return add_stray_item(node, to);
      break;
    case GUMBO_TAG_DL:
      return add_definitions(node, to);
    case GUMBO_TAG_BLOCKQUOTE:
      return add_quote(node, to);
    case GUMBO_TAG_FIGURE:
      return add_figure(node, to);
    case GUMBO_TAG_TABLE:
      return add_table(node, to);
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      if (to.flat) {
        to.words.text(" ");
        return visit_children(node, to);
      }
      break;
    case GUMBO_TAG_BUTTON: {
      boundary(to);
      const bool outer = std::exchange(to.no_headings, true);
      visit_children(node, to);
      to.no_headings = outer;
      return boundary(to);
    }
    default:
      break;
  }
  if (const int level = heading_level(element))
    return add_heading(level, node, to);
  const bool has_class_word = has_attribute(element, "class");
  if (has_class_word && has_class(element, "math")) {
    const auto text = plain_text(node, 100'000);
    if (auto tex = marked_tex(text); !tex.empty())
      return add_formula(std::move(tex), text.starts_with("\\[") || text.starts_with("$$"), node,
                         to);
  }
  if (has_class_word && element.tag == GUMBO_TAG_DIV && has_class(element, "fragment"))
    return add_code(node, code_lines(node, page_), to);
  if (has_class_word && has_class(element, "line-block") && !to.flat) {
    flush(to);
    if (auto words = flat_words(node, to, false); !words.empty())
      push(to, tree::paragraph{std::move(words)}, node);
    return;
  }
  const bool block = is_block(element.tag) || is_block_by_style(element);
  if (block)
    boundary(to);
  visit_children(node, to);
  if (block)
    boundary(to);
}

void tree_builder::visit_inline(const GumboNode& node, scope& to, span_kind kind) {
  const auto outer = to.words.set_kind(kind);
  visit_children(node, to);
  to.words.set_kind(outer);
}

tree::spans tree_builder::flat_words(const GumboNode& node, const scope& around,
                                     bool has_permalinks) {
  scope line;
  line.depth = around.depth;
  line.flat = true;
  line.has_permalinks = has_permalinks;
  visit_children(node, line);
  return line.words.take();
}

void tree_builder::boundary(scope& to) {
  if (to.flat)
    to.words.line_break();
  else
    flush(to);
}

void tree_builder::flush(scope& to) {
  auto words = to.words.take();
  const auto begin = std::exchange(to.begin, -1);
  if (words.empty())
    return;
  tree::block block;
  if (words.size() == 1 && words[0].kind == span_kind::image)
    block.content = tree::image{std::move(words[0].text)};
  else
    block.content = tree::paragraph{std::move(words)};
  block.from = place_of(begin, to.end);
  to.out.push_back(std::move(block));
}

void tree_builder::push(scope& to, decltype(tree::block::content) content, const GumboNode& from) {
  to.out.push_back({std::move(content), place_of(from)});
}

tree::source_place tree_builder::place_of(const GumboNode& node) const {
  const auto& element = node.v.element;
  return place_of(
      static_cast<std::int64_t>(element.start_pos.offset),
      static_cast<std::int64_t>(element.end_pos.offset + element.original_end_tag.length));
}

tree::source_place tree_builder::place_of(std::int64_t begin, std::int64_t end) const {
  tree::source_place place;
  if (begin < 0 || begin >= end || end > static_cast<std::int64_t>(source_.size()))
    return place;
  place.begin = begin;
  place.end = end;
  return place;
}

void tree_builder::add_text(const GumboNode& node, scope& to) {
  const auto& text = node.v.text;
  to.words.text(text.text);
  if (source_.empty() || node.type == GUMBO_NODE_WHITESPACE || to.words.empty())
    return;
  const auto begin = static_cast<std::int64_t>(text.start_pos.offset);
  if (to.begin < 0)
    to.begin = begin;
  to.end = begin + static_cast<std::int64_t>(text.original_text.length);
}

void tree_builder::add_line_break(scope& to) {
  // Two in a row show an empty line, as between paragraphs.
  if (!to.flat && to.words.ends_line())
    flush(to);
  else
    to.words.line_break();
}

void tree_builder::add_formula(std::string source, bool alone, const GumboNode& node, scope& to) {
  if (source.empty())
    return;
  if (!alone || to.flat)
    return to.words.whole(span_kind::formula, std::move(source));
  flush(to);
  push(to, tree::formula{std::move(source)}, node);
}

void tree_builder::add_quotation(const GumboNode& node, scope& to) {
  to.words.text("\u201C");
  visit_children(node, to);
  to.words.text("\u201D");
}

void tree_builder::add_heading(int level, const GumboNode& node, scope& to) {
  boundary(to);
  if (to.flat || to.no_headings || is_title_of_box(node)) {
    const bool outer = std::exchange(to.has_permalinks, true);
    visit_children(node, to);
    to.has_permalinks = outer;
    return boundary(to);
  }
  auto words = flat_words(node, to, true);
  if (words.empty())
    return;
  has_heading_ = true;
  push(to, tree::heading{level, std::move(words)}, node);
}

void tree_builder::add_code(const GumboNode& node, std::string lines, scope& to) {
  boundary(to);
  if (lines.empty() || is_gutter(node, lines))
    return;
  if (to.flat)
    return to.words.code_lines(lines);
  if (is_verse(node.v.element))
    push(to, tree::preformatted{std::move(lines)}, node);
  else
    push(to, tree::code{std::move(lines), code_language(node)}, node);
}

void tree_builder::add_quote(const GumboNode& node, scope& to) {
  boundary(to);
  if (to.flat || is_too_deep(to)) {
    visit_children(node, to);
    return boundary(to);
  }
  scope inside;
  inside.depth = to.depth + 1;
  visit_children(node, inside);
  flush(inside);
  if (!inside.out.empty())
    push(to, tree::quote{std::move(inside.out)}, node);
}

void tree_builder::add_figure(const GumboNode& node, scope& to) {
  boundary(to);
  const auto before = to.out.size();
  const bool outer = std::exchange(to.has_permalinks, true);
  visit_children(node, to);
  to.has_permalinks = outer;
  boundary(to);
  if (to.out.size() != before + 2)
    return;
  const auto* image = std::get_if<tree::image>(&to.out[before].content);
  const auto* caption = std::get_if<tree::paragraph>(&to.out[before + 1].content);
  // The caption often says again what the picture's alternative text says.
  if (image != nullptr && caption != nullptr && caption->words.size() == 1 &&
      caption->words[0].text == image->alternative)
    to.out.erase(to.out.begin() + static_cast<std::ptrdiff_t>(before));
}

}  // namespace millrace::ingest::html_tree
