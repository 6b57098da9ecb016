#pragma once

#include "tests/app/sandbox.hpp"

#include <string>

namespace millrace::tests {

/// A terminal, 80 columns and 24 rows, in which a shell command runs: tmux. Gone at the end.
class tmux_terminal {
 public:
  tmux_terminal(const sandbox& in, const std::string& command);
  ~tmux_terminal();
  tmux_terminal(const tmux_terminal&) = delete;
  tmux_terminal& operator=(const tmux_terminal&) = delete;

  /// Keys by their names in tmux: "q", "Enter", "Down".
  void press(const std::string& keys) const;
  void resize(int columns, int rows) const;
  /// What can be read on it now.
  std::string screen() const;
  /// Waits until the screen shows the text; answers the screen. Fails the test after a while.
  std::string wait_for(const std::string& text) const;
  /// Waits until the text is not on the screen any more.
  std::string wait_until_gone(const std::string& text) const;

 private:
  std::string run(const std::string& words) const;
  template <class Condition>
  std::string wait_until(Condition holds, const std::string& what) const;

  const sandbox& in_;
};

}  // namespace millrace::tests
