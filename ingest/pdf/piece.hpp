#pragma once

#include "ingest/pdf/measures.hpp"
#include "ingest/pdf/page.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::ingest::pdf_layout {

enum class piece_kind {
  paragraph,
  item,
  listing,
  /// Entries of a table of contents.
  contents,
  table,
  /// What runs along the margin.
  aside,
};

struct code_line {
  /// Characters from the left edge of the page's text.
  int column = 0;
  float top = 0;
  std::string text;
};

/// A part of a page that is about to be a block.
struct piece {
  piece_kind kind = piece_kind::paragraph;
  /// Of a paragraph or item; a line end where a line was ended on purpose.
  std::string text{};
  /// Of a table: all with as many cells. Of contents: one cell a row.
  std::vector<std::vector<std::string>> rows{};
  std::size_t head_rows = 0;
  std::vector<code_line> code{};
  /// The height of a line of a listing, from one to the next.
  float pitch = 0;
  /// Of an item that is numbered.
  std::optional<int> number{};
  int first_page = 0;
  int last_page = 0;
  /// On first_page.
  box at{};
  float size = 0;
  int lines = 1;
  /// Whether the last line is as wide as the others.
  bool is_full = false;
  /// 1 to 6 for a heading.
  int level = 0;
};

}  // namespace millrace::ingest::pdf_layout
