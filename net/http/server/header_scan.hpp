#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::net {

/// Finds the end of a header while it comes, and what no line of one may be: servers that are
/// lenient with line ends disagree on where a request begins.
class header_scan {
 public:
  enum class found : std::uint8_t {
    nothing_yet,
    /// The blank line; size() is where the header ends.
    end,
    /// A CR without LF, or an LF without CR.
    bad_line_end,
    /// A line that begins with a blank (obs-fold).
    folded_line,
  };

  /// What has come so far: the text of the last call, and more.
  found look(std::string_view text);

  std::size_t size() const { return at_; }
  /// Of the first line, with its end, as far as it has come.
  std::size_t size_of_first_line() const { return line_ == 0 ? at_ : first_line_; }

 private:
  std::size_t at_ = 0;
  /// Where the line begins.
  std::size_t line_ = 0;
  /// 0 while it has not ended.
  std::size_t first_line_ = 0;
};

}  // namespace millrace::net
