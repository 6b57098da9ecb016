#pragma once

/// As much of Unicode as it takes to compare words: letters, and their lower case.
namespace millrace {

/// Whether the code point is part of a word: letters, digits and their marks; not exact for rare
/// scripts, where a symbol may pass for a letter.
bool is_word_part(char32_t c);

/// Whether it is written without spaces between words, so that it is a word by itself.
bool is_ideograph(char32_t c);

/// The lower case of Latin, Greek and Cyrillic letters; anything else as it is.
char32_t to_lower(char32_t c);

}  // namespace millrace
