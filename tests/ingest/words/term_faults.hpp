#pragma once

#include "base/unicode/utf8.hpp"
#include "ingest/words/analyser.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::tests {

/// What is wrong with the terms that the analyser gives for the text; empty if nothing is.
inline std::string term_fault(std::string_view text, std::string_view language) {
  using namespace ingest::search;
  const auto is_unfit = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '"' || c == '\\';
  };
  const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::string fault;
  std::uint32_t word = 0;
  analyser{}.analyse(text, language, [&](const term& one) {
    const auto points = utf8::count(one.text);
    const std::size_t longest = longest_term + (one.kind == term_kind::stem ? 3 : 0);
    if (one.text.empty() || points.points > longest || points.broken > 0)
      fault = "a term is empty, too long or not UTF-8";
    for (const char c : one.text)
      if (is_unfit(c))
        fault = "a term has a blank, a quote or a control character";
    if (one.word < word)
      fault = "a term stands before the last";
    word = one.word;
    if (one.begin >= one.end || one.end > text.size())
      fault = "a term does not stand in the text";
    else if (is_inside(text[one.begin]) ||
             utf8::count(text.substr(one.begin, one.end - one.begin)).broken > 0)
      fault = "a term begins or ends within a character";
  });
  return fault;
}

}  // namespace millrace::tests
