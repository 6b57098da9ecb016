#include "ingest/search/ranking.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

namespace millrace::ingest::search {
namespace {

/// How fast further occurrences of a word stop to count.
constexpr double saturation = 1.2;
/// Of words that stand near each other, and how much these count.
constexpr double saturation_of_nearness = 1.2;
constexpr double weight_of_nearness = 0.5;
/// Words that are farther apart tell nothing about each other.
constexpr std::uint32_t farthest_apart = 12;

/// How a field counts, and the length that is normal.
struct field_rules {
  double weight;
  double length;
  /// How much the length counts, from 0 to 1.
  double normalisation;
};
constexpr std::array rules_of_fields{field_rules{3, 8, 0.4}, field_rules{3, 8, 0.4},
                                     field_rules{1, 150, 0.5}};

double saturated(double value, double at) { return value * (at + 1) / (value + at); }

}  // namespace

double weight_of_word(const corpus_figures& all, std::size_t word) {
  const auto with = static_cast<double>(all.with_word.at(word));
  const auto chunks = std::max(static_cast<double>(all.chunks), with);
  return std::log(1 + (chunks - with + 0.5) / (with + 0.5));
}

ranking::ranking(const query& asked, const corpus_figures& all) : asked_(asked) {
  for (std::size_t n = 0; n < asked.words.size(); ++n) {
    const auto& one = asked.words[n];
    // A part of an identifier counts as a word where the whole is nowhere.
    const bool stands_alone = one.whole && all.with_word[*one.whole] == 0;
    weights_.push_back(
        all.with_word[n] == 0 ? 0 : weight_of_word(all, n) * (stands_alone ? 1 : one.weight));
    for (const auto& alternative : one.alternatives)
      finders_[alternative.term].push_back({static_cast<std::uint32_t>(n), alternative.quality});
  }
}

ranking::field ranking::read(analyser& with, std::string_view text,
                             std::string_view language) const {
  field made;
  with.analyse(text, language, [&](const term& one) {
    made.length = std::max(made.length, one.word + 1);
    const auto at = finders_.find(one.text);
    if (at == finders_.end())
      return;
    for (const auto& [word, quality] : at->second) {
      const auto known =
          std::find_if(made.found.rbegin(), made.found.rend(), [&](const occurrence& before) {
            return before.position != one.word || before.word == word;
          });
      if (known != made.found.rend() && known->position == one.word && known->word == word)
        known->quality = std::max(known->quality, quality);
      else
        made.found.push_back({one.word, word, quality, one.begin, one.end});
    }
  });
  return made;
}

/// All words of the phrase stand there as they stand in the query.
bool ranking::has_phrase(const field& in, int phrase) const {
  std::set<std::pair<std::uint32_t, std::uint32_t>> places;
  for (const auto& one : in.found)
    places.emplace(one.word, one.position);
  const auto is_of = [&](const query::word& one) { return one.phrase == phrase; };
  const auto first = std::find_if(asked_.words.begin(), asked_.words.end(), is_of);
  const auto first_word = static_cast<std::uint32_t>(first - asked_.words.begin());
  return std::any_of(in.found.begin(), in.found.end(), [&](const occurrence& begin) {
    if (begin.word != first_word)
      return false;
    for (std::uint32_t n = first_word; n < asked_.words.size(); ++n) {
      const auto& word = asked_.words[n];
      if (is_of(word) && !places.contains({n, begin.position + word.position - first->position}))
        return false;
    }
    return true;
  });
}

bool ranking::fits(const std::vector<field>& fields) const {
  const auto has = [&](std::uint32_t word) {
    return std::any_of(fields.begin(), fields.end(), [&](const field& in) {
      return std::any_of(in.found.begin(), in.found.end(),
                         [&](const occurrence& one) { return one.word == word; });
    });
  };
  std::set<int> phrases;
  for (std::uint32_t n = 0; n < asked_.words.size(); ++n) {
    const auto& word = asked_.words[n];
    if (word.phrase != 0) {
      if (!phrases.insert(word.phrase).second)
        continue;
      const bool stands_there = std::any_of(fields.begin(), fields.end(), [&](const field& in) {
        return has_phrase(in, word.phrase);
      });
      if (stands_there != (word.as == query::role::required))
        return false;
    } else if (word.as != query::role::optional && has(n) != (word.as == query::role::required)) {
      return false;
    }
  }
  return true;
}

double ranking::frequency_score(const std::vector<field>& fields) const {
  std::vector<double> frequency(asked_.words.size());
  for (std::size_t n = 0; n < fields.size(); ++n) {
    const auto& rules = rules_of_fields.at(n);
    const auto norm =
        1 - rules.normalisation + rules.normalisation * fields[n].length / rules.length;
    for (const auto& one : fields[n].found)
      frequency[one.word] += rules.weight * one.quality / norm;
  }
  double score = 0;
  for (std::size_t n = 0; n < frequency.size(); ++n)
    score += weights_[n] * saturated(frequency[n], saturation);
  return score;
}

double ranking::nearness_score(const field& in) const {
  std::vector<double> near(asked_.words.size());
  for (std::size_t n = 1; n < in.found.size(); ++n) {
    const auto& a = in.found[n - 1];
    const auto& b = in.found[n];
    const auto apart = b.position - a.position;
    if (a.word == b.word || apart == 0 || apart > farthest_apart)
      continue;
    const auto closeness = 1.0 / (static_cast<double>(apart) * apart);
    near[a.word] += weights_[b.word] * closeness;
    near[b.word] += weights_[a.word] * closeness;
  }
  double score = 0;
  for (std::size_t n = 0; n < near.size(); ++n)
    score += std::min(weights_[n], 1.0) * saturated(near[n], saturation_of_nearness);
  return score;
}

std::vector<ranking::field> ranking::read(analyser& with, const passage& of) const {
  return {read(with, of.title, of.language), read(with, of.headings, of.language),
          read(with, of.text, of.language)};
}

std::vector<bool> ranking::words_in(analyser& with, const passage& of) const {
  std::vector<bool> there(asked_.words.size());
  for (const auto& one : read(with, of))
    for (const auto& found : one.found)
      there[found.word] = true;
  return there;
}

verdict ranking::judge(analyser& with, const passage& of) const {
  const auto fields = read(with, of);
  verdict made;
  made.fits = fits(fields);
  if (!made.fits)
    return made;
  made.score = frequency_score(fields);
  for (const auto& one : fields)
    made.score += weight_of_nearness * nearness_score(one);
  for (const auto& one : fields.back().found)
    if (asked_.words[one.word].as != query::role::excluded && weights_[one.word] > 0)
      made.marks.push_back({one.begin, one.end, weights_[one.word]});
  return made;
}

}  // namespace millrace::ingest::search
