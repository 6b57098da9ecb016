#include "app/terminal/progress.hpp"

#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace millrace::app {
namespace {

constexpr auto clear_line = "\r\x1b[K";

}  // namespace

std::string render_progress(std::size_t done, std::size_t total, std::size_t width) {
  const auto count = fmt::format(" {} of {}", done, total);
  constexpr std::size_t widest_bar = 40;
  if (width < count.size() + 4)
    return count.substr(1, width);
  const auto bar = std::min(widest_bar, width - count.size() - 2);
  const auto filled = total == 0 ? bar : bar * std::min(done, total) / total;
  return fmt::format("[{}{}]{}", std::string(filled, '#'), std::string(bar - filled, ' '), count);
}

progress_bar::progress_bar() : visible_{stderr_is_terminal()} {}

progress_bar::~progress_bar() {
  if (!last_.empty())
    std::fputs(clear_line, stderr);
}

void progress_bar::show(std::size_t done, std::size_t total) {
  constexpr std::size_t usual_width = 80;
  const auto width = terminal_width();
  say(render_progress(done, total, width == 0 ? usual_width : width - 1));
}

void progress_bar::say(std::string line) {
  if (!visible_ || line == last_)
    return;
  last_ = std::move(line);
  std::fputs(fmt::format("{}{}", clear_line, last_).c_str(), stderr);
}

}  // namespace millrace::app
