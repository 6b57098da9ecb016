#include "ingest/readers/html_tree.hpp"

#include "ingest/readers/html_depth.hpp"
#include "ingest/readers/html_elements.hpp"
#include "ingest/readers/html_encoding.hpp"
#include "ingest/readers/tree_builder.hpp"

#include <gumbo.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

using namespace html_elements;

bool is_element(const GumboNode& node) {
  return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
}

const GumboVector& children_of(const GumboNode& node) {
  return node.type == GUMBO_NODE_DOCUMENT ? node.v.document.children : node.v.element.children;
}

/// Goes over a tree in the order of the text, without recursion. `visitor.enter(node)` answers
/// whether to go into the node; only then `visitor.leave(node)` follows.
template <class Visitor>
void walk(const GumboNode& root, Visitor& visitor) {
  struct position {
    const GumboNode* node;
    unsigned next = 0;
  };
  std::vector<position> path{{&root}};
  while (!path.empty()) {
    auto& here = path.back();
    const auto& children = children_of(*here.node);
    if (here.next == children.length) {
      visitor.leave(*here.node);
      path.pop_back();
      continue;
    }
    const auto& child = *static_cast<const GumboNode*>(children.data[here.next++]);
    if (visitor.enter(child) && is_element(child))
      path.push_back({&child});
  }
}

/// A first look at a page, for what cannot be known where it is met.
struct survey {
  /// Tables that arrange a page and hold no data: with tables, headings or code in them.
  std::unordered_set<const GumboNode*> layouts;
  /// Headers of the page with a heading in them: more than navigation.
  std::unordered_set<const GumboNode*> titled_headers;
  bool has_heading = false;
  std::string title;

  bool enter(const GumboNode& node) {
    if (!is_element(node))
      return false;
    const auto tag = node.v.element.tag;
    if (tag == GUMBO_TAG_HEAD)
      return true;
    if (tag == GUMBO_TAG_TITLE && title.empty() && node.v.element.children.length > 0) {
      const auto& child = *static_cast<const GumboNode*>(node.v.element.children.data[0]);
      if (child.type == GUMBO_NODE_TEXT)
        title = child.v.text.text;
    }
    if (is_dropped(node))
      return false;
    const bool heading = heading_level(tag) > 0;
    has_heading = has_heading || heading;
    if (!tables_.empty() && (heading || tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_PRE))
      layouts.insert(tables_.back());
    if (heading)
      for (const auto* header : headers_)
        titled_headers.insert(header);
    if (heading)
      headers_.clear();
    if (tag == GUMBO_TAG_TABLE) {
      tables_.push_back(&node);
      if (attribute(node.v.element, "role") == "presentation")
        layouts.insert(&node);
    }
    if (tag == GUMBO_TAG_HEADER)
      headers_.push_back(&node);
    return true;
  }

  void leave(const GumboNode& node) {
    if (!tables_.empty() && tables_.back() == &node) {
      tables_.pop_back();
      if (!tables_.empty() && layouts.contains(&node))
        layouts.insert(tables_.back());
    }
    if (!headers_.empty() && headers_.back() == &node)
      headers_.pop_back();
  }

 private:
  std::vector<const GumboNode*> tables_;
  std::vector<const GumboNode*> headers_;
};

int number(std::string_view digits, int otherwise) {
  int value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value >= 0 && value < 100'000'000 ? value : otherwise;
}

/// Tells a builder what it meets.
class converter {
 public:
  converter(const survey& page, tree_builder& out) : page_(page), out_(out) {}

  bool enter(const GumboNode& node) {
    switch (node.type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE:
        add_text(node.v.text.text);
        return false;
      case GUMBO_NODE_ELEMENT:
        break;
      default:
        return false;
    }
    if (is_dropped(node) || is_navigation_header(node))
      return false;
    begin(node);
    return true;
  }

  void leave(const GumboNode& node) {
    if (node.type == GUMBO_NODE_ELEMENT)
      end(node);
  }

 private:
  bool is_navigation_header(const GumboNode& node) const {
    if (node.v.element.tag != GUMBO_TAG_HEADER || page_.titled_headers.contains(&node))
      return false;
    for (const auto* at = node.parent; at != nullptr; at = at->parent)
      if (at->type == GUMBO_NODE_ELEMENT &&
          (at->v.element.tag == GUMBO_TAG_ARTICLE || at->v.element.tag == GUMBO_TAG_MAIN ||
           at->v.element.tag == GUMBO_TAG_SECTION))
        return false;
    return true;
  }

  void begin(const GumboNode& node) {
    const auto& element = node.v.element;
    switch (element.tag) {
      case GUMBO_TAG_BR:
        return out_.line_break();
      case GUMBO_TAG_IMG:
        return out_.text(attribute(element, "alt"), tree::span_kind::image);
      case GUMBO_TAG_UL:
      case GUMBO_TAG_MENU:
      case GUMBO_TAG_DIR:
        return out_.begin_list(std::nullopt);
      case GUMBO_TAG_OL:
        return out_.begin_list(number(attribute(element, "start"), 1));
      case GUMBO_TAG_LI:
        return out_.begin_item();
      case GUMBO_TAG_BLOCKQUOTE:
        return out_.begin_quote();
      case GUMBO_TAG_CODE:
      case GUMBO_TAG_KBD:
      case GUMBO_TAG_SAMP:
      case GUMBO_TAG_TT:
        ++code_depth_;
        return;
      case GUMBO_TAG_PRE:
      case GUMBO_TAG_LISTING:
      case GUMBO_TAG_XMP:
      case GUMBO_TAG_PLAINTEXT:
        if (block_depth_++ == 0)
          language_ = language_of(node);
        return;
      case GUMBO_TAG_TABLE:
        return is_layout(node) ? out_.block_boundary() : out_.begin_table();
      case GUMBO_TAG_TR:
        return out_.begin_row(false);
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        return out_.begin_cell();
      default:
        break;
    }
    if (const int level = heading_level(element.tag))
      out_.begin_heading(level);
    else if (is_block(element.tag))
      out_.block_boundary();
  }

  void end(const GumboNode& node) {
    const auto& element = node.v.element;
    switch (element.tag) {
      case GUMBO_TAG_UL:
      case GUMBO_TAG_MENU:
      case GUMBO_TAG_DIR:
      case GUMBO_TAG_OL:
        return out_.end_list();
      case GUMBO_TAG_LI:
        return out_.end_item();
      case GUMBO_TAG_BLOCKQUOTE:
        return out_.end_quote();
      case GUMBO_TAG_CODE:
      case GUMBO_TAG_KBD:
      case GUMBO_TAG_SAMP:
      case GUMBO_TAG_TT:
        if (--code_depth_ == 0)
          add_code();
        return;
      case GUMBO_TAG_PRE:
      case GUMBO_TAG_LISTING:
      case GUMBO_TAG_XMP:
      case GUMBO_TAG_PLAINTEXT:
        if (--block_depth_ == 0)
          out_.add({tree::code{std::exchange(block_, {}), std::exchange(language_, {})}, {}});
        return;
      case GUMBO_TAG_TABLE:
        return is_layout(node) ? out_.block_boundary() : out_.end_table();
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        return out_.end_cell(number(attribute(element, "colspan"), 1));
      default:
        break;
    }
    if (heading_level(element.tag) > 0)
      out_.end_heading();
    else if (is_block(element.tag))
      out_.block_boundary();
  }

  void add_text(std::string_view words) {
    if (block_depth_ > 0)
      block_ += words;
    else if (code_depth_ > 0)
      code_ += words;
    else
      add_prose(words);
  }

  /// A line end in prose is no more than a space.
  void add_prose(std::string_view words) {
    std::string line{words};
    std::replace(line.begin(), line.end(), '\n', ' ');
    out_.text(line);
  }

  /// Blanks around code stand outside of it.
  void add_code() {
    const auto code = std::exchange(code_, {});
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    if (!code.empty() && is_blank(code.front()))
      out_.text(" ");
    out_.text(code, tree::span_kind::code);
    if (!code.empty() && is_blank(code.back()))
      out_.text(" ");
  }

  bool is_layout(const GumboNode& table) const { return page_.layouts.contains(&table); }

  const survey& page_;
  tree_builder& out_;
  int code_depth_ = 0;
  int block_depth_ = 0;
  std::string code_;
  std::string block_;
  std::string language_;
};

}  // namespace

tree::read_result read_html(const tree::source_file& file) {
  const auto text = html_to_utf8(file.bytes);
  if (nests_deeper_than(text, max_html_depth))
    return tree::unreadable{"HTML_TOO_DEEP", "the page nests elements more than " +
                                                 std::to_string(max_html_depth) + " deep"};

  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  // Gumbo does not look at what malloc answers; operator new does not answer null.
  options.allocator = [](void*, std::size_t size) { return ::operator new(size); };
  options.deallocator = [](void*, void* memory) { ::operator delete(memory); };
  const auto drop = [&](GumboOutput* page) { gumbo_destroy_output(&options, page); };
  const std::unique_ptr<GumboOutput, decltype(drop)> page{
      gumbo_parse_with_options(&options, text.data(), text.size()), drop};

  survey seen;
  walk(*page->document, seen);
  tree_builder out;
  if (!seen.has_heading && !seen.title.empty()) {
    out.begin_heading(1);
    out.text(seen.title);
    out.end_heading();
  }
  converter convert{seen, out};
  walk(*page->document, convert);
  tree::document made;
  made.about.title = seen.title;
  made.content = out.take();
  return made;
}

}  // namespace millrace::ingest
