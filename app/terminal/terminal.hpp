#pragma once

#include "app/terminal/table.hpp"
#include "app/terminal/text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// The one place where millrace writes to stdout and stderr. What stands in a literal is printed as
/// it is; a text that is put into it may come from a stranger, and is escaped.
namespace millrace::app {

/// How a command shows what it found.
enum class style { aligned, plain, json };

/// JSON if asked for; aligned tables where stdout is a terminal; plain lines otherwise.
style choose_style(bool json);

/// Columns of the terminal at stdout; 0 where there is none.
std::size_t terminal_width();

bool stderr_is_terminal();

/// Whether NO_COLOR is not set: terminals show more than letters (no-color.org).
bool styles_are_wanted();

/// What was laid out already: a table, a JSON document, a page of help. To stdout; a failure is
/// remembered for flush_output(). What a terminal acts on is escaped, but lines and tabs.
void print_page(std::string_view text);

/// A stretch of a page, and whether it is to be noticed.
struct stretch {
  std::string text;
  bool is_marked = false;
};

/// As print_page(); what is to be noticed is bold on a terminal, unless NO_COLOR is set.
void print_stretches(const std::vector<stretch>& page);

/// As print_page() to stderr.
void complain_page(std::string_view text);

/// Writes the position and the command that empty a terminal's screen.
void clear_screen();

namespace detail {

template <class T>
decltype(auto) shown(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>)
    return escape(value);
  else
    return (value);
}

}  // namespace detail

/// The literal with the values in their places; texts among them are escaped.
template <class... Args>
std::string in_words(fmt::format_string<const Args&...> literal, const Args&... values) {
  return fmt::format(fmt::runtime(fmt::string_view{literal}), detail::shown(values)...);
}

/// Writes in_words() to stdout, as print_page() does.
template <class... Args>
void print(fmt::format_string<const Args&...> literal, const Args&... values) {
  print_page(in_words(literal, values...));
}

/// The same to stderr.
template <class... Args>
void complain(fmt::format_string<const Args&...> literal, const Args&... values) {
  complain_page(in_words(literal, values...));
}

/// Asks on stderr, and whether the answer is yes. Without a terminal the answer is yes.
bool confirm(std::string_view question);

/// The table in the style, which is not JSON; without a head, as the next piece of one.
void print_table(const table& what, style as, bool with_head = true);

/// Throws app::error when something that was printed could not be written, unless it was because
/// the reader of a pipe had seen enough.
void flush_output();

}  // namespace millrace::app
