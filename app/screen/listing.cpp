#include "app/screen/listing.hpp"

#include "app/terminal/text.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

namespace millrace::app {
namespace {

constexpr std::size_t column_gap = 2;
/// Stands before the selected row, so that it is seen where reverse video is not.
constexpr auto marker = ">";

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool contains(const listed_row& row, const std::string& text) {
  const auto in = [&](std::string_view part) {
    return lower(part).find(text) != std::string::npos;
  };
  return in(row.id) || std::any_of(row.cells.begin(), row.cells.end(),
                                   [&](const listed_cell& one) { return in(one.text); });
}

/// How much of the column can be cut: gladly, or at all.
std::size_t spare_of(const listed_column& column, std::size_t width, bool gladly) {
  const auto least = gladly ? std::max(column.at_least, column.rather) : column.at_least;
  return column.elastic && width > least ? width - least : 0;
}

}  // namespace

listing filtered(listing all, const std::string& text) {
  const auto wanted = lower(text);
  std::erase_if(all.rows, [&](const listed_row& row) { return !contains(row, wanted); });
  if (all.rows.empty() && !text.empty())
    all.nothing = "nothing here contains `" + text + "`; Esc shows all";
  return all;
}

listing_layout::listing_layout(const listing& of, std::size_t width) : of_{of}, width_{width} {
  for (std::size_t i = 0; i < of.columns.size(); ++i) {
    const auto& column = of.columns[i];
    auto wide = display_width(column.title);
    if (!column.elastic)
      wide = std::max(wide, column.at_least);
    for (const auto& row : of.rows)
      wide = std::max(wide, display_width(escape(row.cells[i].text)));
    widths_.push_back(wide);
  }
  give_way();
}

std::size_t listing_layout::total() const {
  std::size_t sum = 1;
  bool first = true;
  for (const auto one : widths_) {
    if (one > 0)
      sum += one + (std::exchange(first, false) ? 0 : column_gap);
  }
  return sum;
}

std::size_t listing_layout::spare(bool gladly) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < widths_.size(); ++i)
    sum += spare_of(of_.columns[i], widths_[i], gladly);
  return sum;
}

/// From the last column on: those are texts.
void listing_layout::cut(std::size_t excess, bool gladly) {
  for (auto i = widths_.size(); i-- > 0;) {
    const auto given = std::min(excess, spare_of(of_.columns[i], widths_[i], gladly));
    widths_[i] -= given;
    excess -= given;
  }
}

/// Leaves out the column that matters least, the last one of several, but never the only one.
bool listing_layout::drop_least(int below) {
  std::size_t* least = nullptr;
  int importance = below;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (widths_[i] == 0)
      continue;
    ++shown;
    if (const auto own = of_.columns[i].importance;
        own < below && (least == nullptr || own <= importance)) {
      least = &widths_[i];
      importance = own;
    }
  }
  if (least == nullptr || shown == 1)
    return false;
  *least = 0;
  return true;
}

void listing_layout::give_way() {
  constexpr int whatever = std::numeric_limits<int>::max();
  for (const bool gladly : {true, false})
    while (total() > width_) {
      if (const auto excess = total() - width_; spare(gladly) >= excess)
        return cut(excess, gladly);
      if (!drop_least(gladly ? listed_column::extra : whatever))
        break;
    }
}

line listing_layout::head() const {
  const text_style how{.bold = true, .underline = true};
  line_writer out{width_};
  std::size_t at = 1;
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (widths_[i] == 0)
      continue;
    out.to(at, how).put_in(widths_[i], of_.columns[i].right, of_.columns[i].title, how);
    at += widths_[i] + column_gap;
  }
  return out.done(how);
}

line listing_layout::row(std::size_t index, bool selected) const {
  const text_style ground{.reverse = selected};
  line_writer out{width_};
  out.put(selected ? marker : " ", ground);
  std::size_t at = 1;
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (widths_[i] == 0)
      continue;
    const auto& cell = of_.rows[index].cells[i];
    out.to(at, ground)
        .put_in(widths_[i], of_.columns[i].right, cell.text,
                {.color = cell.how, .reverse = selected});
    at += widths_[i] + column_gap;
  }
  return out.done(ground);
}

}  // namespace millrace::app
