#include "app/screen/terminal_kind.hpp"

#include <unistd.h>

// The macros of term.h take names like `tone` and `lines`, so it is included nowhere else.
#include <curses.h>
#include <term.h>

namespace millrace::app {

bool can_go_full_screen() {
  if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
    return false;
  int found = 0;
  if (setupterm(nullptr, STDOUT_FILENO, &found) != OK)
    return false;
  const bool can = cursor_address != nullptr;
  del_curterm(cur_term);
  return can;
}

}  // namespace millrace::app
