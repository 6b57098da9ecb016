#include "pipeline/handlers/process/split_words.hpp"

#include <utility>

namespace millrace::pipeline::external {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::optional<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool escapes =
        c == '\\' && (quote == '\0' || (quote == '"' && (next == '"' || next == '\\')));
    if (escapes) {
      if (next == '\0')
        return std::nullopt;
      word += next;
      in_word = true;
      ++i;
    } else if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (!is_blank(c)) {
      word += c;
      in_word = true;
    } else if (in_word) {
      words.push_back(std::exchange(word, {}));
      in_word = false;
    }
  }
  if (quote != '\0')
    return std::nullopt;
  if (in_word)
    words.push_back(std::move(word));
  return words;
}

}  // namespace millrace::pipeline::external
