#include "ingest/pdf/headings.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/pdf/letters.hpp"

#include <cmath>
#include <map>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

constexpr int deepest = 6;

bool is_short(const piece& what) {
  constexpr std::size_t longest = 200;
  return what.kind != piece_kind::aside && what.lines <= 3 && !what.text.empty() &&
         count_signs(what.text) <= longest;
}

/// Whether it reads like a title: words, no sentence and no formula.
bool reads_like_title(const piece& what) {
  const auto letters = count_letters(what.text);
  const auto last = last_sign(what.text);
  return what.kind == piece_kind::paragraph && is_short(what) && letters >= 2 &&
         letters * 2 >= count_signs(what.text) && last != U'.' && last != U',' && last != U';' &&
         last != U':' && !is_lower_letter(first_sign(what.text));
}

/// "1.2", "Chapter 3", "A": what a title may have before it on the page or in the outline alone.
bool is_label(std::string_view letters) {
  constexpr std::size_t longest = 16;
  return letters.size() <= longest &&
         (letters.size() <= 2 ||
          std::any_of(letters.begin(), letters.end(), [](char c) { return is_digit(c); }) ||
          letters.starts_with("chapter") || letters.starts_with("appendix") ||
          letters.starts_with("part"));
}

bool names_same(std::string_view title, std::string_view text) {
  if (title.empty() || text.empty())
    return false;
  if (text.ends_with(title))
    return is_label(text.substr(0, text.size() - title.size()));
  return title.ends_with(text) && is_label(title.substr(0, title.size() - text.size()));
}

/// Titles of the outline on the pages that they lead to. Answers how many were found.
std::size_t find_named(std::vector<piece>& pieces, const std::vector<bookmark>& outline) {
  std::multimap<int, const bookmark*> on_page;
  for (const auto& one : outline)
    on_page.emplace(one.page, &one);
  std::size_t found = 0;
  for (auto& one : pieces) {
    if (!is_short(one) || (one.kind != piece_kind::paragraph && one.kind != piece_kind::item))
      continue;
    const auto [first, last] = on_page.equal_range(one.first_page);
    const auto prefix = one.number ? std::to_string(*one.number) : std::string{};
    const auto text = first == last ? std::string{} : prefix + letters_of(one.text);
    for (auto at = first; at != last; ++at)
      if (names_same(letters_of(at->second->title), text)) {
        if (one.kind == piece_kind::item && one.number)
          one.text = prefix + ". " + one.text;
        one.kind = piece_kind::paragraph;
        one.level = std::min(at->second->level, deepest);
        on_page.erase(at);
        ++found;
        break;
      }
  }
  return found;
}

int size_class(float size) { return static_cast<int>(std::lround(size * 2)); }

void find_set_alike(std::vector<piece>& pieces, float text_size) {
  std::map<int, int> levels;
  for (const auto& one : pieces)
    if (one.level > 0 && one.size > 1.25F * text_size) {
      auto& level = levels[size_class(one.size)];
      level = std::max(level, one.level);
    }
  // What is large before the first title of the outline is the document's own title and author.
  const auto first =
      std::find_if(pieces.begin(), pieces.end(), [](const piece& one) { return one.level > 0; });
  for (auto at_piece = first; at_piece != pieces.end(); ++at_piece) {
    auto& one = *at_piece;
    if (one.level == 0 && reads_like_title(one))
      if (const auto at = levels.find(size_class(one.size)); at != levels.end())
        one.level = at->second;
  }
}

void find_large(std::vector<piece>& pieces, float text_size) {
  const auto is_large = [&](const piece& one) { return one.size > 1.18F * text_size; };
  std::map<int, std::size_t, std::greater<>> titles;
  std::map<int, std::size_t> others;
  for (const auto& one : pieces)
    if (is_large(one))
      ++(reads_like_title(one) ? titles[size_class(one.size)] : others[size_class(one.size)]);
  // A size that is mostly something else is no sign of a title.
  std::erase_if(titles, [&](const auto& t) { return others[t.first] > t.second; });
  for (auto& one : pieces) {
    const auto at = titles.find(size_class(one.size));
    if (is_large(one) && reads_like_title(one) && at != titles.end())
      one.level = std::min(static_cast<int>(std::distance(titles.begin(), at)) + 1, deepest);
  }
}

}  // namespace

void find_headings(std::vector<piece>& pieces, const std::vector<bookmark>& outline,
                   const usual& about) {
  constexpr std::size_t least_named = 3;
  if (find_named(pieces, outline) >= least_named)
    find_set_alike(pieces, about.size);
  else
    find_large(pieces, about.size);
}

}  // namespace millrace::ingest::pdf_layout
