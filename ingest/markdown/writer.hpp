#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Writes Markdown from what a walk over a document meets: text, and the beginning and end of
/// blocks. White space in text collapses as in a browser; blocks without text leave no trace.
class markdown_writer {
 public:
  void text(std::string_view words);
  /// Text that stays on a line of its own from here.
  void line_break();
  /// What follows is not of the same paragraph as what was before.
  void block_boundary();

  void begin_heading(int level);
  void end_heading();

  void begin_list(bool ordered, int first_number);
  void end_list();
  void begin_item();
  void end_item();

  void begin_quote();
  void end_quote();

  /// Code inside a paragraph. Does not nest.
  void begin_code();
  void end_code();

  /// A block of code, verbatim. Does not nest; what is not text in it is ignored.
  void begin_code_block(std::string language);
  void end_code_block();

  void image(std::string_view alt);

  /// A table of lines of text. Does not nest; blocks in its cells run together.
  void begin_table();
  void begin_row();
  void begin_cell();
  /// The cell reaches over so many columns.
  void end_cell(int columns);
  void end_table();

  /// The whole document.
  std::string take();

 private:
  /// What a block stands in: a quote, or an item whose first line has a marker.
  struct container {
    std::string first;
    std::string rest;
    bool begun = false;
  };
  struct list {
    bool ordered = false;
    int next = 1;
    bool has_items = false;
  };

  bool flat() const { return heading_ > 0 || in_cell_; }
  void append_collapsed(std::string_view words);
  void space();
  std::string take_line();
  void open(container inside);
  void close();
  std::string prefix();
  void start_block();
  void write_line(std::string_view line);
  void write_paragraph(const std::string& words);
  void write_table();

  std::string out_;
  std::string line_;
  std::vector<container> containers_;
  std::vector<list> lists_;
  std::size_t common_containers_ = 0;
  bool tight_ = false;

  int heading_ = 0;
  std::size_t code_begin_ = std::string::npos;
  bool in_code_block_ = false;
  std::string code_block_;
  std::string language_;
  bool in_table_ = false;
  bool in_cell_ = false;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace millrace::ingest
