#include "ingest/search/chunk_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace millrace::ingest::search {
namespace {

/// Those of PostgreSQL.
constexpr std::size_t most_places = 255;
constexpr int last_place = 16383;

std::string terms_of(analyser& with, std::string_view text, std::string_view language) {
  std::string terms;
  terms.reserve(text.size() * 2);
  with.analyse(text, language, [&](const term& one) {
    if (!terms.empty())
      terms += ' ';
    terms += one.text;
  });
  return terms;
}

/// Enough of the text to tell its language.
std::string beginning_of(const std::vector<chunk>& chunks) {
  constexpr std::size_t enough = 4096;
  std::string text;
  for (const auto& one : chunks) {
    if (text.size() >= enough)
      break;
    text += one.text;
    text += '\n';
  }
  return text;
}

template <class Use>
void each_term(std::string_view terms, Use use) {
  while (!terms.empty()) {
    const auto end = std::min(terms.find(' '), terms.size());
    use(terms.substr(0, end));
    terms.remove_prefix(std::min(end + 1, terms.size()));
  }
}

}  // namespace

std::string searched_title(std::string_view title, std::string_view name) {
  return fmt::format("{}\n{}", title, name);
}

std::vector<chunk_words> words_of(const document& of, const std::vector<chunk>& chunks) {
  auto& with = analyser_of_thread();
  const auto language = language_of(of.language, beginning_of(chunks));
  const auto title = terms_of(with, searched_title(of.title, of.name), language);
  std::vector<chunk_words> made;
  made.reserve(chunks.size());
  for (const auto& one : chunks)
    made.push_back({one.ord, language, title, terms_of(with, one.heading_path, language),
                    terms_of(with, one.text, language)});
  return made;
}

std::string as_tsvector(const chunk_words& of) {
  std::map<std::string_view, std::vector<std::pair<int, char>>> places;
  int place = 0;
  const auto add = [&](std::string_view terms, char weight) {
    each_term(terms, [&](std::string_view term) {
      place = std::min(place + 1, last_place);
      auto& all = places[term];
      if (all.size() < most_places && (all.empty() || all.back().first < place))
        all.emplace_back(place, weight);
    });
  };
  add(of.title, 'A');
  add(of.headings, 'B');
  add(of.body, 'D');
  std::string made;
  for (const auto& [term, at] : places) {
    made += '\'';
    for (const char c : term) {
      if (c == '\'' || c == '\\')
        made += c;
      made += c;
    }
    made += '\'';
    char before = ':';
    for (const auto& [where, weight] : at) {
      made += fmt::format("{}{}{}", before, where, weight);
      before = ',';
    }
    made += ' ';
  }
  return made;
}

}  // namespace millrace::ingest::search
