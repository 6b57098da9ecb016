#include "tests/app/screen/tmux.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace millrace::tests {

tmux_terminal::tmux_terminal(const sandbox& in, const std::string& command) : in_{in} {
  in.write("command.sh", command);
  // It stays when the command has ended, also where Ctrl-C ended it.
  run("-f /dev/null new-session -d -x 80 -y 24 'trap : INT; sh command.sh; cat'");
}

tmux_terminal::~tmux_terminal() { in_.shell("cd \"$HOME\" && tmux -S tmux kill-server"); }

void tmux_terminal::press(const std::string& keys) const { run("send-keys " + keys); }

void tmux_terminal::resize(int columns, int rows) const {
  run(fmt::format("resize-window -x {} -y {}", columns, rows));
}

std::string tmux_terminal::screen() const { return run("capture-pane -p"); }

std::string tmux_terminal::wait_for(const std::string& text) const {
  return wait_until([&](const std::string& now) { return now.find(text) != std::string::npos; },
                    "to come: " + text);
}

std::string tmux_terminal::wait_until_gone(const std::string& text) const {
  return wait_until([&](const std::string& now) { return now.find(text) == std::string::npos; },
                    "to go: " + text);
}

std::string tmux_terminal::run(const std::string& words) const {
  // The socket is named from its folder, for a path may be too long for one.
  const auto answer =
      in_.shell("cd \"$HOME\" && unset TMUX && LC_ALL=C.UTF-8 tmux -u -S tmux " + words);
  if (answer.code != 0)
    FAIL(words << ": " << answer.err);
  return answer.out;
}

template <class Condition>
std::string tmux_terminal::wait_until(Condition holds, const std::string& what) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  for (;;) {
    auto now = screen();
    if (holds(now))
      return now;
    if (std::chrono::steady_clock::now() > deadline)
      FAIL("not in time " << what << "\nshown:\n" << now);
    std::this_thread::yield();
  }
}

}  // namespace millrace::tests
