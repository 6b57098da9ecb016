#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Lines of text with a look, for a screen that is drawn as a whole.
namespace millrace::app {

/// What a text says beside its words. Nothing is said by the tone alone: there may be no colours.
enum class tone : std::uint8_t { plain, faint, good, notice, bad };

struct text_style {
  tone color = tone::plain;
  bool bold = false;
  bool underline = false;
  bool reverse = false;

  bool operator==(const text_style&) const = default;
};

struct span {
  std::string text;
  text_style how;
};

using line = std::vector<span>;

/// A line while it is written, from the left to the right; never wider than `width`. Whatever is
/// put is escaped.
class line_writer {
 public:
  explicit line_writer(std::size_t width) : width_{width} {}

  /// Cut with `…` where it does not fit.
  line_writer& put(std::string_view text, text_style how = {});
  /// The text in a place of `columns`, at its right end if asked for.
  line_writer& put_in(std::size_t columns, bool right, std::string_view text, text_style how = {});
  /// Blanks up to the column, if the line is not there yet.
  line_writer& to(std::size_t column, text_style how = {});
  std::size_t left() const { return width_ - at_; }
  /// The line, filled to its width.
  line done(text_style filling = {});

 private:
  void add(std::string text, std::size_t columns, text_style how);

  std::size_t width_;
  std::size_t at_ = 0;
  line spans_;
};

/// The text in lines of at most `width` columns, broken between words where that can be. Escaped; a
/// line break in the text is one.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace millrace::app
