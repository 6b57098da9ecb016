#include "ingest/readers/markdown_tree.hpp"

#include "ingest/html/read_html.hpp"
#include "ingest/readers/markdown_source.hpp"
#include "ingest/readers/source_text.hpp"
#include "ingest/readers/tree_builder.hpp"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

struct cmark_deleter {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
  void operator()(cmark_node* node) const { cmark_node_free(node); }
  void operator()(cmark_iter* iter) const { cmark_iter_free(iter); }
};

std::unique_ptr<cmark_node, cmark_deleter> parse_markdown(std::string_view text) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, cmark_deleter> parser{
      cmark_parser_new(CMARK_OPT_FOOTNOTES | CMARK_OPT_UNSAFE)};
  for (const auto* name : {"table", "tasklist", "strikethrough"})
    cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension(name));
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return std::unique_ptr<cmark_node, cmark_deleter>{cmark_parser_finish(parser.get())};
}

std::string_view literal_of(cmark_node* node) {
  const auto* literal = cmark_node_get_literal(node);
  return literal == nullptr ? std::string_view{} : literal;
}

/// The words of a language in the line that opens a fence: "python", of `python title="x"`.
std::string language_of_fence(cmark_node* node) {
  const auto* raw = cmark_node_get_fence_info(node);
  std::string_view info = raw == nullptr ? "" : raw;
  if (info.starts_with("{."))
    info.remove_prefix(2);
  std::string language{info.substr(0, info.find_first_of(" \t,{}:"))};
  std::transform(language.begin(), language.end(), language.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return language;
}

/// In lower case, with the slash of a tag that ends: "/sup", of `</SUP>`.
std::string tag_name(std::string_view tag) {
  std::string name{tag.substr(1, tag.find_first_of(" \t\n/>", 2) - 1)};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

/// Tells a builder what stands in the tree of cmark.
class markdown_walk {
 public:
  explicit markdown_walk(const markdown_formulas& formulas) : formulas_(formulas) {}

  tree::blocks run(cmark_node* root) {
    const std::unique_ptr<cmark_iter, cmark_deleter> iter{cmark_iter_new(root)};
    for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter.get())) {
      auto* node = cmark_iter_get_node(iter.get());
      if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
        walk_image(event == CMARK_EVENT_ENTER);
      else if (event == CMARK_EVENT_ENTER)
        enter(node);
      else
        leave(node);
    }
    return out_.take();
  }

 private:
  void walk_image(bool begins) {
    images_ += begins ? 1 : -1;
    if (!begins && images_ == 0)
      out_.text(std::exchange(alternative_, {}), tree::span_kind::image);
  }

  void enter(cmark_node* node) {
    if (is_inline(node))
      return enter_inline(node);
    end_html();
    const std::string_view extension = cmark_node_get_type_string(node);
    if (extension == "table")
      return out_.begin_table();
    if (extension == "table_row" || extension == "table_header")
      return out_.begin_row(extension == "table_header");
    if (extension == "table_cell")
      return out_.begin_cell();
    if (extension == "tasklist") {
      out_.begin_item();
      return out_.check_item(cmark_gfm_extensions_get_tasklist_item_checked(node));
    }
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_HEADING:
        return out_.begin_heading(cmark_node_get_heading_level(node));
      case CMARK_NODE_LIST:
        return cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
                   ? out_.begin_list(cmark_node_get_list_start(node))
                   : out_.begin_list(std::nullopt);
      case CMARK_NODE_ITEM:
        return out_.begin_item();
      case CMARK_NODE_BLOCK_QUOTE:
        return out_.begin_quote();
      case CMARK_NODE_FOOTNOTE_DEFINITION:
        // They stand in the order in which cmark has counted them.
        return out_.begin_footnote(std::to_string(++footnotes_));
      case CMARK_NODE_CODE_BLOCK:
        return add_code_block(node);
      case CMARK_NODE_HTML_BLOCK:
        return add_html(literal_of(node));
      default:
        return out_.block_boundary();
    }
  }

  void leave(cmark_node* node) {
    if (is_inline(node))
      return;
    end_html();
    const std::string_view extension = cmark_node_get_type_string(node);
    if (extension == "table")
      return out_.end_table();
    if (extension == "table_cell")
      return out_.end_cell(1);
    if (extension == "table_row" || extension == "table_header")
      return;
    if (extension == "tasklist")
      return out_.end_item();
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_HEADING:
        return out_.end_heading();
      case CMARK_NODE_LIST:
        return out_.end_list();
      case CMARK_NODE_ITEM:
        return out_.end_item();
      case CMARK_NODE_BLOCK_QUOTE:
        return out_.end_quote();
      case CMARK_NODE_FOOTNOTE_DEFINITION:
        return out_.end_footnote();
      default:
        return out_.block_boundary();
    }
  }

  static bool is_inline(cmark_node* node) {
    return (cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_INLINE;
  }

  void enter_inline(cmark_node* node) {
    if (images_ > 0) {
      alternative_ += literal_of(node);
      return;
    }
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_TEXT:
        return add_words(literal_of(node));
      case CMARK_NODE_SOFTBREAK:
        return add_words("\n");
      case CMARK_NODE_LINEBREAK:
        return out_.line_break();
      case CMARK_NODE_CODE:
        return out_.text(formulas_.restored(literal_of(node)), tree::span_kind::code);
      case CMARK_NODE_HTML_INLINE:
        return add_tag(literal_of(node));
      case CMARK_NODE_FOOTNOTE_REFERENCE:
        return out_.text("[^" + std::string{literal_of(node)} + "]");
      default:
        return;
    }
  }

  void add_words(std::string_view words) {
    formulas_.each_part(words, [&](std::string_view part, bool is_formula) {
      out_.text(part, is_formula ? tree::span_kind::formula : script_);
    });
  }

  /// A tag within a paragraph: what it means for the text, as far as that can be said.
  void add_tag(std::string_view tag) {
    const auto name = tag_name(tag);
    if (name == "br")
      out_.line_break();
    else if (name == "sup")
      script_ = tree::span_kind::superscript;
    else if (name == "sub")
      script_ = tree::span_kind::subscript;
    else if (name == "/sup" || name == "/sub")
      script_ = tree::span_kind::text;
  }

  void add_code_block(cmark_node* node) {
    out_.add({tree::code{formulas_.restored(literal_of(node)), language_of_fence(node)}, {}});
  }

  /// A block of HTML is read as a page: its tags are no words.
  void add_html(std::string_view raw) {
    const auto html = formulas_.restored(raw);
    auto read = read_html({html, {}});
    if (auto* page = std::get_if<tree::document>(&read))
      for (auto& one : page->content)
        out_.add(std::move(one));
  }

  void end_html() { script_ = tree::span_kind::text; }

  const markdown_formulas& formulas_;
  tree_builder out_;
  int footnotes_ = 0;
  int images_ = 0;
  std::string alternative_;
  tree::span_kind script_ = tree::span_kind::text;
};

}  // namespace

tree::read_result read_markdown(const tree::source_file& file) {
  const auto text = source_text(file);
  if (const auto* wrong = std::get_if<tree::unreadable>(&text))
    return *wrong;
  const auto& known = std::get<decoded_text>(text);
  tree::document made;
  warn_of_encoding(known, made);
  const auto body = take_front_matter(known.text, made.about);
  markdown_formulas formulas;
  const auto masked = formulas.masked(body);
  if (is_costly(masked)) {
    made.content = {{tree::preformatted{std::string{body}}, {}}};
    made.warnings.push_back({"MARKDOWN_TOO_NESTED",
                             "the text nests or repeats signs of Markdown so much that it is kept "
                             "as it is, without structure",
                             1});
    return made;
  }
  made.content = markdown_walk{formulas}.run(parse_markdown(masked).get());
  return made;
}

}  // namespace millrace::ingest
