#pragma once

#include "ingest/document/document_tree.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// What is done with the source of Markdown before a parser of Markdown reads it.
namespace millrace::ingest {

/// Takes the front matter off, between lines of `---` (YAML) or `+++` (TOML) at the beginning; its
/// plain values become metadata. Answers the rest.
std::string_view take_front_matter(std::string_view text, tree::metadata& about);

/// Whether cmark-gfm would take much more time than its size says: lines that nest deeply, or
/// paragraphs with more brackets and signs of emphasis than prose has.
bool is_costly(std::string_view markdown);

/// Formulas between dollar signs, in which nothing is Markdown: each is hidden from the parser
/// behind letters of private use, and found again in what it answers.
class markdown_formulas {
 public:
  /// The text with every formula hidden.
  std::string masked(std::string_view text);

  /// The text with every formula back, with its own dollar signs.
  std::string restored(std::string_view text) const;

  /// Calls `use(part, is_formula)` for the parts of a text; formulas come without dollar signs.
  template <class Use>
  void each_part(std::string_view text, Use use) const {
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = std::min(text.find(mark, at), text.size());
      if (begin > at)
        use(text.substr(at, begin - at), false);
      at = begin;
      if (at == text.size())
        break;
      const auto* found = formula_at(text, at);
      if (found != nullptr)
        use(inside(*found), true);
      else
        use(mark, false), at += mark.size();
    }
  }

 private:
  // U+F8FE, of private use.
  static constexpr std::string_view mark = "\xEF\xA3\xBE";

  /// Moves `at` behind the mark and its number.
  const std::string* formula_at(std::string_view text, std::size_t& at) const;
  static std::string_view inside(std::string_view formula);

  std::vector<std::string> formulas_;
};

}  // namespace millrace::ingest
