#pragma once

#include "ingest/words/analyser.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {

using terms = std::vector<std::string>;

/// The terms of a kind, in the order in which they are given.
inline terms of_kind(ingest::search::term_kind kind, std::string_view text,
                     std::string_view language = "") {
  terms found;
  ingest::search::analyser{}.analyse(text, language, [&](const ingest::search::term& one) {
    if (one.kind == kind)
      found.emplace_back(one.text);
  });
  return found;
}

inline terms wholes(std::string_view text) {
  return of_kind(ingest::search::term_kind::whole, text);
}
inline terms parts(std::string_view text) { return of_kind(ingest::search::term_kind::part, text); }
inline terms stems_of(std::string_view text, std::string_view language) {
  return of_kind(ingest::search::term_kind::stem, text, language);
}

inline bool has(const terms& in, std::string_view term) {
  return std::find(in.begin(), in.end(), term) != in.end();
}

}  // namespace millrace::tests
