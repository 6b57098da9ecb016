#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::app {

struct column {
  std::string title;
  /// Numbers stand at the right.
  bool right = false;
  /// Is cut where the terminal is too narrow.
  bool elastic = false;
  /// For tables that are printed piece by piece.
  std::size_t at_least = 0;
};

/// Rows of cells, one for each column.
struct table {
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// For people: a head and aligned columns, no line longer than `width` as far as elastic columns
/// can give way; 0 means any width. Cells are escaped. Without a head, it goes on a table that was
/// begun before.
std::string render_aligned(const table& what, std::size_t width, bool with_head = true);

/// For programs: one line a row, cells separated by tabs, no head. Cells are escaped.
std::string render_plain(const table& what);

}  // namespace millrace::app
