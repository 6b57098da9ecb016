#include "ingest/pdf/measures.hpp"

#include "ingest/pdf/letters.hpp"

#include <cmath>
#include <map>

namespace millrace::ingest::pdf_layout {

std::string text_of(const std::vector<word>& words) {
  std::string out;
  const word* before = nullptr;
  for (const auto& one : words) {
    // Poppler sees a gap between signs that have no room around them.
    const bool is_one_word = before != nullptr && is_cjk(last_sign(before->text)) &&
                             is_cjk(first_sign(one.text)) &&
                             one.at.left - before->at.right < 0.5F * height(one.at);
    if (before != nullptr && !is_one_word)
      out += ' ';
    out += one.text;
    before = &one;
  }
  return out;
}

std::string text_of(const line& what) { return text_of(what.words); }

std::optional<float> character_width(const line& what) {
  // A short line stands on a grid by chance.
  constexpr std::size_t least_signs = 6;
  constexpr float tolerance = 0.08F;
  float wide = 0;
  std::size_t signs = 0;
  for (const auto& one : what.words) {
    wide += width(one.at);
    signs += count_signs(one.text);
    if (is_cjk(first_sign(one.text)))
      return std::nullopt;
  }
  if (signs < least_signs || what.words.size() < 2 || wide <= 0)
    return std::nullopt;
  const float each = wide / static_cast<float>(signs);
  for (const auto& one : what.words) {
    const float own = width(one.at) / static_cast<float>(count_signs(one.text));
    const float place = (one.at.left - what.at.left) / each;
    if (std::abs(own - each) > 0.01F * each || std::abs(place - std::round(place)) > tolerance)
      return std::nullopt;
  }
  return each;
}

usual measure(const std::vector<page>& pages) {
  std::map<int, std::size_t> sizes;
  std::size_t even = 0;
  std::size_t all = 0;
  usual found;
  found.pages = static_cast<int>(pages.size());
  for (const auto& on : pages)
    for (const auto& one : on.lines) {
      const bool is_even = character_width(one).has_value();
      std::size_t signs = 0;
      for (const auto& w : one.words) {
        signs += w.text.size();
        const auto hyphen = w.text.find('-', 1);
        if (hyphen != w.text.npos && hyphen + 1 < w.text.size())
          found.compounds.insert(w.text);
      }
      all += signs;
      even += is_even ? signs : 0;
      if (!is_even)
        sizes[static_cast<int>(std::lround(one.size * 4))] += signs;
    }
  found.is_typewritten = even * 10 > all * 7;
  const auto most = std::max_element(
      sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != sizes.end() && most->first > 0)
    found.size = static_cast<float>(most->first) / 4;
  return found;
}

}  // namespace millrace::ingest::pdf_layout
