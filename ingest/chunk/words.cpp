#include "ingest/chunk/words.hpp"

#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

constexpr std::size_t max_word_bytes = 64;

// Sorted, for the binary search.
constexpr std::array<std::string_view, 165> stop_words{
    "a",      "about",  "above",    "after",   "again",   "against", "all",   "also",    "am",
    "an",     "and",    "any",      "are",     "as",      "at",      "be",    "because", "been",
    "before", "being",  "below",    "between", "both",    "but",     "by",    "can",     "cannot",
    "could",  "d",      "did",      "do",      "does",    "doesn",   "doing", "don",     "down",
    "during", "each",   "either",   "else",    "etc",     "even",    "ever",  "every",   "few",
    "for",    "from",   "further",  "get",     "gets",    "had",     "has",   "have",    "having",
    "he",     "her",    "here",     "hers",    "him",     "his",     "how",   "however", "i",
    "if",     "in",     "instead",  "into",    "is",      "isn",     "it",    "its",     "itself",
    "just",   "let",    "ll",       "may",     "me",      "might",   "more",  "most",    "much",
    "must",   "my",     "neither",  "no",      "nor",     "not",     "now",   "of",      "off",
    "often",  "on",     "once",     "only",    "or",      "other",   "our",   "ours",    "out",
    "over",   "own",    "per",      "please",  "rather",  "re",      "s",     "same",    "shall",
    "she",    "should", "so",       "some",    "still",   "such",    "t",     "tell",    "than",
    "that",   "the",    "their",    "theirs",  "them",    "then",    "there", "these",   "they",
    "this",   "those",  "through",  "thus",    "to",      "too",     "under", "until",   "up",
    "upon",   "us",     "ve",       "very",    "via",     "was",     "we",    "well",    "were",
    "what",   "when",   "where",    "whether", "which",   "while",   "who",   "whom",    "whose",
    "why",    "will",   "with",     "within",  "without", "won",     "would", "yet",     "you",
    "your",   "yours",  "yourself",
};

bool is_vowel(char c) { return std::string_view{"aeiouy"}.find(c) != std::string_view::npos; }

bool has_vowel(std::string_view word) { return std::any_of(word.begin(), word.end(), is_vowel); }

/// Takes the ending off, where a word of its own is left.
bool take_off(std::string_view& word, std::string_view ending) {
  constexpr std::size_t shortest_word = 3;
  if (!word.ends_with(ending) || word.size() < ending.size() + shortest_word ||
      !has_vowel(word.substr(0, word.size() - ending.size())))
    return false;
  word.remove_suffix(ending.size());
  return true;
}

}  // namespace

bool word_reader::next() {
  word_.clear();
  while (at_ < text_.size()) {
    const auto c = utf8::decode(text_, at_);
    const bool part = c.valid && is_word_part(c.code);
    const bool alone = part && is_ideograph(c.code);
    if (!word_.empty() && (!part || alone))
      return true;
    at_ += c.size;
    if (part && word_.size() + c.size <= max_word_bytes)
      utf8::append(word_, to_lower(c.code));
    if (alone)
      return true;
  }
  return !word_.empty();
}

bool is_stop_word(std::string_view word) {
  return std::binary_search(stop_words.begin(), stop_words.end(), word);
}

std::string_view stem(std::string_view word) {
  if (!std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
    return word;
  if (!word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is"))
    take_off(word, word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches") ? "es"
                                                                                             : "s");
  const bool shortened = take_off(word, "ing") || take_off(word, "ed") || take_off(word, "ly");
  const auto end = word.size();
  if (shortened && end > 3 && word[end - 1] == word[end - 2] && !is_vowel(word[end - 1]) &&
      word[end - 1] != 'l' && word[end - 1] != 's')
    word.remove_suffix(1);
  if (!take_off(word, "e") && word.ends_with("ie"))
    word.remove_suffix(1);
  if (word.size() > 3 && (word.ends_with('y') || word.ends_with('i')))
    word.remove_suffix(1);
  return word;
}

}  // namespace millrace::ingest
