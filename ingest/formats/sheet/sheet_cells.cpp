#include "ingest/formats/sheet/sheet_cells.hpp"

#include "ingest/formats/build.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::ingest::formats {
namespace {

std::vector<std::size_t> distinct(std::vector<std::size_t> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::size_t place_of(const std::vector<std::size_t>& sorted, std::size_t value) {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                  sorted.begin());
}

}  // namespace

void add_sheet(tree::document& to, sheet_cells&& sheet, std::size_t& left) {
  std::erase_if(sheet.cells, [](const auto& one) { return is_blank(one.words); });
  if (sheet.cells.empty())
    return;
  std::vector<std::size_t> rows;
  std::vector<std::size_t> columns;
  for (const auto& one : sheet.cells) {
    rows.push_back(one.row);
    columns.push_back(one.column);
  }
  rows = distinct(std::move(rows));
  columns = distinct(std::move(columns));
  if (rows.size() > left / columns.size())
    fail("FILE_EXPANDS_TOO_MUCH",
         fmt::format("the sheet {} is too large for a table: split it", sheet.name));
  left -= rows.size() * columns.size();
  tree::table table{.head_rows = 1, .rows{rows.size(), tree::table::row(columns.size())}};
  for (auto& one : sheet.cells)
    table.rows[place_of(rows, one.row)][place_of(columns, one.column)] = std::move(one.words);
  const auto range = fmt::format("{}!{}{}:{}{}", sheet.name, column_name(columns.front()),
                                 rows.front() + 1, column_name(columns.back()), rows.back() + 1);
  tree::source_place from{.part = range};
  to.content.push_back({tree::heading{1, {{tree::span_kind::text, std::move(sheet.name)}}}, from});
  to.content.push_back({std::move(table), from});
}

}  // namespace millrace::ingest::formats
