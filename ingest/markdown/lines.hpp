#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// What a line of Markdown begins with.
namespace millrace::ingest {

/// Longer text is not a label of a link (CommonMark).
inline constexpr std::size_t max_label = 999;

/// The white space at the start of a line: how wide it is, with tabs to every fourth column, and
/// how many bytes it takes.
struct indentation {
  std::size_t columns = 0;
  std::size_t bytes = 0;
};
indentation indentation_of(std::string_view line, std::size_t first_column = 0);

/// A list item's marker: a bullet, or a number with `.` or `)`.
struct item_marker {
  /// As it is written in normalised text.
  std::string_view text;
  /// In the line, without the space after it.
  std::size_t bytes = 0;
  std::size_t columns = 0;
};
/// The marker at the start of a line without indentation.
std::optional<item_marker> marker_of(std::string_view line);

/// The `#`s of a heading; 0 when the line, without indentation, is not a heading.
std::size_t heading_of(std::string_view line);

/// The row of backticks or tildes that opens a block of code.
struct fence_mark {
  char mark = '`';
  std::size_t length = 0;
};
std::optional<fence_mark> fence_of(std::string_view line);
/// Whether the line, without indentation, ends the block that the mark opened.
bool closes_fence(std::string_view line, const fence_mark& opened);

/// The label of the definition of a link that the line, without indentation, is; empty for none.
std::string_view definition_of(std::string_view line);

std::string_view without_trailing_blanks(std::string_view line);

}  // namespace millrace::ingest
