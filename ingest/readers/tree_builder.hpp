#pragma once

#include "ingest/document/document_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Makes a tree from what a walk over a document meets: text, and the beginning and end of blocks.
/// Blocks without text leave no trace; what nests deeper than the tree may is joined.
class tree_builder {
 public:
  tree_builder();

  void text(std::string_view words, tree::span_kind kind = tree::span_kind::text);
  /// Text that stays on a line of its own from here.
  void line_break();
  /// What follows is not of the same paragraph as what was before.
  void block_boundary();
  /// A block that is whole already.
  void add(tree::block made);

  void begin_heading(int level);
  void end_heading();

  void begin_list(std::optional<std::int64_t> first_number);
  void end_list();
  void begin_item();
  /// The item is one to be ticked off.
  void check_item(bool checked);
  void number_item(std::int64_t number);
  void end_item();

  void begin_quote();
  void end_quote();
  void begin_footnote(std::string label);
  void end_footnote();

  void begin_table();
  void begin_row(bool is_head);
  void begin_cell();
  /// The cell reaches over so many columns.
  void end_cell(std::int64_t columns);
  void end_table();

  tree::blocks take();

 private:
  enum class frame_kind : std::uint8_t { root, list, item, quote, footnote, joined };
  struct frame {
    frame_kind kind = frame_kind::root;
    tree::blocks content{};
    tree::list list{};
    std::optional<std::int64_t> number{};
    std::optional<bool> checked{};
    std::string label{};
  };

  bool is_flat() const { return heading_ > 0 || in_cell_; }
  void open(frame_kind kind);
  void close(frame_kind kind);
  void close_frame();
  void append(tree::block made);
  void end_paragraph();

  std::vector<frame> frames_;
  tree::spans words_;
  int heading_ = 0;
  bool in_cell_ = false;
  bool in_table_ = false;
  tree::table table_;
};

/// Whether there are other characters than white space.
bool has_text(const tree::spans& words);

}  // namespace millrace::ingest
