#pragma once

#include "app/terminal/table.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::app {

/// How a command shows what it found.
enum class style { aligned, plain, json };

/// JSON if asked for; aligned tables where stdout is a terminal; plain lines otherwise.
style choose_style(bool json);

/// Columns of the terminal at stdout; 0 where there is none.
std::size_t terminal_width();

bool stderr_is_terminal();

/// Asks on stderr, and whether the answer is yes. Where nobody is there to answer it is.
bool confirm(std::string_view question);

/// Writes to stdout. A failure is remembered for flush_output().
void print(std::string_view text);

/// The table in the style, which is not JSON; without a head, as the next piece of one.
void print_table(const table& what, style as, bool with_head = true);

/// Throws app::error when something that was printed could not be written, unless it was because
/// the reader of a pipe had seen enough.
void flush_output();

}  // namespace millrace::app
