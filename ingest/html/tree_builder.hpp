#pragma once

#include "ingest/document/document_tree.hpp"
#include "ingest/html/inline_text.hpp"
#include "ingest/html/page_survey.hpp"
#include "ingest/html/table_grid.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::html_tree {

/// Makes blocks of the nodes of a page. Recursive: the survey has refused what nests too deep.
class tree_builder {
 public:
  /// Blocks know their bytes of `source`, if it is what gumbo parsed; it may be empty.
  tree_builder(const page_survey& page, std::string_view source) : page_(page), source_(source) {}

  tree::blocks build(const GumboNode& document);
  bool has_heading() const { return has_heading_; }

 private:
  /// What nodes are added to: a block that holds others, or a line of text.
  struct scope {
    tree::blocks out{};
    inline_text words{};
    /// Blocks around.
    int depth = 0;
    /// A heading, a term or a cell: lines of text, no blocks.
    bool flat = false;
    /// Links to the place itself are not part of its words.
    bool has_permalinks = false;
    bool no_headings = false;
    /// The item to which a box to tick belongs that comes before its words.
    tree::list_item* item = nullptr;
    /// `out.size()` while the last block is a list of items that stand in none.
    std::size_t stray_items = 0;
    /// The bytes of the words.
    std::int64_t begin = -1;
    std::int64_t end = 0;
  };
  struct counter {
    bool ordered = false;
    /// The letter or numeral in place of a number: 'a', 'A', 'i', 'I', or 0 for none; '1'.
    char type = '1';
    std::int64_t next = 1;
    std::int64_t step = 1;
  };

  void visit(const GumboNode& node, scope& to);
  void visit_children(const GumboNode& node, scope& to);
  void visit_element(const GumboNode& node, scope& to);
  void visit_box(const GumboNode& node, scope& to);
  void visit_inline(const GumboNode& node, scope& to, tree::span_kind kind);
  tree::spans flat_words(const GumboNode& node, const scope& around, bool has_permalinks);

  void boundary(scope& to);
  void flush(scope& to);
  void push(scope& to, decltype(tree::block::content) content, const GumboNode& from);
  tree::source_place place_of(const GumboNode& node) const;
  tree::source_place place_of(std::int64_t begin, std::int64_t end) const;
  bool is_too_deep(const scope& at) const { return at.depth + 1 >= tree::max_block_depth; }

  void add_text(const GumboNode& node, scope& to);
  void add_line_break(scope& to);
  void add_image(const GumboNode& node, scope& to);
  void add_checkbox(const GumboNode& node, scope& to);
  void add_formula(std::string source, bool alone, const GumboNode& node, scope& to);
  void add_ruby(const GumboNode& node, scope& to);
  void add_quotation(const GumboNode& node, scope& to);
  void add_heading(int level, const GumboNode& node, scope& to);
  void add_code(const GumboNode& node, std::string lines, scope& to);
  void add_quote(const GumboNode& node, scope& to);
  void add_figure(const GumboNode& node, scope& to);

  void add_list(const GumboNode& node, scope& to);
  void add_flat_list(const GumboNode& node, counter count, scope& to);
  void add_stray_item(const GumboNode& node, scope& to);
  void add_to_list(const GumboNode& child, counter& count, tree::list& list, tree::blocks& notes,
                   const scope& around);
  tree::list_item read_item(const GumboNode& node, const scope& around);
  static counter counter_of(const GumboNode& list);
  static void step_to(counter& count, const GumboNode& item);

  void add_definitions(const GumboNode& node, scope& to);
  void add_definition_parts(const GumboNode& node, std::vector<tree::definition>& list,
                            const scope& around);

  void add_table(const GumboNode& node, scope& to);
  void read_rows(const GumboNode& node, std::vector<table_row>& rows, std::vector<table_row>& foot,
                 tree::spans& caption, const scope& around);
  table_row read_row(const GumboNode& node, const scope& around);

  const page_survey& page_;
  std::string_view source_;
  bool has_heading_ = false;
  std::size_t groups_ = 0;
};

}  // namespace millrace::ingest::html_tree
