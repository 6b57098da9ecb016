#include "ingest/html/dropped.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/html/elements.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest::html_tree {
namespace {

template <class Names>
bool is_among(const Names& names, std::string_view word) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What generators of documentation call the parts around the text, and sites what is for readers
/// of the screen alone.
constexpr auto around_the_text = std::to_array<std::string_view>({
    "MathJax",
    "MathJax_CHTML",
    "MathJax_CHTML_Display",
    "MathJax_Display",
    "MathJax_Preview",
    "MathJax_SVG",
    "MathJax_SVG_Display",
    "breadcrumb",
    "breadcrumbs",
    "element-invisible",
    "hideme",
    "menu-title",
    "mw-cite-backlink",
    "mw-editsection",
    "mw-jump-link",
    "navbar",
    "navfooter",
    "navheader",
    "navigation",
    "noprint",
    "screen-reader-text",
    "skip-link",
    "skip-links",
    "skiplink",
    "sphinxsidebar",
    "sr-only",
    "sr-only-focusable",
    "test-arrow",
    "viewcode-back",
    "viewcode-link",
    "visually-hidden",
    "visuallyhidden",
});
static_assert(std::is_sorted(around_the_text.begin(), around_the_text.end()));

constexpr auto shown_elsewhere =
    std::to_array<std::string_view>({"-block", "-inline", "-flex", "-grid", "-table"});

/// A class that hides, unless others show the element on some screens ("hidden md:block").
bool is_hidden_by_class(const GumboElement& element) {
  bool hidden = false;
  bool shown = false;
  any_class(element, [&](std::string_view word) {
    hidden = hidden || word == "hidden" || word == "d-none";
    for (const auto end : shown_elsewhere)
      shown = shown || contains(word, end);
    shown = shown || contains(word, ":");
    return false;
  });
  return hidden && !shown;
}

bool is_around_the_text(const GumboElement& element) {
  return any_class(element, [](std::string_view word) {
    return std::binary_search(around_the_text.begin(), around_the_text.end(), word);
  });
}

/// Of a word that names a notice about cookies, in a class or an id.
bool is_cookie_notice(std::string_view name) {
  if (name.starts_with("onetrust-") || name.starts_with("Cybot") || name == "gdpr-banner")
    return true;
  if (!contains(name, "cookie") && !contains(name, "Cookie"))
    return false;
  for (const std::string_view part : {"banner", "consent", "notice", "popup", "modal", "bar"})
    if (contains(name, part))
      return true;
  return false;
}

/// Before its picture in glyphs KaTeX puts the same formula in MathML.
bool follows_its_source(const GumboNode& node) {
  if (node.parent == nullptr || !is_element(*node.parent))
    return false;
  const auto& siblings = node.parent->v.element.children;
  for (unsigned i = 0; i < siblings.length && i < node.index_within_parent; ++i) {
    const auto& sibling = child_at(siblings, i);
    if (is_element(sibling) && has_class(sibling.v.element, "katex-mathml"))
      return true;
  }
  return false;
}

/// What is hidden from readers of screens is seen by the others, and dropped only where it is an
/// ornament: an icon, a sign, a formula that is there in words.
bool is_ornament(const GumboNode& node) {
  const auto& element = node.v.element;
  if (has_class(element, "katex-html"))
    return follows_its_source(node);
  if (element.tag == GUMBO_TAG_I ||
      any_class(element, [](std::string_view word) { return contains(word, "icon"); }))
    return true;
  return !has_words(plain_text(node, 64));
}

dropped by_style(std::string_view style) {
  if (contains(style, "display:none"))
    return dropped::always;
  if (contains(style, "visibility:hidden"))
    return dropped::until_script;
  return dropped::no;
}

bool is_of_no_interest(std::string_view role) {
  constexpr auto roles = std::to_array<std::string_view>(
      {"navigation", "search", "menu", "menubar", "alertdialog", "doc-toc-button"});
  return is_among(roles, role);
}

dropped by_attributes(const GumboNode& node) {
  const auto& element = node.v.element;
  bool looks_hidden = false;
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    const auto& found = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
    const std::string_view name = found.name;
    const std::string_view value = found.value;
    if (name == "class") {
      // What is hidden by a class is looked for once all words are known to hold one.
      looks_hidden = contains(value, "hidden") || contains(value, "d-none");
      if (is_around_the_text(element))
        return dropped::always;
      if (contains(value, "ookie") && any_class(element, is_cookie_notice))
        return dropped::always;
    } else if (name == "style") {
      const auto squeezed_style = squeezed(value);
      if (const auto answer = by_style(squeezed_style); answer != dropped::no)
        return answer;
    } else if (name == "hidden") {
      if (value != "until-found")
        return dropped::always;
    } else if (name == "role") {
      if (is_of_no_interest(value) ||
          (value == "dialog" && attribute(element, "aria-modal") == "true"))
        return dropped::always;
    } else if (name == "id") {
      if (is_cookie_notice(value))
        return dropped::always;
    } else if (name == "aria-hidden") {
      if (value == "true" && is_ornament(node))
        return dropped::always;
    }
  }
  return looks_hidden && is_hidden_by_class(element) ? dropped::always : dropped::no;
}

/// A button that says a sentence or opens a heading is a part of the text, "Copy" is not.
bool is_control(const GumboNode& button) {
  const auto& element = button.v.element;
  const auto text = plain_text(button, 64);
  if (!has_words(text))
    return true;
  for (const auto* at = button.parent; at != nullptr && is_element(*at); at = at->parent)
    if (heading_level(at->v.element) > 0 || at->v.element.tag == GUMBO_TAG_SUMMARY)
      return false;
  for (unsigned i = 0; i < element.children.length; ++i) {
    const auto& child = child_at(element.children, i);
    if (is_element(child) && heading_level(child.v.element) > 0)
      return false;
  }
  const bool opens = has_attribute(element, "aria-expanded") ||
                     any_class(element, [](auto word) { return contains(word, "accordion"); });
  return !opens || std::count(text.begin(), text.end(), ' ') < 2;
}

constexpr auto line_number_classes = std::to_array<std::string_view>({
    "linenos",
    "lineno",
    "linenodiv",
    "lnt",
    "ln",
    "gutter",
    "rouge-gutter",
    "blob-num",
    "hljs-ln-numbers",
    "line-number",
    "line-numbers",
    "line-numbers-rows",
    "src-line-numbers",
    "code-line-number",
    "cl-number",
});

constexpr auto permalink_classes = std::to_array<std::string_view>({
    "headerlink",      "header-anchor",  "headeranchor-link", "anchor",
    "anchor-link",     "anchorjs-link",  "doc-anchor",        "heading-permalink",
    "permalink",       "hash-link",      "toc-anchor",        "heading-anchor",
    "header-link",     "direct-link",    "footnote-back",     "footnote-backref",
    "reversefootnote", "permalink-icon", "anchor-permalink",  "elementor-anchor",
    "heading-link",
});

}  // namespace

dropped is_dropped(const GumboNode& node) {
  const auto& element = node.v.element;
  switch (element.tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_PROGRESS:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_MAP:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED:
      return dropped::always;
    case GUMBO_TAG_NOSCRIPT:
      return dropped::without_scripts;
    case GUMBO_TAG_BUTTON:
      if (is_control(node))
        return dropped::always;
      break;
    case GUMBO_TAG_UNKNOWN:
      if (unknown_name(element) == "dialog" && !has_attribute(element, "open"))
        return dropped::always;
      break;
    default:
      break;
  }
  return element.attributes.length == 0 ? dropped::no : by_attributes(node);
}

bool is_permalink(const GumboNode& node, bool in_heading) {
  const auto& element = node.v.element;
  if (element.tag != GUMBO_TAG_A || element.attributes.length == 0)
    return false;
  const bool named =
      attribute(element, "role") == "doc-backlink" ||
      any_class(element, [](std::string_view word) { return is_among(permalink_classes, word); });
  const bool to_itself =
      in_heading && attribute(element, "href").find('#') != std::string_view::npos;
  if (!named && !to_itself)
    return false;
  const auto text = plain_text(node, 64);
  return !has_words(text) ||
         (named && (text == "Permalink" || text == "Link" || text == "link" || text == "anchor" ||
                    text.starts_with("Link to this") || text.starts_with("Permalink to ")));
}

bool is_line_number(const GumboElement& element) {
  return element.attributes.length > 0 && any_class(element, [](std::string_view word) {
           return is_among(line_number_classes, word);
         });
}

}  // namespace millrace::ingest::html_tree
