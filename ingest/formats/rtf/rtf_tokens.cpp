#include "ingest/formats/rtf/rtf_tokens.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::ingest::formats {

std::optional<rtf_token> rtf_tokens::next() {
  while (!rest_.empty() && (rest_[0] == '\r' || rest_[0] == '\n'))
    rest_.remove_prefix(1);
  if (rest_.empty())
    return std::nullopt;
  const char first = rest_[0];
  if (first == '{' || first == '}') {
    rest_.remove_prefix(1);
    return rtf_token{first == '{' ? rtf_token::kind::begin : rtf_token::kind::end};
  }
  if (first == '\\' && rest_.size() > 1)
    return control();
  const auto size = std::min(rest_.find_first_of("{}\\\r\n", 1), rest_.size());
  const auto text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return rtf_token{rtf_token::kind::text, text};
}

rtf_token rtf_tokens::control() {
  rest_.remove_prefix(1);
  if (rest_[0] == '\'') {
    unsigned byte = '?';
    const auto digits = rest_.substr(1, 2);
    std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    rest_.remove_prefix(1 + digits.size());
    return {rtf_token::kind::hex, {}, byte};
  }
  std::size_t size = 0;
  while (size < rest_.size() && is_ascii_letter(rest_[size]))
    ++size;
  if (size == 0) {
    const auto symbol = rest_.substr(0, 1);
    rest_.remove_prefix(1);
    return {rtf_token::kind::word, symbol};
  }
  rtf_token word{rtf_token::kind::word, rest_.substr(0, size)};
  rest_.remove_prefix(size);
  long number = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
  if (end != rest_.data()) {
    word.number = error == std::errc{} ? number : 0;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  }
  if (rest_.starts_with(' '))
    rest_.remove_prefix(1);
  // Bytes that are no RTF.
  if (word.text == "bin" && word.number.value_or(0) > 0)
    rest_.remove_prefix(std::min(rest_.size(), static_cast<std::size_t>(*word.number)));
  return word;
}

}  // namespace millrace::ingest::formats
