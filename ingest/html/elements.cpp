#include "ingest/html/elements.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"

#include <algorithm>

namespace millrace::ingest::html_tree {
namespace {

constexpr std::string_view white_space = " \t\r\n\f";

/// Gumbo's own search ignores case, though all names that it reads are in lower case.
const GumboAttribute* find_attribute(const GumboElement& of, std::string_view name) {
  for (unsigned i = 0; i < of.attributes.length; ++i) {
    const auto* one = static_cast<const GumboAttribute*>(of.attributes.data[i]);
    if (one->name == name)
      return one;
  }
  return nullptr;
}

void append_text(const GumboNode& node, std::size_t limit, std::string& to) {
  if (to.size() > limit)
    return;
  if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_CDATA) {
    to += node.v.text.text;
    return;
  }
  if (node.type == GUMBO_NODE_WHITESPACE) {
    to += ' ';
    return;
  }
  if (node.type != GUMBO_NODE_ELEMENT)
    return;
  const auto tag = node.v.element.tag;
  if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE)
    return;
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    append_text(child_at(children, i), limit, to);
}

}  // namespace

bool is_element(const GumboNode& node) { return node.type == GUMBO_NODE_ELEMENT; }

const GumboVector& children_of(const GumboNode& node) {
  return node.type == GUMBO_NODE_DOCUMENT ? node.v.document.children : node.v.element.children;
}

const GumboNode& child_at(const GumboVector& children, unsigned at) {
  return *static_cast<const GumboNode*>(children.data[at]);
}

std::string_view attribute(const GumboElement& of, std::string_view name) {
  const auto* found = find_attribute(of, name);
  return found == nullptr ? std::string_view{} : found->value;
}

bool has_attribute(const GumboElement& of, std::string_view name) {
  return find_attribute(of, name) != nullptr;
}

std::string_view next_word(std::string_view& words) {
  const auto begin = words.find_first_not_of(white_space);
  if (begin == std::string_view::npos)
    return {};
  words.remove_prefix(begin);
  const auto word = words.substr(0, words.find_first_of(white_space));
  words.remove_prefix(word.size());
  return word;
}

bool has_class(const GumboElement& of, std::string_view name) {
  return any_class(of, [&](std::string_view word) { return word == name; });
}

std::string_view unknown_name(const GumboElement& of) {
  auto name = of.original_tag;
  if (name.data == nullptr)
    return {};
  gumbo_tag_from_original_text(&name);
  return {name.data, name.length};
}

bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
      return true;
    default:
      return false;
  }
}

int heading_level(const GumboElement& element) {
  if (element.tag >= GUMBO_TAG_H1 && element.tag <= GUMBO_TAG_H6)
    return 1 + static_cast<int>(element.tag) - GUMBO_TAG_H1;
  if (attribute(element, "role") != "heading")
    return 0;
  const auto level = attribute(element, "aria-level");
  return level.size() == 1 && level[0] >= '1' && level[0] <= '6' ? level[0] - '0' : 2;
}

std::string squeezed(std::string_view value) {
  std::string out;
  for (const char c : value.substr(0, 1000))
    if (white_space.find(c) == std::string_view::npos)
      out += ascii_lower(c);
  return out;
}

std::string plain_text(const GumboNode& node, std::size_t limit) {
  std::string raw;
  append_text(node, limit, raw);
  std::string out;
  std::string_view left = raw;
  for (auto word = next_word(left); !word.empty(); word = next_word(left)) {
    if (!out.empty())
      out += ' ';
    out += word;
  }
  return out;
}

bool has_words(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = utf8::decode(text, at);
    if (is_word_part(point.code))
      return true;
    at += point.size;
  }
  return false;
}

}  // namespace millrace::ingest::html_tree
