#include "ingest/readers/html_elements.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest::html_elements {
namespace {

/// Calls `use` with each word of a class attribute until it answers true; whether one did.
template <class Use>
bool any_class(const GumboElement& of, Use use) {
  auto left = attribute(of, "class");
  while (!left.empty()) {
    const auto end = std::min(left.find_first_of(" \t\r\n\f"), left.size());
    if (end > 0 && use(left.substr(0, end)))
      return true;
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return false;
}

bool is_hidden(const GumboElement& element) {
  if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr ||
      attribute(element, "aria-hidden") == "true")
    return true;
  std::string style;
  for (const char c : attribute(element, "style").substr(0, 1000))
    if (c != ' ')
      style += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return style.find("display:none") != std::string::npos ||
         style.find("visibility:hidden") != std::string::npos;
}

bool is_navigation(const GumboElement& element) {
  const auto role = attribute(element, "role");
  if (role == "navigation" || role == "search" || role == "menu" || role == "menubar")
    return true;
  // What generators of documentation call the parts around the text (DocBook, Sphinx, Doxygen).
  return any_class(element, [](std::string_view word) {
    constexpr std::array names{"navheader",         "navfooter",  "navbar",     "breadcrumb",
                               "breadcrumbs",       "headerlink", "navigation", "sphinxsidebar",
                               "sr-only-focusable", "skip-link"};
    return std::find(names.begin(), names.end(), word) != names.end();
  });
}

/// A header or footer of the page, not of an article in it.
bool is_of_page(const GumboNode& node) {
  for (const auto* at = node.parent; at != nullptr; at = at->parent) {
    if (at->type != GUMBO_NODE_ELEMENT)
      continue;
    switch (at->v.element.tag) {
      case GUMBO_TAG_ARTICLE:
      case GUMBO_TAG_ASIDE:
      case GUMBO_TAG_BLOCKQUOTE:
      case GUMBO_TAG_MAIN:
      case GUMBO_TAG_SECTION:
        return false;
      default:
        break;
    }
  }
  return true;
}

}  // namespace

std::string_view attribute(const GumboElement& of, const char* name) {
  const auto* found = gumbo_get_attribute(&of.attributes, name);
  return found == nullptr ? std::string_view{} : found->value;
}

bool is_dropped(const GumboNode& node) {
  if (node.type == GUMBO_NODE_TEMPLATE)
    return true;
  const auto& element = node.v.element;
  switch (element.tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_INPUT:
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
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_MAP:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_ANNOTATION_XML:
      return true;
    case GUMBO_TAG_FOOTER:
      return is_of_page(node) || is_hidden(element);
    default:
      return element.attributes.length > 0 && (is_hidden(element) || is_navigation(element));
  }
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
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_P:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
      return true;
    default:
      return false;
  }
}

int heading_level(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? 1 + static_cast<int>(tag) - GUMBO_TAG_H1 : 0;
}

std::string language_of(const GumboNode& pre) {
  std::string language;
  const auto look = [&](const GumboElement& element) {
    return any_class(element, [&](std::string_view word) {
      for (const std::string_view start : {"language-", "lang-", "highlight-source-"}) {
        if (!word.starts_with(start))
          continue;
        word.remove_prefix(start.size());
        const bool plain = word.size() <= 20 && std::all_of(word.begin(), word.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                    (c >= '0' && c <= '9') || c == '+' || c == '#' || c == '-';
                           });
        if (plain)
          language = word;
        return plain;
      }
      return false;
    });
  };
  const auto& element = pre.v.element;
  if (look(element) || element.children.length == 0)
    return language;
  const auto& child = *static_cast<const GumboNode*>(element.children.data[0]);
  if (child.type == GUMBO_NODE_ELEMENT)
    look(child.v.element);
  return language;
}

}  // namespace millrace::ingest::html_elements
