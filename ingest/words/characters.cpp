#include "ingest/words/characters.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>

namespace millrace::ingest::search {
namespace {

constexpr auto kinds_of_ascii = [] {
  std::array<char_kind, 128> kinds{};
  for (std::size_t c = '0'; c <= '9'; ++c)
    kinds[c] = char_kind::digit;
  for (std::size_t c = 'a'; c <= 'z'; ++c)
    kinds[c] = char_kind::lower;
  for (std::size_t c = 'A'; c <= 'Z'; ++c)
    kinds[c] = char_kind::upper;
  return kinds;
}();

bool is_small_digit(char32_t c) {
  return c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ||
         (c >= 0x2080 && c <= 0x2089);
}

char_kind uncased_kind(UChar32 c) {
  // Of the prolonged sound the script is "common".
  if (c == 0x30FC || c == 0xFF70)
    return char_kind::ideograph;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
      return char_kind::ideograph;
    case USCRIPT_HANGUL:
      return char_kind::hangul;
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return char_kind::dictionary;
    default:
      return char_kind::letter;
  }
}

char_kind kind_of_wide(char32_t code) {
  const auto c = static_cast<UChar32>(code);
  switch (u_charType(c)) {
    case U_UPPERCASE_LETTER:
    case U_TITLECASE_LETTER:
      return char_kind::upper;
    case U_LOWERCASE_LETTER:
      return char_kind::lower;
    case U_MODIFIER_LETTER:
      // The voiced marks of halfwidth Katakana.
      if (c == 0xFF9E || c == 0xFF9F)
        return char_kind::mark;
      return c == 0x2BC ? char_kind::other : uncased_kind(c);
    case U_OTHER_LETTER:
    case U_LETTER_NUMBER:
      return uncased_kind(c);
    case U_DECIMAL_DIGIT_NUMBER:
      return char_kind::digit;
    case U_OTHER_NUMBER:
      return is_small_digit(code) ? char_kind::digit : char_kind::other;
    case U_NON_SPACING_MARK:
    case U_COMBINING_SPACING_MARK:
      return char_kind::mark;
    // A keycap around a digit.
    case U_ENCLOSING_MARK:
      return char_kind::ignorable;
    case U_FORMAT_CHAR:
      // A zero-width space stands between words.
      return c != 0x200B && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0
                 ? char_kind::ignorable
                 : char_kind::other;
    default:
      // Geresh and gershayim, within Hebrew words.
      return c == 0x5F3 || c == 0x5F4 ? char_kind::ignorable : char_kind::other;
  }
}

}  // namespace

char_kind kind_of(char32_t c) { return c < 0x80 ? kinds_of_ascii[c] : kind_of_wide(c); }

char connector_of(char32_t c) {
  switch (c) {
    case '_':
    case '.':
    case '-':
    case '+':
    case '#':
    case '@':
    case '/':
    case ':':
    case '\'':
      return static_cast<char>(c);
    case 0x2BC:
    case 0x2019:
    case 0xFF07:
      return '\'';
    // A Hebrew hyphen, and those of Unicode.
    case 0x5BE:
    case 0x2010:
    case 0x2011:
      return '-';
    default:
      return 0;
  }
}

}  // namespace millrace::ingest::search
