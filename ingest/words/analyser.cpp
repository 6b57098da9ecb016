#include "ingest/words/analyser.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/chunk/break_iterators.hpp"
#include "ingest/words/fold.hpp"
#include "ingest/words/recent_words.hpp"
#include "ingest/words/run.hpp"
#include "ingest/words/stemmer.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace millrace::ingest::search {
namespace {

/// Characters of which a term may be left: marks and what is not seen are dropped.
constexpr std::size_t most_characters = 4 * longest_term;

constexpr bool is_ascii_word(char c) { return is_ascii_letter(c) || is_digit(c); }

/// The end of the plain word of ASCII that begins at the byte: letters in one case or with one
/// capital, or digits, and behind it nothing that may belong to it. Else the byte itself.
std::size_t plain_word_end(std::string_view text, std::size_t at) {
  enum : unsigned { lower = 1, upper = 2, digit = 4 };
  const auto bit = [](char c) {
    return static_cast<unsigned>(is_digit(c) ? digit : c >= 'a' ? lower : upper);
  };
  auto end = at + 1;
  unsigned rest = 0;
  for (; end < text.size() && is_ascii_word(text[end]); ++end)
    rest |= bit(text[end]);
  const auto first = bit(text[at]);
  if (rest != 0 && rest != first && !(first == upper && rest == lower))
    return at;
  if (end == text.size() || text[end] == ' ' || text[end] == '\n')
    return end;
  if (static_cast<unsigned char>(text[end]) >= 0x80 || text[end] == '#' || text[end] == '+')
    return at;
  const bool may_join =
      text[end] == ',' ? first == digit : connector_of(static_cast<unsigned char>(text[end])) != 0;
  return !may_join || end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == '\n' ? end
                                                                                              : at;
}

/// Vowels and finals of Korean that are written one by one belong to the character before them.
bool continues_syllable(char32_t c) {
  return (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FF);
}

struct place {
  std::uint32_t word = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

term term_of(std::string_view text, term_kind kind, const place& at) {
  return {text, kind, at.word, static_cast<std::uint32_t>(at.begin),
          static_cast<std::uint32_t>(at.end)};
}

}  // namespace

class analyser::rules {
 public:
  void analyse(std::string_view text, std::string_view language, const visit& give) {
    text_ = text.substr(0, std::numeric_limits<std::uint32_t>::max());
    language_ = stemmed_language(language);
    language_tag_ = language_.size() == 2
                        ? static_cast<std::uint16_t>(language_[0] << 8 | language_[1])
                        : std::uint16_t{0};
    give_ = &give;
    word_ = 0;
    for (std::size_t at = 0; at < text_.size();)
      at = step(at);
  }

  std::vector<std::string> stems(std::string_view word) { return stemmers_.all(word); }

 private:
  /// Gives the word at the byte, and returns where to go on.
  std::size_t step(std::size_t at) {
    if (is_ascii_word(text_[at])) {
      const auto end = plain_word_end(text_, at);
      return end > at ? plain_word(at, end) : run(at);
    }
    if (static_cast<unsigned char>(text_[at]) < 0x80)
      return is_leading_dot(text_, at) ? run(at) : at + 1;
    const auto next = utf8::decode(text_, at);
    if (!next.valid)
      return at + next.size;
    switch (const auto kind = kind_of(next.code)) {
      case char_kind::lower:
      case char_kind::upper:
      case char_kind::letter:
      case char_kind::digit:
        return run(at);
      case char_kind::ideograph:
      case char_kind::hangul:
        return pairs(at, kind);
      case char_kind::dictionary:
        return dictionary_words(at);
      default:
        return at + next.size;
    }
  }

  std::size_t plain_word(std::size_t begin, std::size_t end) {
    const place here{word_++, begin, end};
    if (end - begin > longest_term)
      return end;
    std::array<char, longest_term> low{};
    std::transform(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                   text_.begin() + static_cast<std::ptrdiff_t>(end), low.begin(), ascii_lower);
    const std::string_view folded{low.data(), end - begin};
    (*give_)(term_of(folded, term_kind::whole, here));
    if (!is_digit(low[0]))
      give_stem(folded, here);
    return end;
  }

  std::size_t run(std::size_t at) {
    read_run(text_, at, run_);
    parts_of(run_, parts_);
    give_folded(term_kind::whole, 0, run_.chars.size(), word_);
    std::uint32_t places = 1;
    for (const auto& part : parts_) {
      give_folded(term_kind::part, part.first, part.last, word_ + part.place);
      places = std::max(places, part.place + 1);
    }
    word_ += places;
    return run_.end;
  }

  /// Characters of the run.
  void give_folded(term_kind kind, std::size_t first, std::size_t last, std::uint32_t word) {
    if (last - first <= most_characters)
      give_folded(kind, {word, run_.begin_of(first), run_.begin_of(last)});
  }

  void give_folded(term_kind kind, const place& at) {
    const auto& folded = fold_of(at.begin, at.end);
    for (const auto* form : {&folded.plain, &folded.marked})
      if (!form->empty() && code_points(*form) <= longest_term)
        (*give_)(term_of(*form, kind, at));
    give_stems(folded, at);
  }

  const folded_word& fold_of(std::size_t begin, std::size_t end) {
    return folded_.find(text_.substr(begin, end - begin), 0, fold);
  }

  /// A word that is typed without its diacritics has another stem at times.
  void give_stems(const folded_word& word, const place& at) {
    if (word.marked.empty()) {
      give_stem(word.plain, at);
      return;
    }
    const auto of_marked = stem_of(word.marked);
    if (is_short(of_marked))
      (*give_)(term_of(of_marked, term_kind::stem, at));
    if (const auto& of_plain = stem_of(word.plain); of_plain != of_marked && is_short(of_plain))
      (*give_)(term_of(of_plain, term_kind::stem, at));
    if (joins_words(language_))
      give_joined(word.plain, at);
  }

  void give_stem(std::string_view word, const place& at) {
    const auto& stem = stem_of(word);
    if (!is_short(stem))
      return;
    (*give_)(term_of(stem, term_kind::stem, at));
    if (joins_words(language_))
      give_joined(word, at);
  }

  /// What may be words of a joined one: each way to cut it in two. No dictionary tells which are,
  /// and what is none is never asked for.
  void give_joined(std::string_view word, const place& at) {
    constexpr std::size_t shortest = 4;
    constexpr std::size_t longest = 40;
    const bool is_ascii = std::all_of(word.begin(), word.end(), is_ascii_letter);
    if (!is_ascii || word.size() > longest)
      return;
    const auto give = [&](std::string_view part) {
      if (const auto stem = as_part_of_joined(stem_of(part)); !stem.empty())
        (*give_)(term_of(stem, term_kind::stem, at));
    };
    for (auto cut = shortest; cut + shortest <= word.size(); ++cut) {
      give(word.substr(0, cut));
      give(word.substr(cut));
    }
  }

  static bool is_short(std::string_view stem) {
    constexpr std::size_t of_language = 3;
    return !stem.empty() && code_points(stem) <= longest_term + of_language;
  }

  const std::string& stem_of(std::string_view word) {
    static const std::string none;
    if (language_.empty())
      return none;
    return stems_.find(word, language_tag_,
                       [&](std::string_view of) { return stemmers_.stem(of, language_); });
  }

  /// Characters of a script without blanks: each with the one behind it.
  std::size_t pairs(std::size_t at, char_kind kind) {
    read_characters(at, kind);
    const auto characters = ends_.size();
    const bool is_word = kind == char_kind::hangul || characters == 1;
    if (is_word && characters <= most_characters)
      give_folded(term_kind::whole, {word_, at, ends_.back()});
    // What is shorter has been given as a whole.
    const std::size_t shortest = kind == char_kind::hangul ? 3 : 2;
    if (characters < shortest) {
      ++word_;
      return ends_.back();
    }
    auto first = fold_of(at, ends_[0]).plain;
    for (std::size_t n = 1; n < characters; ++n) {
      const std::string second = fold_of(ends_[n - 1], ends_[n]).plain;
      const auto pair = first + second;
      (*give_)(term_of(pair, kind == char_kind::hangul ? term_kind::part : term_kind::whole,
                       {word_++, n == 1 ? at : ends_[n - 2], ends_[n]}));
      first = second;
    }
    return ends_.back();
  }

  /// Where the characters of the kind end, each with its marks.
  void read_characters(std::size_t at, char_kind kind) {
    ends_.clear();
    while (at < text_.size()) {
      const auto next = utf8::decode(text_, at);
      const auto its_kind = next.valid ? kind_of(next.code) : char_kind::other;
      const bool is_attached =
          !ends_.empty() && (its_kind == char_kind::mark || its_kind == char_kind::ignorable ||
                             continues_syllable(next.code));
      if (its_kind != kind && !is_attached)
        return;
      at += next.size;
      if (is_attached)
        ends_.back() = at;
      else
        ends_.push_back(at);
    }
  }

  std::size_t dictionary_words(std::size_t at) {
    const auto begin = at;
    while (at < text_.size()) {
      const auto next = utf8::decode(text_, at);
      const auto kind = next.valid ? kind_of(next.code) : char_kind::other;
      if (kind != char_kind::dictionary && kind != char_kind::mark && kind != char_kind::ignorable)
        break;
      at += next.size;
    }
    auto word_begin = begin;
    for (const auto end : all_breaks(text_.substr(begin, at - begin), break_kind::word)) {
      give_folded(term_kind::whole, {word_++, word_begin, begin + end});
      word_begin = begin + end;
    }
    return at;
  }

  stemmers stemmers_{};
  recent_words<std::string> stems_{};
  recent_words<folded_word> folded_{};

  std::string_view text_{};
  std::string_view language_{};
  std::uint16_t language_tag_ = 0;
  const visit* give_ = nullptr;
  std::uint32_t word_ = 0;
  word_run run_{};
  std::vector<run_part> parts_{};
  std::vector<std::size_t> ends_{};
};

analyser::analyser() : rules_(std::make_unique<rules>()) {}
analyser::~analyser() = default;
analyser::analyser(analyser&&) noexcept = default;
analyser& analyser::operator=(analyser&&) noexcept = default;

void analyser::analyse(std::string_view text, std::string_view language, const visit& give) {
  rules_->analyse(text, language, give);
}

std::vector<std::string> analyser::stems(std::string_view folded) const {
  return rules_->stems(folded);
}

analyser& analyser_of_thread() {
  thread_local analyser made;
  return made;
}

}  // namespace millrace::ingest::search
