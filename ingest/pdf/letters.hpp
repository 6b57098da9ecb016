#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What the signs on a page are.
namespace millrace::ingest::pdf_layout {

/// Typographic ligatures as the letters that they stand for.
std::string without_ligatures(std::string_view text);

/// Nothing (0) for an empty text.
char32_t first_sign(std::string_view text);
char32_t last_sign(std::string_view text);

/// Chinese and Japanese, with their punctuation.
bool is_cjk(char32_t c);
/// Of a script that puts no spaces between words.
bool is_unspaced(char32_t c);
bool is_letter(char32_t c);
bool is_lower_letter(char32_t c);
bool is_letter_or_digit(char32_t c);

std::size_t count_signs(std::string_view text);
std::size_t count_letters(std::string_view text);

/// Whether the sentence ends here, quotes and brackets behind it or not.
bool ends_sentence(std::string_view text);

/// Nothing but a bullet. `is_dash`: one that may as well be a sign of the text.
bool is_bullet(std::string_view word);
bool is_dash(std::string_view word);

/// The number of "12." or "12)".
std::optional<int> item_number(std::string_view word);

/// Dots that lead from a title to its page.
bool is_leader(std::string_view word);

/// Letters and digits alone, in lower case: two spellings of one title are equal.
std::string letters_of(std::string_view text);

}  // namespace millrace::ingest::pdf_layout
