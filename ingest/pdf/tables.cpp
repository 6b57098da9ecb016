#include "ingest/pdf/tables.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/pdf/letters.hpp"

#include <cmath>
#include <set>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

/// Words without a gap between them, and the line that they are of.
struct segment {
  std::vector<word> words;
  box at;
  std::size_t of = 0;
};

/// Segments on one height, from left to right.
struct table_band {
  std::vector<segment> segments;
  box at;
  float size = 0;
};

struct column {
  float left;
  float right;
};

void add_segments(const line& what, std::size_t of, std::vector<segment>& into) {
  for (std::size_t i = 0; i < what.words.size(); ++i) {
    const auto& one = what.words[i];
    // Words of a justified line are closer together.
    const bool is_apart = i == 0 || one.at.left - what.words[i - 1].at.right > what.size;
    if (is_apart)
      into.push_back({{}, one.at, of});
    into.back().words.push_back(one);
    into.back().at = around(into.back().at, one.at);
  }
}

std::vector<table_band> bands_of(const page& on) {
  std::vector<segment> all;
  for (std::size_t i = 0; i < on.lines.size(); ++i)
    if (!character_width(on.lines[i]))
      add_segments(on.lines[i], i, all);
  std::sort(all.begin(), all.end(), [](const segment& a, const segment& b) {
    return a.at.top + a.at.bottom < b.at.top + b.at.bottom;
  });
  std::vector<table_band> found;
  for (auto& one : all) {
    if (found.empty() || shared_height(found.back().at, one.at) < 0.5F)
      found.push_back({{}, one.at, 0});
    auto& last = found.back();
    last.at = around(last.at, one.at);
    last.size = std::max(last.size, on.lines[one.of].size);
    last.segments.push_back(std::move(one));
  }
  for (auto& one : found)
    std::sort(one.segments.begin(), one.segments.end(),
              [](const segment& a, const segment& b) { return a.at.left < b.at.left; });
  return found;
}

/// Whether the columns still have gaps between them with the segments of one more band.
bool fits(std::vector<column>& columns, const table_band& next) {
  auto tried = columns;
  for (const auto& one : next.segments) {
    const auto touches = [&](const column& c) {
      return one.at.left < c.right + 2 && c.left < one.at.right + 2;
    };
    const auto first = std::find_if(tried.begin(), tried.end(), touches);
    if (first == tried.end()) {
      const auto after = std::find_if(tried.begin(), tried.end(),
                                      [&](const column& c) { return c.left > one.at.left; });
      tried.insert(after, {one.at.left, one.at.right});
      continue;
    }
    if (std::find_if(first + 1, tried.end(), touches) != tried.end())
      return false;
    *first = {std::min(first->left, one.at.left), std::max(first->right, one.at.right)};
  }
  columns = std::move(tried);
  return true;
}

std::size_t column_at(const std::vector<column>& columns, const segment& what) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (what.at.left < columns[i].right + 2 && columns[i].left < what.at.right + 2)
      return i;
  return columns.size() - 1;
}

using table_bands = std::vector<table_band>;

/// Whether nearly all of the numbers are within that distance of the one in their middle.
bool agree(std::vector<float> places, float within) {
  std::sort(places.begin(), places.end());
  const float middle = places[places.size() / 2];
  const auto near = std::count_if(places.begin(), places.end(),
                                  [&](float p) { return std::abs(p - middle) <= within; });
  return static_cast<std::size_t>(near) * 10 >= places.size() * 8;
}

/// Whether the cells of a column stand below each other at the left, at the right or in the middle.
bool is_aligned(const table_bands& rows, const std::vector<column>& columns, std::size_t which) {
  std::vector<float> lefts;
  std::vector<float> rights;
  std::vector<float> middles;
  for (const auto& row : rows)
    for (const auto& one : row.segments)
      if (column_at(columns, one) == which) {
        lefts.push_back(one.at.left);
        rights.push_back(one.at.right);
        middles.push_back((one.at.left + one.at.right) / 2);
      }
  constexpr float within = 3;
  return !lefts.empty() && (agree(std::move(lefts), within) || agree(std::move(rights), within) ||
                            agree(std::move(middles), within));
}

/// Whether columns are text to be read from top to bottom: their lines are full.
bool is_running_text(const table_bands& rows, const std::vector<column>& columns) {
  std::size_t prose = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t cells = 0;
    std::size_t full = 0;
    std::size_t words = 0;
    for (const auto& row : rows)
      for (const auto& one : row.segments)
        if (column_at(columns, one) == i) {
          ++cells;
          words += one.words.size();
          full += width(one.at) > 0.75F * (columns[i].right - columns[i].left) ? 1 : 0;
        }
    prose += cells > 0 && words >= 3 * cells && full * 2 >= cells ? 1 : 0;
  }
  return prose >= 2;
}

/// Whether the first column has nothing but bullets or numbers of items.
bool is_list(const table_bands& rows, const std::vector<column>& columns) {
  return std::all_of(rows.begin(), rows.end(), [&](const table_band& row) {
    const auto& first = row.segments.front();
    return column_at(columns, first) > 0 ||
           (first.words.size() == 1 &&
            (is_bullet(first.words[0].text) || is_dash(first.words[0].text) ||
             item_number(first.words[0].text)));
  });
}

bool is_table(const table_bands& rows, const std::vector<column>& columns) {
  std::size_t several = 0;
  std::size_t cells = 0;
  std::size_t letters = 0;
  for (const auto& row : rows) {
    several += row.segments.size() > 1 ? 1 : 0;
    cells += row.segments.size();
    for (const auto& one : row.segments)
      letters += one.words.size() == 1 && count_signs(one.words[0].text) == 1 ? 0 : 1;
  }
  constexpr std::size_t most_columns = 30;
  // Formulas are signs here and there.
  if (columns.size() < 2 || columns.size() > most_columns || letters * 2 < cells ||
      several < (columns.size() > 2 ? 2U : 3U) || several * 2 < rows.size() ||
      cells * 2 < rows.size() * columns.size())
    return false;
  if (is_running_text(rows, columns) || is_list(rows, columns))
    return false;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!is_aligned(rows, columns, i))
      return false;
  return true;
}

enum class row_part { whole, of_row_above, of_row_below };

/// What a band is of a row whose cells have several lines: cells of one line may stand at the
/// top or in the middle of those beside them.
row_part part_at(const table_bands& rows, std::size_t i, const std::vector<column>& columns) {
  const auto& row = rows[i];
  if (column_at(columns, row.segments.front()) == 0 ||
      (columns.size() > 2 && row.segments.size() + 1 >= columns.size()))
    return row_part::whole;
  const float farthest = 0.5F * row.size;
  const float above = i > 0 ? row.at.top - rows[i - 1].at.bottom : 2 * farthest;
  const float below = i + 1 < rows.size() ? rows[i + 1].at.top - row.at.bottom : 2 * farthest;
  if (below < above - 1 && below < farthest)
    return row_part::of_row_below;
  return above < farthest ? row_part::of_row_above : row_part::whole;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_digit(c); });
}

/// A first row of words above a column of numbers says what the columns are.
std::size_t head_rows_of(const std::vector<std::vector<std::string>>& rows) {
  if (rows.size() < 2 || std::any_of(rows[0].begin(), rows[0].end(), [](const std::string& cell) {
        return cell.empty() || has_digit(cell);
      }))
    return 0;
  for (std::size_t i = 0; i < rows[0].size(); ++i)
    if (std::all_of(rows.begin() + 1, rows.end(),
                    [&](const auto& row) { return row[i].empty() || has_digit(row[i]); }))
      return 1;
  return 0;
}

void join_cell(std::string& cell, const std::string& next) {
  if (!cell.empty() && !is_unspaced(last_sign(cell)))
    cell += ' ';
  cell += next;
}

placed_table table_of(const table_bands& rows, const std::vector<column>& columns, const page& on) {
  placed_table made;
  auto& content = made.content;
  content.kind = piece_kind::table;
  content.first_page = content.last_page = on.number;
  content.at = rows.front().at;
  content.size = rows.front().size;
  made.block = on.lines[rows.front().segments.front().of].block;
  bool is_begun = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto part = part_at(rows, i, columns);
    if (content.rows.empty() || (part != row_part::of_row_above && !is_begun))
      content.rows.emplace_back(columns.size());
    is_begun = part == row_part::of_row_below;
    for (const auto& one : rows[i].segments) {
      join_cell(content.rows.back()[column_at(columns, one)], text_of(one.words));
      made.block = std::min(made.block, on.lines[one.of].block);
    }
    content.at = around(content.at, rows[i].at);
  }
  content.head_rows = head_rows_of(content.rows);
  return made;
}

}  // namespace

std::vector<placed_table> take_tables(page& on) {
  std::vector<placed_table> found;
  const auto bands = bands_of(on);
  std::set<std::size_t> taken;
  for (std::size_t i = 0; i < bands.size();) {
    std::vector<column> columns;
    auto end = i;
    while (end < bands.size() && fits(columns, bands[end]) &&
           (end == i || (bands[end].at.top - bands[end - 1].at.bottom < 2.5F * bands[end].size &&
                         bands[end].size < 1.25F * bands[i].size)))
      ++end;
    // A single cell below or above a table is a line of text.
    auto begin = i;
    while (begin < end && bands[begin].segments.size() < 2)
      ++begin;
    while (end > begin && bands[end - 1].segments.size() < 2 &&
           (end - 1 == begin || column_at(columns, bands[end - 1].segments[0]) == 0))
      --end;
    columns.clear();
    const table_bands rows{bands.begin() + static_cast<std::ptrdiff_t>(begin),
                           bands.begin() + static_cast<std::ptrdiff_t>(end)};
    for (const auto& row : rows)
      fits(columns, row);
    if (rows.size() < 2 || !is_table(rows, columns)) {
      i = std::max(i + 1, begin + (begin == i ? 1 : 0));
      continue;
    }
    found.push_back(table_of(rows, columns, on));
    for (const auto& row : rows)
      for (const auto& one : row.segments)
        taken.insert(one.of);
    i = end;
  }
  std::vector<line> kept;
  for (std::size_t i = 0; i < on.lines.size(); ++i)
    if (!taken.contains(i))
      kept.push_back(std::move(on.lines[i]));
  on.lines = std::move(kept);
  return found;
}

}  // namespace millrace::ingest::pdf_layout
