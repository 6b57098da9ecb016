#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8, one code point at a time.
namespace millrace::utf8 {

/// What stands for bytes that are no UTF-8.
inline constexpr char32_t replacement = 0xFFFD;

/// A code point and the bytes that it takes. Bytes that are no UTF-8 read as the replacement, one
/// for each maximal beginning of a sequence, as the Unicode standard advises.
struct decoded {
  char32_t code = 0;
  std::size_t size = 0;
  bool valid = true;
};

/// Reads the code point at `at`, which is inside the text.
decoded decode(std::string_view text, std::size_t at);

void append(std::string& to, char32_t code);

/// How much of a text is UTF-8.
struct census {
  /// Code points in all.
  std::size_t points = 0;
  /// Sequences of more than one byte.
  std::size_t wide = 0;
  /// Sequences that are no UTF-8.
  std::size_t broken = 0;
};

census count(std::string_view text);

/// Bytes at the start of `text` from `at` on that are ASCII. Eight at a time.
std::size_t ascii_run(std::string_view text, std::size_t at);

}  // namespace millrace::utf8
