#include "ingest/html/table_grid.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

/// A cell and where it begins.
struct placed_cell {
  std::size_t row = 0;
  std::size_t column = 0;
  tree::spans words{};
};

std::size_t count_head_rows(const std::vector<table_row>& rows) {
  std::size_t head = 0;
  while (head < rows.size() && rows[head].in_head)
    ++head;
  if (head > 0)
    return head;
  const auto says_columns = [](const table_row& row) {
    bool any = false;
    for (const auto& cell : row.cells) {
      if (!cell.head && !cell.words.empty())
        return false;
      any = any || cell.head;
    }
    return any;
  };
  while (head < rows.size() && says_columns(rows[head]))
    ++head;
  // A table of nothing but head cells has one row of heads at most.
  return head == rows.size() ? std::min<std::size_t>(head, 1) : head;
}

/// Where each cell begins, with the places that those above reach into kept free.
class placer {
 public:
  std::vector<placed_cell> place(std::vector<table_row>& rows) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      place_row(rows, r);
    return std::move(cells_);
  }

 private:
  void place_row(std::vector<table_row>& rows, std::size_t r) {
    std::size_t column = 0;
    for (auto& cell : rows[r].cells) {
      while (column < free_from_.size() && free_from_[column] > r)
        ++column;
      const auto room = max_columns > column ? max_columns - column : 1;
      const auto columns = std::clamp<std::size_t>(cell.columns, 1, room);
      auto last = r + 1;
      if (cell.rows != 1 && column < max_columns)
        last = end_of_reach(rows, r, cell.rows);
      if (last > r + 1) {
        free_from_.resize(std::max(free_from_.size(), column + columns));
        std::fill_n(free_from_.begin() + static_cast<std::ptrdiff_t>(column), columns, last);
      }
      cells_.push_back({r, column, std::move(cell.words)});
      column += columns;
    }
  }

  std::size_t end_of_reach(const std::vector<table_row>& rows, std::size_t r, std::size_t count) {
    const auto end = end_of_group(rows, r);
    return count == 0 ? end : std::min(end, r + std::min(count, rows.size()));
  }

  std::size_t end_of_group(const std::vector<table_row>& rows, std::size_t r) {
    if (end_ <= r)
      for (end_ = r + 1; end_ < rows.size() && rows[end_].group == rows[r].group;)
        ++end_;
    return end_;
  }

  /// Cells beyond stand beside each other; no page of use has so many.
  static constexpr std::size_t max_columns = 2000;

  /// For each column the first row that no cell above reaches into.
  std::vector<std::size_t> free_from_;
  std::vector<placed_cell> cells_;
  std::size_t end_ = 0;
};

constexpr auto nowhere = static_cast<std::size_t>(-1);

/// New numbers for the columns and rows that hold words; nowhere for the others.
std::vector<std::size_t> numbered(const std::vector<bool>& used, std::size_t& count) {
  std::vector<std::size_t> numbers(used.size(), nowhere);
  count = 0;
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i])
      numbers[i] = count++;
  return numbers;
}

void join(tree::spans& to, tree::spans words) {
  if (!to.empty() && !words.empty())
    to.push_back({tree::span_kind::line_break, {}});
  std::move(words.begin(), words.end(), std::back_inserter(to));
}

}  // namespace

tree::table make_grid(std::vector<table_row> rows) {
  tree::table table;
  const auto head_rows = count_head_rows(rows);
  auto cells = placer{}.place(rows);
  std::size_t width = 0;
  for (const auto& cell : cells)
    width = std::max(width, cell.column + 1);
  std::vector<bool> used_rows(rows.size());
  std::vector<bool> used_columns(width);
  for (const auto& cell : cells)
    if (!cell.words.empty())
      used_rows[cell.row] = used_columns[cell.column] = true;
  std::size_t row_count = 0;
  std::size_t column_count = 0;
  const auto row_numbers = numbered(used_rows, row_count);
  const auto column_numbers = numbered(used_columns, column_count);
  if (row_count == 0)
    return table;
  for (std::size_t r = 0; r < head_rows; ++r)
    table.head_rows += used_rows[r] ? 1 : 0;
  const auto places = cells.size() * 40 + 1000;
  column_count = std::clamp<std::size_t>(places / row_count, 1, column_count);
  table.rows.assign(row_count, tree::table::row(column_count));
  for (auto& cell : cells) {
    if (cell.words.empty())
      continue;
    const auto column = std::min(column_numbers[cell.column], column_count - 1);
    join(table.rows[row_numbers[cell.row]][column], std::move(cell.words));
  }
  return table;
}

}  // namespace millrace::ingest::html_tree
