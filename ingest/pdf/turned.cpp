#include "ingest/pdf/turned.hpp"

#include "ingest/pdf/letters.hpp"

#include <array>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

enum class direction { right, down, up };

/// A word of some letters is wider than high where it runs from left to right.
bool is_tall(const word& what) {
  const auto signs = count_signs(what.text);
  const bool is_long = signs >= 4 || (signs >= 2 && is_cjk(first_sign(what.text)));
  return is_long && height(what.at) > 1.5F * width(what.at);
}

direction direction_of(const line& what) {
  std::size_t tall = 0;
  std::size_t all = 0;
  for (const auto& one : what.words) {
    const auto signs = count_signs(one.text);
    all += signs;
    tall += is_tall(one) ? signs : 0;
  }
  if (tall * 2 <= all)
    return direction::right;
  return what.words.back().at.top > what.words.front().at.top ? direction::down : direction::up;
}

box turned(const box& b, direction from, const page& on) {
  if (from == direction::down)
    return {b.top, on.width - b.right, b.bottom, on.width - b.left};
  return {on.height - b.bottom, b.left, on.height - b.top, b.right};
}

}  // namespace

void set_upright(page& what) {
  std::array<std::size_t, 3> signs{};
  std::vector<direction> directions;
  for (const auto& one : what.lines) {
    directions.push_back(direction_of(one));
    for (const auto& w : one.words)
      signs[static_cast<std::size_t>(directions.back())] += w.text.size();
  }
  const auto most =
      static_cast<direction>(std::max_element(signs.begin(), signs.end()) - signs.begin());
  std::vector<line> kept;
  for (std::size_t i = 0; i < what.lines.size(); ++i) {
    auto& one = what.lines[i];
    if (directions[i] != most) {
      what.aside.push_back(std::move(one));
      continue;
    }
    if (most != direction::right) {
      for (auto& w : one.words)
        w.at = turned(w.at, most, what);
      measure(one);
    }
    kept.push_back(std::move(one));
  }
  what.lines = std::move(kept);
  if (most != direction::right)
    std::swap(what.width, what.height);
}

}  // namespace millrace::ingest::pdf_layout
