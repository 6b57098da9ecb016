#include "base/unicode/printable.hpp"

#include "base/unicode/plain_ascii.hpp"
#include "base/unicode/utf8.hpp"

namespace millrace {
namespace {

bool is_line_end(char32_t c) {
  return c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_invisible(char32_t c) {
  if (c < 0x20)
    return c != '\t';
  return (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x180E || c == 0x200B || c == 0x200E ||
         c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c & 0xFFFE) == 0xFFFE ||
         (c >= 0xE0000 && c <= 0xE007F);
}

bool is_tag(char32_t c) { return c >= 0xE0020 && c <= 0xE007F; }

}  // namespace

std::string printable(std::string_view text) {
  constexpr char32_t black_flag = 0x1F3F4;
  std::string out;
  // Where the flag of a region goes on, which is spelt in tags.
  std::size_t flag_end = 0;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_plain_ascii[static_cast<unsigned char>(text[end])])
      ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size())
      break;
    if (text[at] == '\r') {
      out += '\n';
      at += text.substr(at).starts_with("\r\n") ? 2 : 1;
      continue;
    }
    const auto next = utf8::decode(text, at);
    if (is_line_end(next.code))
      out += '\n';
    else if (!next.valid)
      utf8::append(out, next.code);
    else if (!is_invisible(next.code) || (is_tag(next.code) && at > 0 && at == flag_end))
      out.append(text, at, next.size);
    if (next.code == black_flag || (is_tag(next.code) && at == flag_end && at > 0))
      flag_end = at + next.size;
    at += next.size;
  }
  return out;
}

std::size_t blank_at(std::string_view text, std::size_t at) {
  if (at >= text.size())
    return 0;
  switch (text[at]) {
    case ' ':
    case '\t':
      return 1;
    case '\xC2':
      return text.substr(at).starts_with("\xC2\xA0") ? 2 : 0;
    case '\xE2':
    case '\xE3':
      break;
    default:
      return 0;
  }
  const auto c = utf8::decode(text, at).code;
  return (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000 ? 3 : 0;
}

}  // namespace millrace
