#pragma once

#include "ingest/document/document_tree.hpp"

#include <vector>

namespace millrace::ingest::html_tree {

/// A cell as a page writes it.
struct table_cell {
  tree::spans words{};
  std::size_t columns = 1;
  /// 0 reaches to the end of its group of rows.
  std::size_t rows = 1;
  /// Says what its column or its row is.
  bool head = false;
};

struct table_row {
  std::vector<table_cell> cells{};
  /// In the head of the table, as the page says it.
  bool in_head = false;
  /// Rows of one head, body or foot; cells do not reach from one to another.
  std::size_t group = 0;
};

/// The table of such rows: cells that span several places stand in the first. Columns and rows
/// without a word are left out. The places of a table are at most some dozens of times as many as
/// its cells: what stands to the right of that joins the last column.
tree::table make_grid(std::vector<table_row> rows);

}  // namespace millrace::ingest::html_tree
