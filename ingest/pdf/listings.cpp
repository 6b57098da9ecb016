#include "ingest/pdf/listings.hpp"

#include "ingest/pdf/letters.hpp"

#include <cmath>

namespace millrace::ingest::pdf_layout {
namespace {

constexpr int widest = 400;

int columns_between(float from, float to, float each) {
  return std::clamp(static_cast<int>(std::lround((to - from) / each)), 0, widest);
}

std::string spaced_text(const line& what, float each) {
  std::string out;
  int column = 0;
  for (const auto& one : what.words) {
    const int place = columns_between(what.at.left, one.at.left, each);
    if (!out.empty()) {
      const auto gap = static_cast<std::size_t>(std::max(1, place - column));
      out.append(gap, ' ');
      column += static_cast<int>(gap);
    }
    out += one.text;
    column += static_cast<int>(count_signs(one.text));
  }
  return out;
}

/// Whether a line too short to tell is set as the others are.
bool may_be_code(const line& what, float each) {
  float wide = 0;
  std::size_t signs = 0;
  for (const auto& one : what.words) {
    wide += width(one.at);
    signs += count_signs(one.text);
  }
  const float own = wide / static_cast<float>(std::max<std::size_t>(signs, 1));
  return std::abs(own - each) < 0.03F * each;
}

bool is_arranged(const std::vector<line>& lines, float each) {
  for (const auto& one : lines)
    if (spaced_text(one, each).find("   ") != std::string::npos)
      return true;
  return false;
}

}  // namespace

std::optional<piece> listing_of(const std::vector<line>& lines, const page& on, float left,
                                const usual& about) {
  float each = 0;
  for (const auto& one : lines)
    if (const auto found = character_width(one)) {
      each = *found;
      break;
    }
  if (each <= 0 || !std::all_of(lines.begin(), lines.end(),
                                [&](const line& one) { return may_be_code(one, each); }))
    return std::nullopt;
  if (about.is_typewritten && !is_arranged(lines, each))
    return std::nullopt;
  piece made;
  made.kind = piece_kind::listing;
  made.first_page = made.last_page = on.number;
  made.at = lines.front().at;
  made.size = lines.front().size;
  made.pitch = 1.4F * made.size;
  for (const auto& one : lines) {
    made.code.push_back(
        {columns_between(left, one.at.left, each), one.at.top, spaced_text(one, each)});
    made.at = around(made.at, one.at);
  }
  for (std::size_t i = 1; i < made.code.size(); ++i) {
    const float step = made.code[i].top - made.code[i - 1].top;
    if (step > 0.5F * made.size)
      made.pitch = i == 1 ? step : std::min(made.pitch, step);
  }
  return made;
}

std::string code_text(const piece& listing) {
  int least = widest;
  for (const auto& one : listing.code)
    least = std::min(least, one.column);
  std::string out;
  for (std::size_t i = 0; i < listing.code.size(); ++i) {
    const auto& one = listing.code[i];
    if (i > 0)
      out += one.top - listing.code[i - 1].top > 1.6F * listing.pitch ? "\n\n" : "\n";
    out.append(static_cast<std::size_t>(one.column - least), ' ');
    out += one.text;
  }
  return out;
}

}  // namespace millrace::ingest::pdf_layout
