#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace::ingest::formats {

struct rtf_token {
  enum class kind { begin, end, word, hex, text };
  kind what = kind::text;
  /// A control word or symbol, or characters.
  std::string_view text{};
  /// What follows a control word; the byte of \'hh.
  std::optional<long> number{};
};

/// Takes RTF apart, one token at a time.
class rtf_tokens {
 public:
  explicit rtf_tokens(std::string_view rtf) : rest_{rtf} {}
  /// Nothing at the end.
  std::optional<rtf_token> next();

 private:
  rtf_token control();

  std::string_view rest_;
};

}  // namespace millrace::ingest::formats
