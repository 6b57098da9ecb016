#include "ingest/files/guess_encoding.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/files/convert.hpp"
#include "ingest/files/encoding_labels.hpp"

#include <uchardet.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace millrace::ingest {
namespace {

/// More than this tells a detector nothing new.
constexpr std::size_t detector_window = std::size_t{256} * 1024;

std::size_t first_beyond_ascii(std::string_view bytes) { return utf8::ascii_run(bytes, 0); }

std::string ask_uchardet(std::string_view bytes) {
  constexpr std::size_t lead_in = 1024;
  const auto first = first_beyond_ascii(bytes);
  const auto sample = bytes.substr(first > lead_in ? first - lead_in : 0, detector_window);
  const std::unique_ptr<uchardet, void (*)(uchardet_t)> detector{::uchardet_new(),
                                                                 ::uchardet_delete};
  if (!detector || ::uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0)
    return {};
  ::uchardet_data_end(detector.get());
  return ::uchardet_get_charset(detector.get());
}

/// Files that were written on Windows have signs where the ISO encodings have controls, and letters
/// of the same languages.
std::string_view windows_instead(std::string_view encoding, std::string_view bytes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> pairs{
      {{"iso-8859-2", "windows-1250"},
       {"iso-8859-7", "windows-1253"},
       {"iso-8859-13", "windows-1257"}}};
  const bool has_signs = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 && byte < 0xA0;
  });
  for (const auto& [iso, windows] : pairs)
    if (iso == encoding && has_signs)
      return windows;
  return encoding == "iso-8859-15" && has_signs ? "windows-1252" : encoding;
}

/// Looks at a text character by character for what no language has.
class plausibility {
 public:
  void add(char32_t c) {
    const auto code = static_cast<UChar32>(c);
    if (c == 0xAD || c == 0x200C || c == 0x200D)
      return;
    const bool is_letter = u_isalpha(code) != 0 || is_mark(code);
    if (c >= 0x80) {
      ++beyond_ascii_;
      if (is_never_text(c))
        ++odd_;
    }
    if (is_letter) {
      add_letter(code);
    } else {
      end_word(is_word_sign(c));
      sign_after_letter_ = is_word_sign(c) && was_letter_;
    }
    was_letter_ = is_letter;
  }

  bool is_plausible() {
    end_word(false);
    return odd_ * 8 <= beyond_ascii_;
  }

 private:
  static bool is_mark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

  static bool is_never_text(char32_t c) {
    return c == utf8::replacement || (c >= 0x80 && c < 0xA0) || (c >= 0xE000 && c <= 0xF8FF) ||
           (c >= 0xFF61 && c <= 0xFF9F) || (c >= 0x2500 && c <= 0x259F) || c == 0xA4 ||
           u_charType(static_cast<UChar32>(c)) == U_UNASSIGNED;
  }

  /// Signs of the 8-bit encodings that stand between words or numbers, never between two letters.
  static bool is_word_sign(char32_t c) {
    return (c >= 0xA1 && c <= 0xBF && c != 0xB7) || c == 0xD7 || c == 0xF7 || c == 0x2021 ||
           c == 0x2030 || c == 0x201A || c == 0x201E || c == 0x02C6 || c == 0x02DC || c == 0x02DB ||
           c == 0x02C7 || c == 0x02D8 || c == 0x02D9 || c == 0x2122;
  }

  void add_letter(UChar32 c) {
    if (std::exchange(sign_after_letter_, false))
      ++odd_;
    UErrorCode code = U_ZERO_ERROR;
    const auto script = uscript_getScript(c, &code);
    const bool counts = script == USCRIPT_LATIN || script == USCRIPT_CYRILLIC ||
                        script == USCRIPT_GREEK || script == USCRIPT_HEBREW ||
                        script == USCRIPT_ARABIC || script == USCRIPT_THAI;
    if (counts && word_script_ != USCRIPT_INVALID_CODE && word_script_ != script)
      odd_ += c >= 0x80 ? 1 : word_beyond_;
    if (counts)
      word_script_ = script;
    const bool is_capital = u_isupper(c) != 0;
    if (is_capital && was_small_ && (c >= 0x80 || small_was_beyond_))
      ++odd_;
    was_small_ = u_islower(c) != 0;
    small_was_beyond_ = was_small_ && c >= 0x80;
    ++word_letters_;
    if (c >= 0x80) {
      ++word_beyond_;
      if (script == USCRIPT_LATIN)
        ++word_latin_beyond_;
    }
  }

  /// Languages in Latin letters have words with many accents, but not with hardly anything else.
  void end_word(bool by_sign) {
    if (word_latin_beyond_ >= 3 && word_latin_beyond_ * 3 > word_letters_ * 2)
      odd_ += word_latin_beyond_;
    else if (by_sign && word_latin_beyond_ >= 1 && word_latin_beyond_ == word_letters_ &&
             word_letters_ >= 2)
      odd_ += word_latin_beyond_;
    word_letters_ = word_beyond_ = word_latin_beyond_ = 0;
    word_script_ = USCRIPT_INVALID_CODE;
    was_small_ = small_was_beyond_ = false;
  }

  std::size_t beyond_ascii_ = 0;
  std::size_t odd_ = 0;
  std::size_t word_letters_ = 0;
  std::size_t word_beyond_ = 0;
  std::size_t word_latin_beyond_ = 0;
  UScriptCode word_script_ = USCRIPT_INVALID_CODE;
  bool was_letter_ = false;
  bool was_small_ = false;
  bool small_was_beyond_ = false;
  bool sign_after_letter_ = false;
};

std::optional<decoded_text> plausible_in(std::string_view bytes, std::string_view encoding) {
  const char* converter = converter_of(encoding);
  if (converter == nullptr)
    return std::nullopt;
  auto made = convert_with(bytes, converter);
  if (!is_plausible_text(made.text))
    return std::nullopt;
  made.encoding = encoding;
  made.guessed = true;
  return made;
}

}  // namespace

bool is_plausible_text(std::string_view text) {
  plausibility judged;
  const auto sample = text.substr(0, first_beyond_ascii(text) + detector_window);
  for (std::size_t at = 0; at < sample.size();) {
    const auto next = utf8::decode(sample, at);
    if (at + next.size < sample.size() || next.valid)
      judged.add(next.code);
    at += next.size;
  }
  return judged.is_plausible();
}

std::optional<decoded_text> guess_encoding(std::string_view bytes) {
  auto guess = encoding_of_label(ask_uchardet(bytes));
  if (guess.empty() || guess == "utf-8")
    guess = "windows-1252";
  guess = windows_instead(guess, bytes);
  if (auto made = plausible_in(bytes, guess)) {
    // The commonest name for what several encodings have in common.
    if (made->text.size() < detector_window && made->text == from_windows_1252(bytes))
      made->encoding = "windows-1252";
    return made;
  }
  if (guess != "windows-1252")
    return plausible_in(bytes, "windows-1252");
  return std::nullopt;
}

}  // namespace millrace::ingest
