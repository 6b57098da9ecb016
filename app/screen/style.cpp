#include "app/screen/style.hpp"

#include "app/terminal/text.hpp"

#include <algorithm>
#include <utility>

namespace millrace::app {
namespace {

/// Where a line of the text, which is longer, ends: after its last word that fits, or in the middle
/// of a word that fills all of it.
std::size_t line_end(std::string_view text, std::size_t width) {
  // No character is wider than two columns: one that does not fit is cut when it is shown.
  const auto end = fitting(text, std::max<std::size_t>(width, 2));
  if (end >= text.size() || text[end] == ' ')
    return end;
  const auto blank = text.rfind(' ', end);
  return blank == std::string_view::npos || blank == 0 ? end : blank;
}

void wrap_paragraph(std::string_view text, std::size_t width, std::vector<std::string>& into) {
  do {
    const auto end = display_width(text) <= width ? text.size() : line_end(text, width);
    into.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  } while (!text.empty());
}

}  // namespace

void line_writer::add(std::string text, std::size_t columns, text_style how) {
  if (columns == 0)
    return;
  at_ += columns;
  if (!spans_.empty() && spans_.back().how == how)
    spans_.back().text += text;
  else
    spans_.push_back({std::move(text), how});
}

line_writer& line_writer::put(std::string_view text, text_style how) {
  auto shown = shorten(escape(text), left());
  const auto columns = display_width(shown);
  add(std::move(shown), columns, how);
  return *this;
}

line_writer& line_writer::put_in(std::size_t columns, bool right, std::string_view text,
                                 text_style how) {
  const auto begin = at_;
  const auto shown = shorten(escape(text), columns);
  if (right)
    to(begin + columns - display_width(shown), how);
  put(shown, how);
  return to(begin + columns, how);
}

line_writer& line_writer::to(std::size_t column, text_style how) {
  const auto end = std::min(column, width_);
  if (end > at_)
    add(std::string(end - at_, ' '), end - at_, how);
  return *this;
}

line line_writer::done(text_style filling) {
  to(width_, filling);
  return std::move(spans_);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  if (width == 0)
    return lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    wrap_paragraph(escape(text.substr(begin, end - begin)), width, lines);
    begin = end + 1;
  }
  return lines;
}

}  // namespace millrace::app
