#pragma once

#include "ingest/search/query.hpp"
#include "ingest/words/analyser.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::ingest::search {

/// What is known of all chunks: how many there are, and how many have each word of the query.
struct corpus_figures {
  std::int64_t chunks = 0;
  /// In the order of query::words.
  std::vector<std::int64_t> with_word{};
};

/// How much the word tells: that of BM25, which is never negative.
double weight_of_word(const corpus_figures& all, std::size_t word);

/// A chunk as its ranking reads it.
struct passage {
  std::string_view title;
  std::string_view headings;
  std::string_view text;
  std::string_view language;
};

/// Bytes of the text of a passage where a word of the query stands.
struct mark {
  std::size_t begin = 0;
  std::size_t end = 0;
  /// How much the word tells.
  double weight = 1;
};

struct verdict {
  /// Has what is required, and nothing that is excluded.
  bool fits = false;
  double score = 0;
  std::vector<mark> marks{};
};

/// Ranks passages by BM25F (Robertson, Zaragoza, Taylor 2004) over title, headings and text, with
/// what words that stand near each other add (Büttcher, Clarke, Lushman 2006). The lengths that it
/// compares with are those of chunks by default, so a passage has the same score in any corpus that
/// has the words as often.
class ranking {
 public:
  /// The query must outlive it.
  ranking(const query& asked, const corpus_figures& all);

  verdict judge(analyser& with, const passage& of) const;

  /// Which words of the query stand there, in their order.
  std::vector<bool> words_in(analyser& with, const passage& of) const;

 private:
  struct occurrence {
    std::uint32_t position = 0;
    std::uint32_t word = 0;
    double quality = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct field {
    std::vector<occurrence> found{};
    std::uint32_t length = 0;
  };
  struct finder {
    std::uint32_t word = 0;
    double quality = 0;
  };

  std::vector<field> read(analyser& with, const passage& of) const;
  field read(analyser& with, std::string_view text, std::string_view language) const;
  bool has_phrase(const field& in, int phrase) const;
  bool fits(const std::vector<field>& fields) const;
  double frequency_score(const std::vector<field>& fields) const;
  double nearness_score(const field& in) const;

  const query& asked_;
  std::vector<double> weights_;
  std::unordered_map<std::string_view, std::vector<finder>> finders_;
};

}  // namespace millrace::ingest::search
