#include "ingest/text/text_blocks.hpp"

#include "ingest/document/span_text.hpp"
#include "ingest/readers/plain_tree.hpp"
#include "ingest/text/source_tree.hpp"

#include <algorithm>

namespace millrace::ingest {
namespace {

std::string joined_lines(const std::vector<text_line>& lines, std::size_t without) {
  std::string text;
  for (const auto& line : lines) {
    text += line.text.substr(std::min(without, line.text.size()));
    text += '\n';
  }
  if (!text.empty())
    text.pop_back();
  return text;
}

std::size_t common_indentation(const std::vector<text_line>& lines) {
  auto least = std::string_view::npos;
  for (const auto& line : lines)
    if (!line.is_blank())
      least = std::min(least, line.indentation());
  return least;
}

tree::source_place place_of(const std::vector<text_line>& lines) {
  tree::source_place place;
  place.begin = static_cast<std::int64_t>(lines.front().begin);
  place.end = static_cast<std::int64_t>(lines.back().end());
  return place;
}

}  // namespace

void text_blocks::line(const text_line& one) {
  if (one.is_blank())
    end_paragraph();
  else
    open_.push_back(one);
}

void text_blocks::heading(int level, std::string_view words, const text_line& from) {
  end_paragraph();
  made_.push_back(
      {tree::heading{std::clamp(level, 1, 6), {{tree::span_kind::text, std::string{words}}}},
       place_of({from})});
}

void text_blocks::code(const std::vector<text_line>& lines, std::string language) {
  end_paragraph();
  if (lines.empty())
    return;
  auto text = verbatim_text(joined_lines(lines, common_indentation(lines)));
  if (text.empty())
    return;
  auto parts = parts_of_code(text, language);
  made_.push_back(
      {tree::code{std::move(text), std::move(language), std::move(parts)}, place_of(lines)});
}

tree::blocks text_blocks::take() {
  end_paragraph();
  return std::move(made_);
}

void text_blocks::end_paragraph() {
  const auto lines = take_open_lines();
  if (lines.empty())
    return;
  const auto from = place_of(lines);
  for (auto& block : plain_tree(joined_lines(lines, 0)).content) {
    block.from = from;
    made_.push_back(std::move(block));
  }
}

}  // namespace millrace::ingest
