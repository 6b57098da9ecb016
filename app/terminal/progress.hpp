#pragma once

#include <cstddef>
#include <string>

namespace millrace::app {

/// One line: "[#####     ] 5 of 10", at most `width` columns.
std::string render_progress(std::size_t done, std::size_t total, std::size_t width);

/// A bar on stderr that is drawn again in its place; nothing where stderr is no terminal. Its line
/// is cleared at the end.
class progress_bar {
 public:
  progress_bar();
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void show(std::size_t done, std::size_t total);
  /// The same where the end is not known.
  void say(std::string line);

 private:
  bool visible_;
  std::string last_;
};

}  // namespace millrace::app
