#include "ingest/html/page_metadata.hpp"

#include "ingest/html/elements.hpp"
#include "ingest/html/inline_text.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace millrace::ingest::html_tree {
namespace {

std::string line_of(std::string_view text) {
  inline_text line;
  line.text(text);
  const auto words = line.take();
  return words.empty() ? std::string{} : words[0].text;
}

void set_once(std::string& field, std::string_view value) {
  if (field.empty())
    field = line_of(value);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const auto one : names)
    if (name == one)
      return true;
  return false;
}

void read_meta(const GumboElement& meta, tree::metadata& about) {
  const auto content = attribute(meta, "content");
  if (content.empty())
    return;
  auto name = squeezed(attribute(meta, "name"));
  if (name.empty())
    name = squeezed(attribute(meta, "property"));
  if (name.empty())
    name = squeezed(attribute(meta, "itemprop"));
  if (is_one_of(name,
                {"author", "dc.creator", "dcterms.creator", "article:author", "citation_author"}))
    // An address of a page about the author is no name.
    return content.starts_with("http") ? void() : set_once(about.author, content);
  if (is_one_of(name, {"date", "dc.date", "dcterms.created", "dcterms.date", "datepublished",
                       "article:published_time", "citation_publication_date", "pubdate"}))
    return set_once(about.date, content);
  if (is_one_of(name, {"og:title", "dc.title", "dcterms.title"}))
    return set_once(about.title, content);
  if (squeezed(attribute(meta, "http-equiv")) == "content-language")
    return set_once(about.language, content);
  if (is_one_of(name, {"description", "keywords"}))
    about.others.emplace_back(name, line_of(content));
}

/// Of the `html` element and its head alone: they are few.
void read_head(const GumboElement& head, tree::metadata& about) {
  for (unsigned i = 0; i < head.children.length; ++i) {
    const auto& child = child_at(head.children, i);
    if (!is_element(child) || child.v.element.tag != GUMBO_TAG_TITLE)
      continue;
    std::string title;
    const auto& texts = child.v.element.children;
    for (unsigned k = 0; k < texts.length; ++k)
      if (const auto& text = child_at(texts, k); text.type == GUMBO_NODE_TEXT)
        title += text.v.text.text;
    set_once(about.title, title);
  }
  for (unsigned i = 0; i < head.children.length; ++i)
    if (const auto& child = child_at(head.children, i);
        is_element(child) && child.v.element.tag == GUMBO_TAG_META)
      read_meta(child.v.element, about);
}

}  // namespace

tree::metadata read_metadata(const GumboNode& document) {
  tree::metadata about;
  const auto& roots = document.v.document.children;
  for (unsigned i = 0; i < roots.length; ++i) {
    const auto& root = child_at(roots, i);
    if (!is_element(root) || root.v.element.tag != GUMBO_TAG_HTML)
      continue;
    set_once(about.language, attribute(root.v.element, "lang"));
    set_once(about.language, attribute(root.v.element, "xml:lang"));
    const auto& children = root.v.element.children;
    for (unsigned k = 0; k < children.length; ++k)
      if (const auto& child = child_at(children, k);
          is_element(child) && child.v.element.tag == GUMBO_TAG_HEAD)
        read_head(child.v.element, about);
  }
  return about;
}

}  // namespace millrace::ingest::html_tree
