#include "base/unicode/harmless.hpp"

#include "base/unicode/plain_ascii.hpp"
#include "base/unicode/utf8.hpp"

#include <fmt/format.h>

namespace millrace {
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string harmless(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_plain_ascii[static_cast<unsigned char>(text[end])])
      ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size())
      break;
    const auto next = utf8::decode(text, at);
    if (!next.valid)
      utf8::append(out, next.code);
    else if (is_harmful(next.code))
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(next.code));
    else
      out.append(text, at, next.size);
    at += next.size;
  }
  return out;
}

}  // namespace millrace
