#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What characters are to words.
namespace millrace::ingest::search {

enum class char_kind : std::uint8_t {
  /// No part of a word: blanks, signs, emoji.
  other,
  lower,
  upper,
  /// A letter without case.
  letter,
  digit,
  /// Belongs to the character before it.
  mark,
  /// Not seen: joiners, soft hyphens.
  ignorable,
  /// Han, Hiragana, Katakana, Bopomofo: written without blanks, a word has few characters.
  ideograph,
  hangul,
  /// Thai, Lao, Khmer, Burmese: written without blanks, words come from a dictionary.
  dictionary,
  /// Joins two words to an identifier.
  connector,
  /// Belongs to a word as a letter does: `++`, `#`, and the dot of `.net`.
  sign,
};

char_kind kind_of(char32_t c);

/// Of which words with inner connectors are made.
constexpr bool is_alphanumeric(char_kind k) {
  return k == char_kind::lower || k == char_kind::upper || k == char_kind::letter ||
         k == char_kind::digit;
}

constexpr bool is_letter(char_kind k) { return is_alphanumeric(k) && k != char_kind::digit; }

/// The character of ASCII that the connector stands for (a curly apostrophe, a hyphen that does not
/// break); 0 for what is no connector.
char connector_of(char32_t c);

}  // namespace millrace::ingest::search
