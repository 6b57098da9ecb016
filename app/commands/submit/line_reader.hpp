#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace millrace::app {

/// Reads a file, or stdin, line by line, with as much memory as the longest line takes.
class line_reader {
 public:
  /// The longest line that is read.
  static constexpr std::size_t longest = std::size_t{16} << 20;

  /// "-" for stdin. Throws app::error.
  explicit line_reader(std::string path);

  /// The next line with its end, if it has one; false when there is none. Throws app::error when it
  /// cannot be read. One that is too long comes as its beginning, longer than `longest`, and then
  /// nothing can be read any more.
  bool next(std::string& line);

 private:
  struct closer {
    void operator()(std::FILE* file) const;
  };

  std::string path_;
  std::unique_ptr<std::FILE, closer> file_;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace millrace::app
