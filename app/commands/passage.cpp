#include "app/commands/passage.hpp"

#include "app/terminal/text.hpp"
#include "ingest/chunk/break_iterators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace millrace::app {
namespace {

using ingest::search::mark;

constexpr std::string_view more = "…";
constexpr std::string_view blanks = " \t\r\n\f\v";

/// What stands between two places where a line may end.
struct piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t width = 0;
  bool has_blank_after = false;
  std::size_t marks = 0;

  std::size_t cost() const { return width + (has_blank_after ? 1 : 0); }
};

/// Without words that tell little beside the others, as "the" beside "turbine".
std::vector<mark> telling_marks(const std::vector<mark>& marks) {
  constexpr double least_share = 0.4;
  double most = 0;
  for (const auto& one : marks)
    most = std::max(most, one.weight);
  std::vector<mark> telling;
  std::copy_if(marks.begin(), marks.end(), std::back_inserter(telling),
               [&](const mark& one) { return one.weight >= most * least_share; });
  return telling;
}

std::size_t width_of(std::string_view text) { return display_width(escape(text)); }

std::size_t count_marks(const std::vector<mark>& marks, std::size_t begin, std::size_t end) {
  const auto starts_before = [](const mark& one, std::size_t at) { return one.begin < at; };
  const auto first = std::lower_bound(marks.begin(), marks.end(), begin, starts_before);
  return static_cast<std::size_t>(std::lower_bound(first, marks.end(), end, starts_before) - first);
}

/// None is wider than the line.
std::vector<piece> pieces_of(std::string_view text, const std::vector<mark>& marks,
                             std::size_t line) {
  std::vector<piece> all;
  std::size_t begin = 0;
  for (const auto stop : ingest::all_breaks(text, ingest::break_kind::line)) {
    const auto last = text.substr(0, stop).find_last_not_of(blanks);
    const auto end = last == std::string_view::npos ? begin : std::max(last + 1, begin);
    begin = std::min(text.find_first_not_of(blanks, begin), end);
    while (begin < end) {
      const auto rest = text.substr(begin, end - begin);
      const auto taken = std::max<std::size_t>(fitting(rest, line), 1);
      const auto until = begin + std::min(taken, rest.size());
      all.push_back({begin, until, width_of(text.substr(begin, until - begin)),
                     until == end && stop > end, count_marks(marks, begin, until)});
      begin = until;
    }
    begin = stop;
  }
  return all;
}

/// The first piece to show: a little before the marks that stand closest together.
std::size_t first_shown(const std::vector<piece>& all, std::size_t columns) {
  std::size_t best = 0;
  std::size_t most = 0;
  std::size_t end = 0;
  std::size_t cost = 0;
  std::size_t marks = 0;
  for (std::size_t begin = 0; begin < all.size(); ++begin) {
    for (; end < all.size() && cost + all[end].cost() <= columns; ++end) {
      cost += all[end].cost();
      marks += all[end].marks;
    }
    if (marks > most && all[begin].marks > 0) {
      most = marks;
      best = begin;
    }
    if (end > begin) {
      cost -= all[begin].cost();
      marks -= all[begin].marks;
    } else {
      end = begin + 1;
    }
  }
  for (std::size_t before = 0; best > 0; --best) {
    before += all[best - 1].cost();
    if (before > columns / 4)
      break;
  }
  return best;
}

/// Adds the bytes, with the marks among them.
void add_bytes(std::string_view text, std::size_t begin, std::size_t end,
               const std::vector<mark>& marks, std::vector<stretch>& to) {
  for (const auto& one : marks) {
    if (one.end <= begin || one.begin >= end)
      continue;
    const auto from = std::max(begin, one.begin);
    const auto until = std::min(end, one.end);
    to.push_back({std::string{text.substr(begin, from - begin)}});
    to.push_back({std::string{text.substr(from, until - from)}, true});
    begin = until;
  }
  to.push_back({std::string{text.substr(begin, end - begin)}});
}

}  // namespace

std::vector<stretch> passage_of(std::string_view text, const std::vector<mark>& marks,
                                const passage_layout& as) {
  constexpr std::size_t narrowest = 20;
  const auto telling = telling_marks(marks);
  const auto line = std::max(as.width, as.indent + narrowest) - as.indent;
  const auto all = pieces_of(text, telling, line - 2);
  std::vector<stretch> page;
  auto next = first_shown(all, line * as.lines);
  for (std::size_t n = 0; n < as.lines && next < all.size(); ++n) {
    page.push_back({std::string(as.indent, ' ')});
    std::size_t used = 0;
    bool is_apart = false;
    if (n == 0 && next > 0) {
      page.push_back({std::string{more}});
      used = 1;
      is_apart = true;
    }
    // The last line keeps room for the sign that the text goes on.
    const auto room = n + 1 == as.lines ? line - 2 : line;
    while (next < all.size()) {
      const auto& one = all[next];
      const auto needed = one.width + (is_apart ? 1 : 0);
      if (used > 0 && used + needed > room)
        break;
      if (is_apart)
        page.push_back({" "});
      add_bytes(text, one.begin, one.end, telling, page);
      used += needed;
      is_apart = one.has_blank_after;
      ++next;
    }
    if (n + 1 == as.lines && next < all.size())
      page.push_back({fmt::format("{}{}", is_apart ? " " : "", more)});
    page.push_back({"\n"});
  }
  return page;
}

}  // namespace millrace::app
