#pragma once

#include "ingest/words/language.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::search {

/// Names the rules by which terms are made. Texts that were analysed by others are to be analysed
/// again.
inline constexpr std::string_view analyser_name = "words@1";

/// Code points of the longest term. Of a longer word only the parts are given.
inline constexpr std::size_t longest_term = 64;

enum class term_kind : std::uint8_t {
  /// A word as it stands between blanks: "pump", "c++", "1.3.2", "getUserById". Two characters of a
  /// script without blanks between words.
  whole,
  /// A part of an identifier, of a word with an apostrophe, of a version: "get", "user", "1.3". Two
  /// characters of a Korean word.
  part,
  /// The stem of a word or of a part, after its language: "en~pump".
  stem,
};

/// A term by which a word of a text is found.
struct term {
  /// Valid during the call. In lower case, without diacritics unless the word is given in both
  /// forms; never empty, and without blanks, double quotes, backslashes and control characters.
  std::string_view text;
  term_kind kind = term_kind::whole;
  /// Position of the word in the text, from 0. The parts of an identifier have positions one after
  /// the other, of which the whole has the first. Never less than that of the term before.
  std::uint32_t word = 0;
  /// Bytes of the text where the word or the part stands: whole code points, never empty.
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// Turns texts of any language into the terms by which their words are found. The same text and
/// language give the same terms, whatever was analysed before. For one thread at a time; it keeps
/// the words that it has seen lately, so that a text is analysed faster by one that is used again.
class analyser {
 public:
  using visit = std::function<void(const term&)>;

  analyser();
  ~analyser();
  analyser(analyser&&) noexcept;
  analyser& operator=(analyser&&) noexcept;

  /// Gives the terms of the text in the order of their words: of each the whole, then the whole
  /// with its diacritics where it has any, its stems, and the same of its parts. Bytes that are not
  /// UTF-8 separate words. `language` is an ISO 639-1 code, whose stems are given; "" for none.
  /// Takes time in proportion to the text. What `give` throws ends the call.
  void analyse(std::string_view text, std::string_view language, const visit& give);

  /// The stems of a term in every language whose script it is written in, each as `analyse` gives
  /// it for a text of that language; nothing for a term of other than letters.
  std::vector<std::string> stems(std::string_view folded) const;

 private:
  class rules;
  std::unique_ptr<rules> rules_;
};

/// The one of the calling thread, which knows the words of what was analysed before.
analyser& analyser_of_thread();

}  // namespace millrace::ingest::search
