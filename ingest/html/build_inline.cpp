#include "ingest/html/elements.hpp"
#include "ingest/html/tree_builder.hpp"

#include <string>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

using tree::span_kind;

std::string one_line(std::string_view text) {
  inline_text line;
  line.text(text);
  const auto words = line.take();
  return words.empty() ? std::string{} : words[0].text;
}

/// What a camera or a program called the picture says nothing, nor does its kind.
bool says_nothing(std::string_view alternative) {
  if (alternative.find(' ') != std::string_view::npos)
    return false;
  const auto word = squeezed(alternative);
  for (const std::string_view kind : {"logo", "icon", "image", "picture", "photo"})
    if (word == kind)
      return true;
  const auto dot = alternative.rfind('.');
  if (dot == std::string_view::npos)
    return false;
  const auto ending = squeezed(alternative.substr(dot + 1));
  for (const std::string_view one : {"png", "jpg", "jpeg", "gif", "svg", "webp"})
    if (ending == one)
      return true;
  return false;
}

bool is_formula_picture(const GumboElement& image) {
  return any_class(image, [](std::string_view word) {
    return word.starts_with("mwe-math") || word == "math" || word == "tex" || word == "latex";
  });
}

/// TeX without the box that MediaWiki puts around every formula.
std::string_view unboxed(std::string_view tex) {
  constexpr std::string_view box = "{\\displaystyle ";
  if (!tex.starts_with(box) || !tex.ends_with("}"))
    return tex;
  tex.remove_prefix(box.size());
  tex.remove_suffix(1);
  return tex.substr(0, tex.find_last_not_of(' ') + 1);
}

}  // namespace

void tree_builder::add_image(const GumboNode& node, scope& to) {
  const auto& element = node.v.element;
  auto alternative = one_line(attribute(element, "alt"));
  if (alternative.empty() || says_nothing(alternative))
    return;
  if (any_class(element, [](std::string_view word) { return word.starts_with("emoji"); }))
    return to.words.text(alternative);
  if (is_formula_picture(element))
    return to.words.whole(span_kind::formula, std::string{unboxed(alternative)});
  to.words.whole(span_kind::image, std::move(alternative));
}

void tree_builder::add_checkbox(const GumboNode& node, scope& to) {
  const auto& element = node.v.element;
  if (squeezed(attribute(element, "type")) != "checkbox")
    return;
  const bool checked = has_attribute(element, "checked");
  if (to.flat)
    return to.words.text(checked ? "[x] " : "[ ] ");
  const bool first = to.item != nullptr && to.words.empty() && to.out.empty();
  if (first && !to.item->checked)
    to.item->checked = checked;
}

void tree_builder::add_ruby(const GumboNode& node, scope& to) {
  std::string reading;
  const auto end_reading = [&] {
    if (!reading.empty())
      to.words.text('(' + std::exchange(reading, {}) + ')');
  };
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    const auto tag = is_element(child) ? child.v.element.tag : GUMBO_TAG_UNKNOWN;
    if (page_.left_out.contains(&child) || tag == GUMBO_TAG_RP ||
        child.type == GUMBO_NODE_WHITESPACE)
      continue;
    if (tag == GUMBO_TAG_RT || tag == GUMBO_TAG_RTC) {
      reading += plain_text(child, 1000);
      continue;
    }
    end_reading();
    visit(child, to);
  }
  end_reading();
}

}  // namespace millrace::ingest::html_tree
