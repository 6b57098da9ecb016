#include "ingest/pdf/contents.hpp"

#include "ingest/pdf/letters.hpp"

#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

constexpr std::string_view dots = "....";

bool has_leader(const line& what) {
  std::size_t single = 0;
  for (const auto& one : what.words) {
    if (one.text.find(dots) != one.text.npos)
      return true;
    single += is_leader(one.text) ? 1 : 0;
  }
  return single >= 3;
}

std::vector<word> without_leaders(const std::vector<word>& words) {
  std::vector<word> kept;
  for (auto one : words) {
    if (is_leader(one.text))
      continue;
    if (const auto begin = one.text.find(dots); begin != one.text.npos) {
      const auto end = std::min(one.text.find_first_not_of(". ", begin), one.text.size());
      one.text.replace(begin, end - begin, end < one.text.size() && begin > 0 ? " " : "");
    }
    kept.push_back(std::move(one));
  }
  return kept;
}

/// Gives a title and a number that stand apart from their dots to the line with the dots.
void join_row(std::vector<line>& lines, std::size_t with_dots) {
  auto& target = lines[with_dots];
  const bool wants_title = is_leader(target.words.front().text);
  const bool wants_number = is_leader(target.words.back().text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto& one = lines[i];
    if (i == with_dots || one.words.empty() || shared_height(one.at, target.at) < 0.6F ||
        has_leader(one))
      continue;
    const bool is_number = one.words.size() == 1 &&
                           one.words[0].text.find_first_not_of("0123456789.") == std::string::npos;
    if ((wants_title || is_number) && one.at.right <= target.at.left + 1)
      target.words.insert(target.words.begin(), one.words.begin(), one.words.end());
    else if (wants_number && one.at.left >= target.at.right - 1 && one.words.size() == 1)
      target.words.insert(target.words.end(), one.words.begin(), one.words.end());
    else
      continue;
    one.words.clear();
  }
}

}  // namespace

std::vector<piece> take_contents(page& on) {
  // A few dots are a gap in a form, or a sentence that trails off.
  constexpr std::ptrdiff_t least_entries = 3;
  std::vector<piece> found;
  if (std::count_if(on.lines.begin(), on.lines.end(), has_leader) < least_entries)
    return found;
  for (std::size_t i = 0; i < on.lines.size(); ++i) {
    if (on.lines[i].words.empty() || !has_leader(on.lines[i]))
      continue;
    join_row(on.lines, i);
    auto& one = on.lines[i];
    if (found.empty()) {
      found.emplace_back();
      found.back().kind = piece_kind::contents;
      found.back().first_page = found.back().last_page = on.number;
      found.back().at = one.at;
      found.back().size = one.size;
    }
    if (auto words = without_leaders(one.words); !words.empty())
      found.back().rows.push_back({text_of(words)});
    found.back().at = around(found.back().at, one.at);
    one.words.clear();
  }
  std::erase_if(on.lines, [](const line& l) { return l.words.empty(); });
  return found;
}

}  // namespace millrace::ingest::pdf_layout
