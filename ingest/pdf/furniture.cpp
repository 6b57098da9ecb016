#include "ingest/pdf/furniture.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/pdf/letters.hpp"
#include "ingest/pdf/measures.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

// Heads and feet have a few lines, and stand in this part of the page.
constexpr int most_bands = 3;
constexpr float zone = 0.2F;
constexpr std::size_t longest_head = 200;

/// Positions of the lines that stand on one height.
using band = std::vector<std::size_t>;

/// The outermost bands of a page, from its edge inwards.
std::vector<band> outermost_bands(const page& on, bool at_top) {
  std::vector<std::size_t> order(on.lines.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  const auto distance = [&](std::size_t i) {
    return at_top ? on.lines[i].at.top : on.height - on.lines[i].at.bottom;
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  std::vector<band> found;
  for (const auto i : order) {
    if (!found.empty() && shared_height(on.lines[found.back().front()].at, on.lines[i].at) > 0.5F) {
      found.back().push_back(i);
    } else if (found.size() == most_bands || distance(i) > zone * on.height) {
      break;
    } else {
      found.push_back({i});
    }
  }
  return found;
}

bool is_roman(std::string_view word) {
  return !word.empty() && word.size() <= 7 && word.find_first_not_of("ivxlc") == word.npos;
}

/// The text of a line with a sign for each number.
std::string pattern_of(const line& what) {
  std::string out;
  for (const auto& one : what.words) {
    if (is_roman(one.text)) {
      out += "#";
      continue;
    }
    for (const char c : one.text)
      if (!is_digit(c))
        out += c;
      else if (out.empty() || out.back() != '#')
        out += '#';
  }
  return out;
}

bool is_number(std::string_view pattern) {
  return pattern.find('#') != pattern.npos &&
         pattern.find_first_not_of("#-.|/[]() ") == pattern.npos;
}

/// What recurs on pages: a text but for its numbers, or a number that is that of the page but for
/// what is counted before it. Numbers beside lines of code are neither.
std::string key_of(const page& on, const line& what) {
  int number = 0;
  const auto& word = what.words.front().text;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (what.words.size() == 1 && error == std::errc{} && end == word.data() + word.size())
    return fmt::format("#{}", static_cast<std::int64_t>(number) - on.number);
  return pattern_of(what);
}

/// The gap between a band and what stands further inside the page.
float gap_inside(const page& on, const band& outer, bool at_top) {
  box all = on.lines[outer.front()].at;
  for (const auto i : outer)
    all = around(all, on.lines[i].at);
  float least = on.height;
  for (const auto& one : on.lines) {
    const bool is_inside = at_top ? one.at.top > all.top + 1 : one.at.bottom < all.bottom - 1;
    if (is_inside && shared_height(one.at, all) <= 0.5F)
      least = std::min(least, at_top ? one.at.top - all.bottom : all.top - one.at.bottom);
  }
  return least;
}

class furniture {
 public:
  furniture(std::vector<page>& pages, float size) : pages_(pages), size_(size) {}

  void drop() {
    for (const auto& on : pages_)
      for (const bool at_top : {true, false})
        for (const auto& one : outermost_bands(on, at_top))
          for (const auto i : one)
            if (may_be_one(on.lines[i]))
              seen_[key_of(on, on.lines[i])].emplace_back(place_of(on, on.lines[i], at_top),
                                                          on.number);
    for (auto& on : pages_)
      drop_from(on);
  }

 private:
  using sightings = std::vector<std::pair<float, int>>;

  /// How far it is from the edge of the page.
  static float place_of(const page& on, const line& what, bool at_top) {
    return at_top ? what.at.top : what.at.bottom - on.height;
  }

  bool may_be_one(const line& what) const { return what.size < 1.25F * size_; }

  /// On how many pages the line recurs at its place.
  std::size_t count_pages(const page& on, const line& what, bool at_top) const {
    const auto at = seen_.find(key_of(on, what));
    if (!may_be_one(what) || at == seen_.end())
      return 0;
    const float place = place_of(on, what, at_top);
    std::size_t found = 0;
    int last = 0;
    for (const auto& [other, number] : at->second)
      if (std::abs(other - place) < 4 && std::exchange(last, number) != number)
        ++found;
    return found;
  }

  bool is_furniture(const page& on, const band& what, bool at_top) const {
    std::size_t signs = 0;
    std::size_t found = 0;
    bool is_page_number = false;
    for (const auto i : what) {
      signs += text_of(on.lines[i]).size();
      found = std::max(found, count_pages(on, on.lines[i], at_top));
      is_page_number = is_page_number || is_number(pattern_of(on.lines[i]));
    }
    // Lines of the text may begin many pages; a head stands apart from it, or is on most pages.
    const bool is_apart = gap_inside(on, what, at_top) > 0.6F * on.lines[what.front()].size ||
                          found * 2 >= pages_.size();
    const std::size_t least = is_page_number || pages_.size() <= 4 ? 2 : 3;
    return signs <= longest_head && found >= least && is_apart;
  }

  void drop_from(page& on) const {
    std::set<std::size_t> dropped;
    for (const bool at_top : {true, false})
      for (const auto& one : outermost_bands(on, at_top)) {
        if (!is_furniture(on, one, at_top))
          break;
        dropped.insert(one.begin(), one.end());
      }
    // Pages of nothing but what recurs are forms and labels.
    if (dropped.size() == on.lines.size() &&
        !std::all_of(on.lines.begin(), on.lines.end(),
                     [](const line& l) { return is_number(pattern_of(l)); }))
      return;
    std::vector<line> kept;
    for (std::size_t i = 0; i < on.lines.size(); ++i)
      if (!dropped.contains(i))
        kept.push_back(std::move(on.lines[i]));
    on.lines = std::move(kept);
  }

  std::vector<page>& pages_;
  float size_;
  std::map<std::string, sightings> seen_;
};

}  // namespace

void drop_furniture(std::vector<page>& pages, float size) { furniture{pages, size}.drop(); }

}  // namespace millrace::ingest::pdf_layout
