#include "app/screen/terminal_ui.hpp"

#include "app/screen/model.hpp"
#include "app/screen/paint.hpp"
#include "app/screen/runtime_poller.hpp"
#include "app/terminal/terminal.hpp"
#include "app/terminal/text.hpp"
#include "base/unicode/utf8.hpp"

#include <langinfo.h>
#include <poll.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

// Its macros would take names from us, and its wide characters must be asked for.
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

volatile std::sig_atomic_t ended_by = 0;

void note_end(int number) { ended_by = number; }

constexpr std::array ends{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// Chooses UTF-8 where the environment names no encoding, as all of millrace writes UTF-8.
void choose_locale() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
    std::setlocale(LC_CTYPE, "C.UTF-8");
}

/// The terminal, drawn on as a whole while this lives.
class terminal {
 public:
  terminal() : screen_{begin()} {
    set_term(screen_);
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    colors_ = has_colors() && styles_are_wanted();
    if (colors_)
      begin_colors();
    for (const int one : ends)
      std::signal(one, note_end);
    // A runtime that goes away while it is written to.
    std::signal(SIGPIPE, SIG_IGN);
  }

  ~terminal() {
    endwin();
    delscreen(screen_);
    for (const int one : ends)
      std::signal(one, SIG_DFL);
  }

  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  std::size_t rows() const { return static_cast<std::size_t>(std::max(getmaxy(stdscr), 0)); }
  std::size_t columns() const { return static_cast<std::size_t>(std::max(getmaxx(stdscr), 0)); }

  void draw(const std::vector<line>& lines) {
    werase(stdscr);
    for (std::size_t y = 0; y < lines.size(); ++y) {
      wmove(stdscr, static_cast<int>(y), 0);
      for (const auto& one : lines[y])
        put(one);
    }
    wrefresh(stdscr);
  }

  /// The keys that were pressed. Waits for a while for the first one, or until something else is to
  /// be done. False when the terminal is gone.
  bool read(std::vector<key>& into) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    constexpr int tick_ms = 100;
    poll(&input, 1, tick_ms);
    if ((input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
      return false;
    wint_t code = 0;
    for (int kind = 0; (kind = wget_wch(stdscr, &code)) != ERR;)
      if (const auto pressed = meaning(kind, code); pressed != 0)
        into.push_back(pressed);
    return true;
  }

 private:
  static SCREEN* begin() {
    // The terminal says how large it is, whatever LINES and COLUMNS were once.
    use_tioctl(TRUE);
    return newterm(nullptr, stdout, stdin);
  }

  void begin_colors() {
    start_color();
    use_default_colors();
    init_pair(1, COLOR_GREEN, -1);
    init_pair(2, COLOR_YELLOW, -1);
    init_pair(3, COLOR_RED, -1);
  }

  attr_t attributes(text_style how) const {
    attr_t out = A_NORMAL;
    out |= how.bold ? A_BOLD : A_NORMAL;
    out |= how.underline ? A_UNDERLINE : A_NORMAL;
    out |= how.reverse ? A_REVERSE : A_NORMAL;
    if (how.color == tone::faint && !how.reverse)
      out |= A_DIM;
    if (!colors_ && how.color == tone::bad)
      out |= A_BOLD;
    return out;
  }

  short pair(text_style how) const {
    if (!colors_)
      return 0;
    switch (how.color) {
      case tone::good:
        return 1;
      case tone::notice:
        return 2;
      case tone::bad:
        return 3;
      default:
        return 0;
    }
  }

  void put(const span& what) {
    wattr_set(stdscr, attributes(what.how), pair(what.how), nullptr);
    std::wstring text;
    for (std::size_t at = 0; at < what.text.size();) {
      const auto [code, size, valid] = utf8::decode(what.text, at);
      // One that the terminal's locale does not have leaves its place as it is.
      if (iswprint(static_cast<wint_t>(code)) != 0 || wcwidth(static_cast<wchar_t>(code)) == 0)
        text += static_cast<wchar_t>(code);
      else
        text.append(display_width(what.text.substr(at, size)), L'?');
      at += size;
    }
    waddnwstr(stdscr, text.c_str(), static_cast<int>(text.size()));
  }

  static key meaning(int kind, wint_t code) {
    if (kind == KEY_CODE_YES)
      return named(code);
    switch (code) {
      case L'\r':
      case L'\n':
        return keys::enter;
      case L'\t':
        return keys::tab;
      case 0x1B:
        return keys::escape;
      case 0x7F:
      case 0x08:
        return keys::backspace;
      default:
        return code < 0x20 ? 0 : static_cast<key>(code);
    }
  }

  static key named(wint_t code) {
    switch (code) {
      case KEY_UP:
        return keys::up;
      case KEY_DOWN:
        return keys::down;
      case KEY_PPAGE:
        return keys::page_up;
      case KEY_NPAGE:
        return keys::page_down;
      case KEY_HOME:
        return keys::home;
      case KEY_END:
        return keys::end;
      case KEY_ENTER:
        return keys::enter;
      case KEY_BTAB:
        return keys::back_tab;
      case KEY_BACKSPACE:
        return keys::backspace;
      default:
        return 0;
    }
  }

  SCREEN* screen_;
  bool colors_ = false;
};

/// Whether anything has come.
bool take_news(runtime_poller& from, screen_model& model) {
  auto newest = from.take();
  const bool any = newest.newest || !newest.waiting.empty() || !newest.answers.empty();
  if (newest.newest)
    model.show(std::move(*newest.newest));
  if (!newest.waiting.empty())
    model.lose(newest.waiting);
  for (const auto& one : newest.answers)
    model.hear(one);
  return any;
}

/// Runs until the user quits, or the terminal or a signal ends it.
void show(runtime_poller& from, screen_model& model, const clock& time) {
  terminal on;
  std::vector<key> pressed;
  bool stale = true;
  do {
    stale |= !pressed.empty();
    for (const auto one : std::exchange(pressed, {})) {
      const auto next = model.press(one);
      if (next.quit)
        return;
      if (next.order)
        from.order(*next.order);
    }
    from.want(model.wanted());
    stale |= take_news(from, model);
    if (model.state().rows != on.rows() || model.state().columns != on.columns()) {
      model.resize(on.rows(), on.columns());
      stale = true;
    }
    const auto now = time.now();
    if (std::exchange(stale, is_old(model.state(), now)))
      on.draw(paint(model.state(), now));
  } while (ended_by == 0 && on.read(pressed));
}

}  // namespace

void run_full_screen(const open_runtime& open, const std::string& user, const clock& time) {
  runtime_poller from{open(), open, time};
  screen_model model{user};
  choose_locale();
  show(from, model, time);
  // A runtime that hangs must not hold up a screen that was left, nor a process that was told to
  // end.
  const bool calm = from.end_within(200ms);
  if (ended_by != 0)
    std::raise(ended_by);
  if (!calm)
    std::_Exit(EXIT_SUCCESS);
}

}  // namespace millrace::app
