#include "ingest/search/query.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/words/stemmer.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace millrace::ingest::search {
namespace {

constexpr double quality_of_stem = 0.9;
constexpr double quality_of_joined = 0.6;
constexpr double weight_of_part = 0.5;

/// A stretch of the query between blanks or quotes.
struct stretch {
  std::string_view text;
  query::role as = query::role::optional;
  bool is_phrase = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// One sign before a word of more than a letter: `-k` and `--help` are names of options.
query::role role_of(std::string_view word) {
  const bool is_signed = word.size() > 2 && (is_ascii_letter(word[1]) || is_digit(word[1]) ||
                                             static_cast<unsigned char>(word[1]) >= 0x80);
  if (is_signed && word[0] == '-')
    return query::role::excluded;
  if (is_signed && word[0] == '+')
    return query::role::required;
  return query::role::optional;
}

std::vector<stretch> stretches_of(std::string_view text) {
  std::vector<stretch> all;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const bool is_excluded = text.substr(at).starts_with("-\"");
    const auto quote = at + (is_excluded ? 1 : 0);
    const auto end_of_quote =
        text[quote] == '"' ? text.find('"', quote + 1) : std::string_view::npos;
    if (end_of_quote != std::string_view::npos) {
      all.push_back({text.substr(quote + 1, end_of_quote - quote - 1),
                     is_excluded ? query::role::excluded : query::role::required, true});
      at = end_of_quote + 1;
      continue;
    }
    auto end = at;
    while (end < text.size() && !is_blank(text[end]))
      ++end;
    const auto word = text.substr(at, end - at);
    const auto as = role_of(word);
    all.push_back({as == query::role::optional ? word : word.substr(1), as, false});
    at = end;
  }
  return all;
}

void add_alternative(query::word& to, std::string term, double quality) {
  const bool is_known = std::any_of(to.alternatives.begin(), to.alternatives.end(),
                                    [&](const auto& one) { return one.term == term; });
  if (!is_known)
    to.alternatives.push_back({std::move(term), quality});
}

/// The words of one stretch, and from which position on the next one's stand.
std::uint32_t add_words(analyser& with, const stretch& of, int phrase, std::uint32_t from,
                        std::vector<query::word>& to) {
  // The whole of an identifier and its first part stand at one place.
  std::map<std::pair<std::uint32_t, bool>, query::word> found;
  auto next = from;
  with.analyse(of.text, "", [&](const term& one) {
    const bool is_part = one.kind == term_kind::part;
    const auto position = from + one.word;
    next = std::max(next, position + 1);
    // What is within a phrase as a whole is not asked for in parts as well.
    if (is_part && (phrase != 0 || of.as != query::role::optional))
      return;
    auto& word = found[{position, is_part}];
    word.as = of.as;
    word.weight = is_part ? weight_of_part : 1;
    word.phrase = phrase;
    word.position = position;
    add_alternative(word, std::string{one.text}, 1);
  });
  std::optional<std::size_t> whole;
  for (auto& [place, word] : found) {
    const auto is_part = place.second;
    if (!is_part)
      whole = to.size();
    else if (whole)
      word.whole = whole;
    else
      // The whole is too long to be a term.
      word.weight = 1;
    const auto as_written = word.alternatives;
    for (const auto& one : as_written)
      for (auto& stem : with.stems(one.term)) {
        if (auto part = as_part_of_joined(stem); !part.empty())
          add_alternative(word, std::move(part), quality_of_joined);
        add_alternative(word, std::move(stem), quality_of_stem);
      }
    to.push_back(std::move(word));
  }
  return next;
}

}  // namespace

query read_query(analyser& with, std::string_view text) {
  query made;
  std::uint32_t position = 0;
  int phrases = 0;
  for (const auto& one : stretches_of(text)) {
    // A phrase begins apart from what stands before it.
    position = add_words(with, one, one.is_phrase ? ++phrases : 0, position, made.words);
    if (made.words.size() >= most_query_words)
      break;
  }
  if (made.words.size() > most_query_words)
    made.words.resize(most_query_words);
  const bool asks_for_nothing =
      std::all_of(made.words.begin(), made.words.end(),
                  [](const auto& one) { return one.as == query::role::excluded; });
  if (asks_for_nothing)
    for (auto& one : made.words)
      one.as = query::role::optional;
  return made;
}

}  // namespace millrace::ingest::search
