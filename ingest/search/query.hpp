#pragma once

#include "ingest/words/analyser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::search {

/// What a search asks for: words, of which more and rarer ones count more; +word is required, -word
/// excluded, and "several words" have to stand beside each other.
struct query {
  enum class role : std::uint8_t { optional, required, excluded };
  /// A term that finds the word, and how well: 1 as it was written.
  struct alternative {
    std::string term;
    double quality = 1;
  };
  struct word {
    std::vector<alternative> alternatives;
    role as = role::optional;
    /// A part of an identifier counts less than the whole.
    double weight = 1;
    /// Of a part: which of the words is its whole.
    std::optional<std::size_t> whole{};
    /// Words of one phrase have the same number; 0 for none.
    int phrase = 0;
    /// Where it stands among the words of the query, or of its phrase.
    std::uint32_t position = 0;
  };
  std::vector<word> words;
};

/// Reads what a person wrote. A query of nothing but excluded words asks for these.
query read_query(analyser& with, std::string_view text);

/// Words that a query has at most; the rest is not looked for.
inline constexpr std::size_t most_query_words = 64;

}  // namespace millrace::ingest::search
