#include "ingest/words/fold.hpp"

#include "base/check.hpp"
#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/words/characters.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>

namespace millrace::ingest::search {
namespace {

using get_normalizer = const icu::Normalizer2* (*)(UErrorCode&);

std::string normalised(std::string_view text, get_normalizer get) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = get(status);
  MILLRACE_CHECK(U_SUCCESS(status) && form != nullptr);
  std::string made;
  icu::StringByteSink<std::string> sink{&made};
  form->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink, nullptr,
                      status);
  MILLRACE_CHECK(U_SUCCESS(status));
  return made;
}

template <class Use>
void each_code_point(std::string_view text, Use use) {
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    use(next.code);
    at += next.size;
  }
}

bool is_ascii(std::string_view text) { return utf8::ascii_run(text, 0) == text.size(); }

/// Scripts whose marks are diacritics.
bool has_diacritics(UScriptCode script) {
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
         script == USCRIPT_ARABIC || script == USCRIPT_HEBREW;
}

/// The letter or letters that a letter without a decomposition is looked for as.
std::string_view plain_letter(char32_t c) {
  switch (c) {
    case U'ø':
      return "o";
    case U'ł':
      return "l";
    case U'đ':
    case U'ð':
      return "d";
    case U'þ':
      return "th";
    case U'æ':
      return "ae";
    case U'œ':
      return "oe";
    case U'ı':
      return "i";
    case U'ħ':
      return "h";
    case U'ŧ':
      return "t";
    case U'ŋ':
      return "n";
    // Arabic: the alef of joined words, teh marbuta, yeh and kaf as Persian and Urdu write them.
    case 0x671:
      return "\u0627";
    case 0x629:
      return "\u0647";
    case 0x649:
    case 0x6CC:
      return "\u064A";
    case 0x6A9:
      return "\u0643";
    default:
      return {};
  }
}

constexpr char32_t tatweel = 0x640;

/// A hamza above waw and yeh makes another letter, one above or below alef does not.
bool makes_a_letter(char32_t mark, char32_t base) {
  return mark == 0x654 && (base == 0x648 || base == 0x64A);
}

/// What normalisation leaves, without what is no part of a word, and digits as ASCII has them.
std::string words_only(std::string_view text) {
  std::string made;
  each_code_point(text, [&](char32_t c) {
    if (const auto sign = connector_of(c); sign != 0 || c == ',')
      made += c == ',' ? ',' : sign;
    else if (const auto digit = u_charDigitValue(static_cast<UChar32>(c)); digit >= 0)
      made += static_cast<char>('0' + digit);
    else if (const auto kind = kind_of(c);
             kind != char_kind::other && kind != char_kind::ignorable && c != tatweel)
      utf8::append(made, c);
  });
  return made;
}

}  // namespace

std::string without_diacritics(std::string_view folded) {
  if (is_ascii(folded))
    return std::string{folded};
  std::string made;
  char32_t base = 0;
  bool drops = false;
  each_code_point(normalised(folded, icu::Normalizer2::getNFDInstance), [&](char32_t c) {
    const auto kind = c < 0x80 ? char_kind::lower : kind_of(c);
    if (kind == char_kind::mark) {
      if (!drops || makes_a_letter(c, base))
        utf8::append(made, c);
      return;
    }
    base = c;
    UErrorCode status = U_ZERO_ERROR;
    drops = has_diacritics(uscript_getScript(static_cast<UChar32>(c), &status));
    if (const auto plain = plain_letter(c); !plain.empty())
      made += plain;
    else
      utf8::append(made, c);
  });
  return is_ascii(made) ? made : normalised(made, icu::Normalizer2::getNFCInstance);
}

folded_word fold(std::string_view word) {
  if (is_ascii(word))
    return {in_lower_case(word), {}};
  folded_word made;
  auto marked = words_only(normalised(word, icu::Normalizer2::getNFKCCasefoldInstance));
  made.plain = without_diacritics(marked);
  if (made.plain != marked)
    made.marked = std::move(marked);
  return made;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace millrace::ingest::search
