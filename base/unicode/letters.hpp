#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// As much of Unicode as it takes to compare words: UTF-8, letters, and their lower case.
namespace millrace::pipeline::ingest {

struct code_point {
  char32_t value = 0;
  /// Bytes that it takes; 1 for a byte that begins no code point.
  std::size_t size = 1;
  bool valid = false;
};

/// The code point at `at`, which is inside the text.
code_point decode(std::string_view text, std::size_t at);

void append_utf8(std::string& to, char32_t c);

/// Whether the code point is part of a word: letters, digits and their marks; not exact for rare
/// scripts, where a symbol may pass for a letter.
bool is_word_part(char32_t c);

/// Whether it is written without spaces between words, so that it is a word by itself.
bool is_ideograph(char32_t c);

/// The lower case of Latin, Greek and Cyrillic letters; anything else as it is.
char32_t to_lower(char32_t c);

}  // namespace millrace::pipeline::ingest
