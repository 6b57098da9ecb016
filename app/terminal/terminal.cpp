#include "app/terminal/terminal.hpp"

#include "app/error.hpp"
#include "base/unicode/harmless.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

namespace millrace::app {
namespace {

/// The first failure of stdout; 0 for none.
int output_failure = 0;

void note_failure() {
  if (output_failure == 0)
    output_failure = errno;
}

void write_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    note_failure();
}

}  // namespace

style choose_style(bool json) {
  if (json)
    return style::json;
  return isatty(STDOUT_FILENO) == 1 ? style::aligned : style::plain;
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

bool styles_are_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color == nullptr || *no_color == '\0';
}

bool confirm(std::string_view question) {
  if (isatty(STDIN_FILENO) != 1 || !stderr_is_terminal())
    return true;
  complain("{} [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void print_page(std::string_view text) { write_output(harmless(text)); }

void complain_page(std::string_view text) { std::fputs(harmless(text).c_str(), stderr); }

void print_stretches(const std::vector<stretch>& page) {
  const bool is_bold = isatty(STDOUT_FILENO) == 1 && styles_are_wanted();
  for (const auto& one : page) {
    if (one.is_marked && is_bold)
      write_output("\x1b[1m");
    print_page(one.text);
    if (one.is_marked && is_bold)
      write_output("\x1b[0m");
  }
}

void clear_screen() { write_output("\x1b[H\x1b[2J"); }

void print_table(const table& what, style as, bool with_head) {
  print_page(as == style::aligned ? render_aligned(what, terminal_width(), with_head)
                                  : render_plain(what));
}

void flush_output() {
  if (std::fflush(stdout) != 0)
    note_failure();
  if (output_failure != 0 && output_failure != EPIPE)
    throw error{exit_code::no, "cannot write the output", std::strerror(output_failure),
                "make room, or send the output elsewhere"};
}

}  // namespace millrace::app
