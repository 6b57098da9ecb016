#include "app/terminal/table.hpp"

#include "app/terminal/text.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace millrace::app {
namespace {

constexpr std::size_t gap_of_columns = 2;
constexpr std::size_t narrowest = 8;

/// Takes from the widest elastic column until everything fits, or nothing can be taken.
void shrink(std::vector<std::size_t>& widths, const std::vector<column>& columns,
            std::size_t limit) {
  auto total = std::accumulate(widths.begin(), widths.end(), gap_of_columns * (widths.size() - 1));
  while (total > limit) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (columns[i].elastic && widths[i] > narrowest && (!widest || widths[i] > *widest))
        widest = &widths[i];
    if (!widest)
      return;
    --*widest;
    --total;
  }
}

std::string aligned_line(const std::vector<std::string>& cells, const std::vector<column>& columns,
                         const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto cell = shorten(cells[i], widths[i]);
    const std::string padding(widths[i] - display_width(cell), ' ');
    out += (i == 0 ? "" : std::string(gap_of_columns, ' ')) +
           (columns[i].right ? padding + cell : cell + padding);
  }
  out.resize(out.find_last_not_of(' ') + 1);
  return out + '\n';
}

}  // namespace

std::string render_aligned(const table& what, std::size_t width, bool with_head) {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<std::size_t> widths;
  for (const auto& one : what.columns) {
    lines[0].push_back(one.title);
    widths.push_back(one.at_least);
  }
  for (const auto& row : what.rows) {
    auto& cells = lines.emplace_back();
    std::transform(row.begin(), row.end(), std::back_inserter(cells), escape);
  }
  for (const auto& cells : lines)
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(cells[i]));
  if (width > 0)
    shrink(widths, what.columns, width);
  std::string out;
  for (std::size_t i = with_head ? 0 : 1; i < lines.size(); ++i)
    out += aligned_line(lines[i], what.columns, widths);
  return out;
}

std::string render_plain(const table& what) {
  std::string out;
  for (const auto& row : what.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      out += (i == 0 ? "" : "\t") + escape(row[i]);
    out += '\n';
  }
  return out;
}

}  // namespace millrace::app
